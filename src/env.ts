import { z } from "zod";
import { fromBase64 } from "./core/bytes";

const count = (fallback: number) => z.coerce.number().int().positive().default(fallback);
const flag = z
  .enum(["true", "false"])
  .default("false")
  .transform((text) => text === "true");

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
  /** JSON that replaces tiers or parts of them: {"standard": {"rate_limit_per_minute": {"default": 100, "ceiling": 1000}}}. */
  TIERS: z.string().optional(),
  /** Bytes of memory at which a stream seals what is not in blocks yet; less makes smaller blocks and more of them. */
  SEAL_BYTES: count(8_000_000),
  /** Lets URLs that a caller names lead to this machine, for a local demonstration; counts in development only. */
  FETCH_ALLOW_LOOPBACK: flag,
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error"]).default("info"),
});

export type Config = z.infer<typeof schema>;

const parsed = new WeakMap<object, Config>();

/** The parsed configuration of `env`; throws with the names of what is missing or wrong, never with values. */
export function configOf(env: Env): Config {
  const known = parsed.get(env);
  if (known) return known;
  const result = schema.safeParse(env);
  if (!result.success) {
    const wrong = result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ");
    throw new Error(`The deployment is not configured: ${wrong}`);
  }
  parsed.set(env, result.data);
  return result.data;
}
