import { createWorkersAI } from "workers-ai-provider";
import type { OpenModel } from "./port";

export const open: OpenModel = ({ binding, accountId, apiKey, model }, fetch) => ({
  model: (binding
    ? createWorkersAI({ binding })
    : createWorkersAI({ accountId: accountId!, apiKey: apiKey!, fetch }))(model),
});
