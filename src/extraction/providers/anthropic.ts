import { createAnthropic } from "@ai-sdk/anthropic";
import type { OpenModel } from "./port";

export const open: OpenModel = ({ apiKey, baseUrl, model }, fetch) => ({
  model: createAnthropic({ apiKey: apiKey!, fetch, ...(baseUrl ? { baseURL: baseUrl } : {}) })(model),
});
