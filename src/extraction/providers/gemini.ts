import { createGoogleGenerativeAI } from "@ai-sdk/google";
import type { OpenModel } from "./port";

export const open: OpenModel = ({ apiKey, baseUrl, model }, fetch) => ({
  model: createGoogleGenerativeAI({ apiKey: apiKey!, fetch, ...(baseUrl ? { baseURL: baseUrl } : {}) })(
    model,
  ),
});
