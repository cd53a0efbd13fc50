import { createGoogleGenerativeAI } from "@ai-sdk/google";
import type { OpenModel } from "./port";

export const open: OpenModel = ({ apiKey, baseUrl, model }, fetch) => ({
  model: createGoogleGenerativeAI({ apiKey: apiKey!, fetch, ...(baseUrl ? { baseURL: baseUrl } : {}) })(
    model,
  ),
  // Google answers 400 to a key that it does not know (ErrorInfo of google/rpc/error_details.proto).
  refusalOf: ({ body }) => (/"reason"\s*:\s*"API_KEY_INVALID"/.test(body) ? "unauthorized" : null),
});
