import { AppError, isOurs } from "../core/errors";
import { unwrap } from "../core/result";
import { WORK_LIMITS, type WorkItem } from "../core/work";
import type { TenantContext } from "../platform/context";
import { tenantObject } from "../platform/objects";
import { failWork, type Runner } from "../platform/turn";
import { carryOut } from "./carry-out";
import type { JobRequest } from "./intake";
import { Superseded } from "./job-state";
import { jobEvent, progressOf } from "./jobs";
import { keeperOf } from "./keeper";
import { uploadOf } from "./upload";

/** A job is as much as a message does: uploads are large. */
const JOB_UNITS = WORK_LIMITS.sliceUnits;

const failedEvent = (item: WorkItem, nowMs: number) => jobEvent(item, progressOf("failed"), nowMs);

/** Jobs as the queue's consumer does them. Done again, a job goes on from where it was: see {@link carryOut}. */
export const jobs: Runner = {
  async run(ctx, item) {
    await begin(ctx, item);
    const request = { ...(JSON.parse(item.request) as JobRequest), unhurried: true };
    try {
      const upload = uploadOf(ctx, request, null);
      const result = await carryOut(ctx, item.id, request, upload, await keeperOf(ctx, item));
      const progress = progressOf("succeeded", result.records_processed, 1);
      const event = jobEvent(item, progress, ctx.clock.nowMs());
      const outcome = { status: "succeeded" as const, result: JSON.stringify(result), error: null };
      const tenant = tenantObject(ctx.env, ctx.principal.tenantId);
      unwrap<WorkItem>(await tenant.finishWork(item.id, outcome, [JSON.stringify(event)]));
    } catch (error) {
      if (error instanceof Superseded) return JOB_UNITS;
      if (!(error instanceof AppError) || isOurs(error.failure)) throw error;
      await failWork(ctx, item.id, error.failure, [failedEvent(item, ctx.clock.nowMs())]);
    }
    return JOB_UNITS;
  },
  givenUp: (item, nowMs) => [failedEvent(item, nowMs)],
};

/** Stores that it is under way; told once, also when it is tried again. */
async function begin(ctx: TenantContext, item: WorkItem): Promise<void> {
  const progress = progressOf("understanding");
  const event = jobEvent(item, progress, ctx.clock.nowMs());
  const tenant = tenantObject(ctx.env, ctx.principal.tenantId);
  await tenant.progressWork(item.id, JSON.stringify(progress), [JSON.stringify(event)]);
}
