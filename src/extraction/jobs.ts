import type { JsonObject } from "../core/json";
import { unwrap } from "../core/result";
import { formatMs } from "../core/timestamps";
import type { WorkItem, WorkOutcome, WorkSummary } from "../core/work";
import type { TenantContext } from "../platform/context";
import { tenantObject } from "../platform/objects";
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

type Progress = ReturnType<typeof progressOf>;

/** Where a job is, as it is stored and told. `fraction` is the share of the upload's bytes that were read. */
export const progressOf = (stage: Stage, records: number | null = null, fraction: number | null = null) => ({
  stage,
  records_processed: records,
  fraction: fraction === null ? null : Math.round(fraction * 1_000) / 1_000,
});

/** A job as it is by now: whoever does it has told of more than they began with. */
export const currentJob = async (ctx: TenantContext, { id }: Pick<WorkItem, "id">): Promise<WorkItem> =>
  unwrap<WorkItem>(await tenantObject(ctx.env, ctx.principal.tenantId).getWork(id, "extract"));

/** How a job ends that has stored what it read. */
export const successOf = (result: { records_processed: number }) => {
  const progress = progressOf("succeeded", result.records_processed, 1);
  const outcome: WorkOutcome = {
    status: "succeeded",
    result: JSON.stringify(result),
    progress: JSON.stringify(progress),
    error: null,
  };
  return { progress, outcome };
};

/** Where a job is that has failed: what it has read by then stays stored. */
export function failedProgress({ progress }: Pick<WorkItem, "progress">): Progress {
  const last = progress === null ? null : (JSON.parse(progress) as Progress);
  return progressOf("failed", last?.records_processed, last?.fraction);
}

/** The event of a stage. */
export function jobEvent(
  { id, streamId }: Pick<WorkItem, "id" | "streamId">,
  progress: Progress,
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
