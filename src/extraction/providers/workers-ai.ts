import { createWorkersAI } from "workers-ai-provider";
import type { OpenModel, Refusal } from "./port";

/** Codes whose HTTP status says something else (developers.cloudflare.com/workers-ai/platform/errors). */
const CODES: Readonly<Record<string, Refusal>> = {
  // No such model: 400.
  5007: "gone",
  // A model of the paid plan: none by the binding.
  5035: "unauthorized",
  // The free neurons of the day are used up: 429.
  3036: "unpaid",
};

export const open: OpenModel = ({ binding, accountId, apiKey, model }, fetch) => ({
  model: (binding
    ? createWorkersAI({ binding })
    : createWorkersAI({ accountId: accountId!, apiKey: apiKey!, fetch }))(model),
  refusalOf({ body }) {
    if (body.includes("JSON Mode couldn't be met")) return "malformed";
    // By REST a member of `errors`, by the binding the start of the message.
    const code = /"code"\s*:\s*(\d{4})\b/.exec(body) ?? /\b(\d{4}):/.exec(body);
    return CODES[code?.[1] ?? ""] ?? null;
  },
});
