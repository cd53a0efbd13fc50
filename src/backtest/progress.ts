import type { JsonObject } from "../core/json";
import { formatMs } from "../core/timestamps";
import type { WorkSummary } from "../core/work";
import type { Progress } from "./contract";

/** Events of one backtest before the last: one each 5 %. */
const PARTS = 20;

export const describeProgress = ({ phase, fraction, spentUnits, totalUnits }: Progress) => ({
  phase,
  fraction,
  spent_units: Math.round(spentUnits),
  total_units: Math.round(totalUnits),
});

/** Which event a fraction is. */
export const partOf = (fraction: number): number => Math.floor(fraction * PARTS);

type Subject = Pick<WorkSummary, "id" | "strategyId" | "streamId">;

/** How far a backtest is. */
export const progressEvent = (subject: Subject, progress: Progress, nowMs: number): JsonObject => {
  const data = describeProgress(progress);
  return eventOf(subject, `${partOf(progress.fraction)}/${PARTS}`, "running", data, data, nowMs);
};

/** How a backtest ended, with what it found or why it failed. */
export const endEvent = (
  subject: Subject,
  status: "succeeded" | "failed",
  data: JsonObject,
  nowMs: number,
): JsonObject => eventOf(subject, status, status, null, data, nowMs);

const eventOf = (
  { id, strategyId, streamId }: Subject,
  part: string,
  status: string,
  progress: JsonObject | null,
  data: JsonObject,
  nowMs: number,
): JsonObject => ({
  event: "job_progress",
  id: `${id}:${part}`,
  ts: formatMs(nowMs),
  type: "JOB_PROGRESS",
  job_id: id,
  execution_id: id,
  strategy_id: strategyId,
  stream_id: streamId,
  status,
  progress,
  data,
});
