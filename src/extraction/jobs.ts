import type { JsonObject } from "../core/json";
import { formatMs } from "../core/timestamps";
import type { WorkItem, WorkSummary } from "../core/work";
import { errorOf } from "../platform/work-answers";

/** A job as it is answered. */
export const jobOf = (item: WorkItem) => ({
  ...jobSummary(item),
  result: item.result === null ? null : JSON.parse(item.result),
});

/** A job in a list: without its answer, which can be large. */
export const jobSummary = (item: WorkSummary) => ({
  job_id: item.id,
  status: item.status,
  stream_id: item.streamId,
  attempts: item.attempts,
  progress: item.progress === null ? null : JSON.parse(item.progress),
  created_at: formatMs(item.createdMs),
  updated_at: formatMs(item.updatedMs),
  ...errorOf(item),
});

export type Stage = "fetching" | "understanding" | "loading" | "succeeded" | "failed";

/** Where a job is, as it is stored and told. `fraction` is the share of the upload's bytes that were read. */
export const progressOf = (stage: Stage, records: number | null = null, fraction: number | null = null) => ({
  stage,
  records_processed: records,
  fraction: fraction === null ? null : Math.round(fraction * 1_000) / 1_000,
});

/** The event of a stage. */
export function jobEvent(
  { id, streamId }: Pick<WorkItem, "id" | "streamId">,
  progress: ReturnType<typeof progressOf>,
  nowMs: number,
): JsonObject {
  const { stage, fraction } = progress;
  const isOver = stage === "succeeded" || stage === "failed";
  return {
    event: "job_progress",
    id: `${id}:${stage}${stage === "loading" ? `:${fraction}` : ""}`,
    ts: formatMs(nowMs),
    type: "JOB_PROGRESS",
    job_id: id,
    stream_id: streamId,
    status: isOver ? stage : "running",
    progress,
    data: progress,
  };
}
