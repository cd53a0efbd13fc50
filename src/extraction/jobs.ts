import type { JsonObject } from "../core/json";
import { formatMs } from "../core/timestamps";
import type { WorkItem } from "../core/work";

/** A job as it is answered. */
export function jobOf(item: WorkItem) {
  return {
    job_id: item.id,
    status: item.status,
    stream_id: item.streamId,
    progress: item.progress === null ? null : JSON.parse(item.progress),
    result: item.result === null ? null : JSON.parse(item.result),
    created_at: formatMs(item.createdMs),
    updated_at: formatMs(item.updatedMs),
    ...(item.error === null ? {} : { error: JSON.parse(item.error) }),
  };
}

export type Stage = "understanding" | "succeeded" | "failed";

/** Where a job is, as it is stored and told. */
export const progressOf = (stage: Stage, records: number | null = null) => ({
  stage,
  records_processed: records,
});

/** The event of a stage. */
export function jobEvent(
  { id, streamId }: Pick<WorkItem, "id" | "streamId">,
  progress: ReturnType<typeof progressOf>,
  nowMs: number,
): JsonObject {
  const { stage } = progress;
  return {
    event: "job_progress",
    id: `${id}:${stage}`,
    ts: formatMs(nowMs),
    type: "JOB_PROGRESS",
    job_id: id,
    stream_id: streamId,
    status: stage === "understanding" ? "running" : stage,
    progress,
    data: progress,
  };
}
