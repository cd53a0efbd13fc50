import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import type { OpenModel } from "./port";

export const open: OpenModel = ({ apiKey, baseUrl, model }, fetch) => ({
  model: createOpenAICompatible({
    name: "compatible",
    baseURL: baseUrl!,
    fetch,
    supportsStructuredOutputs: true,
    ...(apiKey ? { apiKey } : {}),
  })(model),
});
