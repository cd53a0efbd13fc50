import { formatMs } from "../core/timestamps";
import type { WorkItem } from "../core/work";
import { publishEvents } from "../notifications";
import type { TenantContext } from "../platform/context";
import { errorFields, log } from "../platform/log";
import { tenantObject } from "../platform/objects";

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

/** What a job is at. Each stage is told once: its place is the event's mark. */
export const STAGES = ["understanding", "succeeded", "failed"] as const;
export type Stage = (typeof STAGES)[number];

/** Stores where a queued job is, and tells of it. */
export async function tellProgress(
  ctx: TenantContext,
  item: WorkItem,
  stage: Stage,
  records: number | null = null,
) {
  const { tenantId } = ctx.principal;
  const progress = { stage, records_processed: records };
  if (stage === "understanding")
    await tenantObject(ctx.env, tenantId).progressWork(item.id, JSON.stringify(progress));
  const event = {
    event: "job_progress",
    id: `${item.id}:${stage}`,
    ts: formatMs(ctx.clock.nowMs()),
    type: "JOB_PROGRESS",
    job_id: item.id,
    stream_id: item.streamId,
    status: stage === "understanding" ? "running" : stage,
    progress,
    data: progress,
  };
  const told = [{ mark: STAGES.indexOf(stage) + 1, event }];
  try {
    await publishEvents(ctx.env, tenantId, `job:${item.id}`, told);
  } catch (error) {
    // The job's state is stored: a hub that does not answer must not stop it.
    log(ctx.config.LOG_LEVEL, "error", "job_not_told", { job_id: item.id, ...errorFields(error) });
  }
}
