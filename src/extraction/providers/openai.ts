import { createOpenAI } from "@ai-sdk/openai";
import type { OpenModel } from "./port";

export const open: OpenModel = ({ apiKey, baseUrl, model }, fetch) => ({
  model: createOpenAI({ apiKey: apiKey!, fetch, ...(baseUrl ? { baseURL: baseUrl } : {}) })(model),
  // Strict schemas demand what other makers refuse; the answer is checked here in any case. Nothing is kept there.
  options: { openai: { strictJsonSchema: false, store: false } },
  // Answered with 429 like a rate limit, but no pause helps.
  refusalOf: ({ body }) => (/"code"\s*:\s*"insufficient_quota"/.test(body) ? "unpaid" : null),
});
