import { z } from "zod";
import { fail } from "../core/errors";
import { parseRangeEnd, parseTimestamp } from "../core/timestamps";
import { streamIdSchema } from "../streams/contract";

export const EXECUTION_LIMITS = {
  /** Series of one execution, those with the most points first kept. */
  series: 20,
  /** Points of a series that are read, the newest; ARIMA takes 20,000 at most. */
  points: 100_000,
  inlineValues: 50_000,
  fields: 20,
  /** A row of the tenant's object holds 2 MB. */
  resultChars: 1_500_000,
} as const;

const nameSchema = z.string().min(1).max(256);
const tagsSchema = z.record(nameSchema, z.string().max(512));
const start = z
  .union([z.string(), z.number()])
  .refine((value) => parseTimestamp(value) !== null, "is not a time");
const end = z
  .union([z.string(), z.number()])
  .refine((value) => parseRangeEnd(value) !== null, "is not a time");

export const executeSchema = z.strictObject({
  strategy_id: z.string().min(1).max(64),
  config: z.record(z.string(), z.unknown()).default({}),
  stream_id: streamIdSchema.optional(),
  field: nameSchema.optional(),
  tags: tagsSchema.optional(),
  historical_data_filter: z
    .strictObject({ start_date: start.optional(), end_date: end.optional() })
    .optional(),
  data: z.array(z.number()).min(1).max(EXECUTION_LIMITS.inlineValues).optional(),
});
export type ExecuteBody = z.infer<typeof executeSchema>;

/** What of a config says where to look; the rest is the strategy's own. */
const targetInConfig = z.object({
  stream_id: streamIdSchema.optional(),
  field: nameSchema.optional(),
  fields: z.array(nameSchema).min(1).max(EXECUTION_LIMITS.fields).optional(),
  tags: tagsSchema.optional(),
});

/** Where an execution looks, as asked. Times in µs. */
export interface Target {
  streamId: string | null;
  fields: string[] | null;
  tags: Record<string, string> | null;
  startMicros: number | null;
  endMicros: number | null;
  data: number[] | null;
}

/** Everything an execution needs, so that it can be done again from nothing; stored as the work's request. */
export interface ExecutionRequest {
  strategyId: string;
  config: Record<string, unknown>;
  target: Target;
  requestedMs: number;
}

/** Takes the target out of the body and its config; the top level wins over the config. */
export function requestOf(body: ExecuteBody, nowMs: number): ExecutionRequest {
  const { stream_id, field, fields, tags, ...config } = body.config;
  const parsed = targetInConfig.safeParse({ stream_id, field, fields, tags });
  if (!parsed.success) {
    const errors = parsed.error.issues.map(({ path, message }) => ({
      pointer: `/config/${path.join("/")}`,
      message,
    }));
    throw fail("invalid_request", `${errors[0]!.pointer}: ${errors[0]!.message}`, { errors });
  }
  const inConfig = parsed.data;
  const one = body.field ?? inConfig.field;
  const filter = body.historical_data_filter;
  return {
    strategyId: body.strategy_id,
    config,
    target: {
      streamId: body.stream_id ?? inConfig.stream_id ?? null,
      fields: one !== undefined ? [one] : (inConfig.fields ?? null),
      tags: body.tags ?? inConfig.tags ?? null,
      startMicros: filter?.start_date === undefined ? null : parseTimestamp(filter.start_date),
      endMicros: filter?.end_date === undefined ? null : parseRangeEnd(filter.end_date),
      data: body.data ?? null,
    },
    requestedMs: nowMs,
  };
}
