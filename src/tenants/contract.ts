import { z } from "zod";

const limit = z.number().int().positive().max(Number.MAX_SAFE_INTEGER);
export const limitsSchema = z.strictObject({
  max_concurrent_streams: limit.optional(),
  max_strategies_per_hour: limit.optional(),
  max_storage_mb: limit.optional(),
  rate_limit_per_minute: limit.optional(),
});
const fullLimitsSchema = z.object({
  max_concurrent_streams: z.number(),
  max_strategies_per_hour: z.number(),
  max_storage_mb: z.number(),
  rate_limit_per_minute: z.number(),
});

export const KNOWN_STRATEGIES = [
  "moving_average",
  "anomaly_detection",
  "arima_prediction",
  "hybrid_arima_ma",
  "auto_analysis",
] as const;
const strategies = z.array(z.enum(KNOWN_STRATEGIES)).max(KNOWN_STRATEGIES.length);
const tier = z.enum(["standard", "professional", "enterprise"]);

export const settingsSchema = z.strictObject({
  /** Origins that browsers may call from; absent or null: any. */
  cors_origins: z.array(z.url().max(256)).max(50).nullable().optional(),
  /** Every five minutes, auto_analysis of the streams that were written to. */
  auto_processing: z.boolean().nullable().optional(),
  /** "never": no language model is shown anything of the tenant's data, whatever a request asks. */
  llm: z.enum(["never"]).nullable().optional(),
});
export type Settings = z.infer<typeof settingsSchema>;

export const createTenantSchema = z.strictObject({
  name: z.string().trim().min(1).max(200),
  email: z.email().max(320),
  tier: tier.optional(),
  region: z.enum(["wnam", "enam", "sam", "weur", "eeur", "apac", "oc", "afr", "me"]).optional(),
  limits: limitsSchema.optional(),
  allowed_strategies: strategies.optional(),
  settings: settingsSchema.optional(),
});

export const patchTenantSchema = z.strictObject({
  name: z.string().trim().min(1).max(200).optional(),
  email: z.email().max(320).optional(),
  allowed_strategies: strategies.optional(),
  settings: settingsSchema.optional(),
});

/** A run of automatic processing: when it was due, and what kept it from being whole. */
const autoRunSchema = z.object({
  due_at: z.string(),
  error: z.object({ code: z.string(), detail: z.string() }).nullable(),
});
export type AutoRun = z.infer<typeof autoRunSchema>;

export const putLimitsSchema = z.strictObject({
  limits: limitsSchema,
  tier: tier.optional(),
  reason: z.string().max(1_000).optional(),
});

export const tenantSchema = z.object({
  tenant_id: z.string(),
  name: z.string(),
  email: z.string(),
  tier,
  region: z.string().nullable(),
  status: z.string(),
  limits: fullLimitsSchema,
  allowed_strategies: z.array(z.string()),
  settings: settingsSchema,
  /** Null: it is off. */
  auto_processing: z.object({ next_due_at: z.string(), last_run: autoRunSchema.nullable() }).nullable(),
  created_at: z.string(),
  updated_at: z.string(),
});
export type TenantView = z.infer<typeof tenantSchema>;

export const createdTenantSchema = tenantSchema.extend({
  clamped: z.array(z.string()),
  client_credentials: z.object({ client_id: z.string(), client_secret: z.string() }),
});

export const usageSchema = z.object({
  tenant_id: z.string(),
  requests: z.number(),
  strategies: z.number(),
  jobs: z.number(),
  concurrent_streams: z.number(),
  stored_bytes: z.number(),
  /** The mean over past forecasts of 1 - |actual - forecast| / (|actual| + |forecast|); null before any has come due. */
  accuracy_score: z.number().min(0).max(1).nullable(),
  /** Tokens of language models, sent and received, in this month (UTC). */
  model_tokens_this_month: z.int(),
  limits: fullLimitsSchema,
});

export const auditEntrySchema = z.object({
  seq: z.number(),
  ts: z.string(),
  actor: z.string(),
  action: z.string(),
  resource: z.string(),
  request_id: z.string(),
  /** Null once its key was destroyed by an erasure. */
  detail: z.string().nullable(),
  hash: z.string(),
});

export const erasureSchema = z.object({
  deleted: z.literal(true),
  timestamp: z.string(),
  receipt: z.object({ stores: z.record(z.string(), z.number()), note: z.string() }),
});
