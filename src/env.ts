import { z } from "zod";
import { fromBase64 } from "./core/bytes";

/** What is left empty, as in a copied list of variables, is left out. */
const unlessEmpty = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === "" ? undefined : value), schema);
const count = (fallback: number) => unlessEmpty(z.coerce.number().int().positive().default(fallback));
const flag = z
  .enum(["true", "false"])
  .default("false")
  .transform((text) => text === "true");

/** A text that may be left out, or empty. */
const optional = z
  .string()
  .transform((text) => text.trim() || undefined)
  .optional();
/** The address of a model's server; where it is left out, the maker's own. The key and the data go there. */
const address = optional.pipe(
  z
    .url({ abort: true })
    .refine(isPrivateChannel, "must be https, or http to this machine")
    .refine((text) => !/[@?#]/.test(text), "must have no name, password, query or fragment")
    .optional(),
);
const share = (fallback: number) => unlessEmpty(z.coerce.number().min(0).max(1).default(fallback));
const model = (fallback: string) => unlessEmpty(z.string().default(fallback));

function isPrivateChannel(text: string): boolean {
  const { protocol, hostname } = new URL(text);
  if (protocol === "https:") return true;
  return protocol === "http:" && /^(127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/.test(hostname);
}

/** The variables and secrets of a deployment. A Worker that is half-configured refuses every request by name of what is missing. */
const schema = z.object({
  /** "development" loosens what only loopback may do: see SIGNUP and the address limit. */
  ENVIRONMENT: z.enum(["production", "development"]).default("production"),
  /** Who may sign up: everybody, or the holder of OPERATOR_TOKEN. */
  SIGNUP: z.enum(["open", "operator"]).default("operator"),
  /** 32 bytes in base64: wraps the tenants' data keys and signs nothing by itself; every other key is derived from it. */
  MASTER_KEY: z
    .string()
    .transform((text) => fromBase64(text))
    .refine((bytes) => bytes?.length === 32, "must be 32 bytes in base64")
    .transform((bytes) => bytes as Uint8Array<ArrayBuffer>),
  OPERATOR_TOKEN: z.string().min(24),
  /** `iss` and `aud` of access tokens. */
  TOKEN_ISSUER: z.string().default("stratosmesh"),
  /** The policy of an address without a valid token. */
  RATE_LIMIT_WINDOW_MS: count(900_000),
  RATE_LIMIT_MAX_REQUESTS: count(100),
  /** Budget of one execution in thousands of work units, about a millisecond of CPU each. */
  MAX_EXECUTION_TIME: count(30_000),
  /**
   * JSON that replaces tiers or parts of them: {"standard": {"rate_limit_per_minute": {"default": 100, "ceiling": 1000},
   * "compute_units_per_day": 3600000000}}.
   */
  TIERS: z.string().optional(),
  /** Bytes of memory at which a stream seals what is not in blocks yet; less makes smaller blocks and more of them. */
  SEAL_BYTES: count(8_000_000),
  /** Lets URLs that a caller names lead to this machine, for a local demonstration; counts in development only. */
  FETCH_ALLOW_LOOPBACK: flag,
  /** Whose language model is asked (docs/language-models.md). Without its key none is: models only better plans. */
  LLM_PROVIDER: unlessEmpty(
    z.enum(["gemini", "openai", "anthropic", "workers-ai", "openai-compatible"]).default("gemini"),
  ),
  GEMINI_API_KEY: optional,
  GEMINI_MODEL: model("gemini-3.8-flash"),
  GEMINI_BASE_URL: address,
  OPENAI_API_KEY: optional,
  OPENAI_MODEL: model("gpt-6-luna"),
  OPENAI_BASE_URL: address,
  ANTHROPIC_API_KEY: optional,
  ANTHROPIC_MODEL: model("claude-haiku-5-5"),
  ANTHROPIC_BASE_URL: address,
  /** Workers AI is reached by the deployment's binding AI; by an account and its token where both are given. */
  WORKERS_AI_MODEL: model("@cf/meta/llama-3.3-70b-instruct-fp8-fast"),
  WORKERS_AI_ACCOUNT_ID: optional,
  WORKERS_AI_API_KEY: optional,
  /** A server that speaks OpenAI's protocol, as local ones do: its address and model; the key where it wants one. */
  COMPATIBLE_BASE_URL: address,
  COMPATIBLE_MODEL: optional,
  COMPATIBLE_API_KEY: optional,
  /** Tokens of a model's answer at most, those it thinks with among them. */
  LLM_MAX_TOKENS: count(8_192),
  /** Sent to models whose makers do not advise against it. */
  LLM_TEMPERATURE: unlessEmpty(z.coerce.number().min(0).max(2).default(0.1)),
  /**
   * Milliseconds that a model may take about one upload, retries and pauses among them: within a request, where somebody
   * waits for a text, and in a job of the queue, as large files are. Who waits for an answer waits no longer than was
   * preferred (Prefer: wait). When they are over, the plan is code's own.
   */
  LLM_TIMEOUT_TEXT_MS: count(30_000),
  LLM_TIMEOUT_FILE_MS: count(120_000),
  /**
   * Milliseconds that one try to fetch a URL may take, redirects among them, to the last byte. Within a request it takes
   * no longer than was preferred; then the job goes on in the queue, where the URL has all of this at each of its tries.
   */
  URL_TIMEOUT_MS: count(60_000),
  /** A plan's confidence is called high and medium from these on; under the last its answer warns against relying on it. */
  CONFIDENCE_HIGH: share(0.85),
  CONFIDENCE_MEDIUM: share(0.65),
  CONFIDENCE_LOW: share(0.45),
  /** A model is asked where code is less sure of its plan than this. */
  LLM_ASK_BELOW: share(0.85),
  /** Tokens, sent and received, that a tenant may use in a month (UTC). */
  LLM_TOKENS_PER_MONTH: unlessEmpty(z.coerce.number().int().min(0).default(1_000_000)),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error"]).default("info"),
});

/** Levels that overlap would call the same plan by two names. */
const ordered = schema.refine(
  ({ CONFIDENCE_HIGH, CONFIDENCE_MEDIUM, CONFIDENCE_LOW }) =>
    CONFIDENCE_HIGH >= CONFIDENCE_MEDIUM && CONFIDENCE_MEDIUM >= CONFIDENCE_LOW,
  {
    path: ["CONFIDENCE_HIGH"],
    message: "must not be under CONFIDENCE_MEDIUM, nor that under CONFIDENCE_LOW",
  },
);

export type Config = z.infer<typeof schema>;

const parsed = new WeakMap<object, Config>();

/** The parsed configuration of `env`; throws with the names of what is missing or wrong, never with values. */
export function configOf(env: Env): Config {
  const known = parsed.get(env);
  if (known) return known;
  const result = ordered.safeParse(env);
  if (!result.success) {
    const wrong = result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ");
    throw new Error(`The deployment is not configured: ${wrong}`);
  }
  parsed.set(env, result.data);
  return result.data;
}
