import { z } from "zod";

const figure = <V extends z.ZodType, U extends string>(value: V, unit: U, description: string) =>
  z.object({ value, unit: z.literal(unit) }).openapi({ description });
const count = (description: string) => figure(z.int().min(0), "count", description);

/** docs/metrics.md says how each is measured, and what it does not count. */
export const metricsSchema = z.object({
  tenant_id: z.string(),
  /** The days (UTC) that were counted, whole; the end exclusive. */
  period: z.object({ start: z.string(), end: z.string() }),
  metrics: z.object({
    streams_processed: count("Writes to streams that were stored."),
    avg_processing_time: figure(
      z.number().min(0).nullable(),
      "ms",
      "Mean time from a write's arrival at its stream to where it is durable; null before any was timed.",
    ),
    total_data_size: figure(z.int().min(0), "bytes", "Size of what was written, as column frames."),
    strategy_executions: count("Executions and backtests that ended."),
    accuracy_score: figure(
      z.number().min(0).max(1).nullable(),
      "percentage",
      "Mean of 1 - |actual - forecast| / (|actual| + |forecast|) over predicted values that came due, from 0 to 1; null before any has.",
    ),
    strategy_executions_failed: count("Of the executions, those that failed."),
    jobs: count("Extraction jobs that ended."),
    forecasts_compared: count("Predicted values that came due."),
    points_accepted: count("Rows that were new."),
    points_updated: count("Rows that changed one that was there."),
    points_duplicate: count("Rows that were there already."),
    points_rejected: count("Rows that were refused."),
  }),
  usage: z.object({
    cpu_usage: z.number().min(0).openapi({ description: "Work units used, as a share of the budget." }),
    memory_usage: z.number().min(0).max(1).openapi({
      description: "The most memory that one call of a WebAssembly kernel used, as a share of what it may.",
    }),
    storage_used: z.int().min(0).openapi({ description: "Bytes stored now." }),
    work_units: z.int().min(0),
    work_units_budget: z.number().min(0),
  }),
  /** Language models. */
  llm: z.object({
    calls: z.int().min(0),
    tokens: z.int().min(0),
    /** Questions that were not asked, for the month had not that many tokens left. */
    refused: z.int().min(0),
    /** Tokens of a month, and what is left of the running one. */
    tokens_budget: z.int().min(0),
    tokens_left: z.int().min(0),
  }),
});
export type MetricsView = z.infer<typeof metricsSchema>;
