import type { OpenModel } from "./port";
import type { ProviderId } from "./settings";

/** Loaded where a model is called: the clients take longer to start than the rest of the Worker. */
export const PROVIDERS: Record<ProviderId, () => Promise<{ open: OpenModel }>> = {
  gemini: () => import("./gemini"),
  openai: () => import("./openai"),
  anthropic: () => import("./anthropic"),
  "workers-ai": () => import("./workers-ai"),
  "openai-compatible": () => import("./openai-compatible"),
};
