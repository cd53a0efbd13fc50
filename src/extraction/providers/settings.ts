import type { Config } from "../../env";

export type ProviderId = Config["LLM_PROVIDER"];

/** Where a model is reached, and how it is asked. */
export interface ModelSettings {
  provider: ProviderId;
  model: string;
  apiKey: string | undefined;
  /** Undefined: the maker's own. */
  baseUrl: string | undefined;
  /** Workers AI only: the binding, or an account and its key. */
  binding: Ai | undefined;
  accountId: string | undefined;
  maxTokens: number;
  /** Null: not sent. */
  temperature: number | null;
}

/** The model that a deployment is configured for; null where what it needs to be called is not there. */
export function modelSettings(config: Config, env: object): ModelSettings | null {
  const known = connection(config, env);
  if (!known) return null;
  const { LLM_PROVIDER: provider, LLM_MAX_TOKENS: maxTokens, LLM_TEMPERATURE } = config;
  const temperature = takesTemperature(provider, known.model) ? LLM_TEMPERATURE : null;
  const nothing = { apiKey: undefined, baseUrl: undefined, binding: undefined, accountId: undefined };
  return { ...nothing, ...known, provider, maxTokens, temperature };
}

type Connection = Pick<ModelSettings, "model"> & Partial<ModelSettings>;

function connection(config: Config, env: object): Connection | null {
  const keyed = (apiKey: string | undefined, rest: Connection) => (apiKey ? { ...rest, apiKey } : null);
  switch (config.LLM_PROVIDER) {
    case "gemini":
      return keyed(config.GEMINI_API_KEY, { model: config.GEMINI_MODEL, baseUrl: config.GEMINI_BASE_URL });
    case "openai":
      return keyed(config.OPENAI_API_KEY, { model: config.OPENAI_MODEL, baseUrl: config.OPENAI_BASE_URL });
    case "anthropic":
      return keyed(config.ANTHROPIC_API_KEY, {
        model: config.ANTHROPIC_MODEL,
        baseUrl: config.ANTHROPIC_BASE_URL,
      });
    case "workers-ai": {
      const {
        WORKERS_AI_MODEL: model,
        WORKERS_AI_ACCOUNT_ID: accountId,
        WORKERS_AI_API_KEY: apiKey,
      } = config;
      // Named, they are meant: a local run has a binding too, which leads nowhere.
      if (accountId && apiKey) return { model, accountId, apiKey };
      const { AI: binding } = env as { AI?: Ai };
      return binding ? { model, binding } : null;
    }
    case "openai-compatible": {
      const { COMPATIBLE_BASE_URL: baseUrl, COMPATIBLE_MODEL: model, COMPATIBLE_API_KEY: apiKey } = config;
      return baseUrl && model ? { model, baseUrl, apiKey } : null;
    }
  }
}

/**
 * Google advises to leave the temperature of Gemini 3 and later as it is (below 1 they may loop); OpenAI's reasoning
 * models and Anthropic's of 2026 refuse one. What is not known is taken for newer.
 */
function takesTemperature(provider: ProviderId, model: string): boolean {
  if (provider === "gemini") return /^gemini-[12]\b/.test(model);
  if (provider === "openai") return /^(gpt-4|gpt-3)/.test(model);
  if (provider === "anthropic") return /^claude-(3|(haiku|sonnet|opus)-4-[0-5]\b)/.test(model);
  return true;
}
