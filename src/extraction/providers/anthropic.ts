import { createAnthropic } from "@ai-sdk/anthropic";
import type { OpenModel } from "./port";

export const open: OpenModel = ({ apiKey, baseUrl, model }, fetch) => ({
  model: createAnthropic({ apiKey: apiKey!, fetch, ...(baseUrl ? { baseURL: baseUrl } : {}) })(model),
  // Answered with 429 like a rate limit, but without a time to come back.
  refusalOf: ({ body }) => (body.includes("enforced_spend_limit_reached") ? "unpaid" : null),
});
