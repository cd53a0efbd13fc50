import { z } from "zod";
import { type ExecutionRequest, executeSchema, requestOf } from "../analytics";
import { parseRangeEnd, parseTimestamp } from "../core/timestamps";
import { type BacktestOptions, backtestOptionsSchema, MODES } from "./contract";

const { strategy_id, config, stream_id, field, tags } = executeSchema.shape;

export const backtestSchema = z
  .strictObject({
    strategy_id,
    config,
    stream_id,
    field,
    tags,
    ...backtestOptionsSchema.shape,
    mode: z
      .enum(MODES)
      .optional()
      .describe("detection for anomaly_detection, trading for the others, unless named"),
  })
  .refine(({ start_date, end_date }) => isAscending(start_date, end_date), {
    path: ["start_date"],
    message: "must be before end_date",
  });
export type BacktestBody = z.infer<typeof backtestSchema>;

/** Everything a backtest needs to be gone on with: stored as the work's request. */
export interface BacktestRequest {
  /** Names one series up to a fixed end, once it was chosen. */
  execution: ExecutionRequest;
  options: BacktestOptions;
  /** The plan follows from it, so that it must stay what it was. */
  budgetUnits: number;
  /** Why this series. */
  reason: string;
}

/** What is asked, before a series is chosen. */
export function askedOf(body: BacktestBody, nowMs: number): Pick<BacktestRequest, "execution" | "options"> {
  const { strategy_id, config, stream_id, field, tags, ...options } = body;
  const execution = requestOf({ strategy_id, config, stream_id, field, tags }, nowMs);
  execution.target.endMicros = parseRangeEnd(options.end_date);
  const mode = options.mode ?? (strategy_id === "anomaly_detection" ? "detection" : "trading");
  return { execution, options: { ...options, mode } };
}

const isAscending = (start: string | undefined, end: string | undefined): boolean =>
  start === undefined || end === undefined || parseTimestamp(start)! < parseRangeEnd(end)!;
