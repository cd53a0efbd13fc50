import { AppError, isOurs } from "../core/errors";
import { unwrap } from "../core/result";
import { retryAfterMs } from "../core/retry-after";
import { claimOf, WORK_LIMITS, type WorkItem } from "../core/work";
import type { TenantContext } from "../platform/context";
import { tenantObject } from "../platform/objects";
import { FetchFailure } from "../platform/safe-fetch";
import { type Ending, failWork, type Runner, tryAgain } from "../platform/turn";
import { carryOut } from "./carry-out";
import { type FetchedJob, fetchUpload } from "./fetch-upload";
import { isUnfetched, type JobRequest, type UrlRequest } from "./intake";
import { Superseded } from "./job-state";
import { currentJob, failedProgress, jobEvent, progressOf, type Stage, successOf } from "./jobs";
import { keeperOf } from "./keeper";
import { uploadOf } from "./upload";

/** A job is as much as a message does: uploads are large. */
const JOB_UNITS = WORK_LIMITS.sliceUnits;

function givenUp(item: WorkItem, nowMs: number): Ending {
  const progress = failedProgress(item);
  return { progress, events: [jobEvent(item, progress, nowMs)] };
}

/** Jobs as the queue's consumer does them. Done again, a job goes on from where it was: see {@link carryOut}. */
export const jobs: Runner = {
  async run(ctx, item) {
    try {
      await runJob(ctx, item);
    } catch (error) {
      if (error instanceof Superseded) return JOB_UNITS;
      if (error instanceof FetchFailure && error.kind !== "final") {
        const askedMs = retryAfterMs(error.retryAfter, ctx.clock.nowMs()) ?? 0;
        if (await tryAgain(ctx, item, askedMs)) return JOB_UNITS;
      }
      if (!(error instanceof AppError) || isOurs(error.failure)) throw error;
      const ending = givenUp(await currentJob(ctx, item), ctx.clock.nowMs());
      await failWork(ctx, item, error.failure, ending);
    }
    return JOB_UNITS;
  },
  givenUp,
};

/** Throws what {@link fetchUpload} and {@link carryOut} throw. */
async function runJob(ctx: TenantContext, claimed: WorkItem): Promise<void> {
  const { item, request: asked, kept } = await dataOf(ctx, claimed);
  await begin(ctx, item, "understanding");
  const request = { ...asked, unhurried: true };
  const upload = uploadOf(ctx, request, kept);
  const result = await carryOut(ctx, item.id, request, upload, await keeperOf(ctx, item));
  const { progress, outcome } = successOf(result);
  const event = jobEvent(item, progress, ctx.clock.nowMs());
  const tenant = tenantObject(ctx.env, ctx.principal.tenantId);
  unwrap<WorkItem>(await tenant.finishWork(claimOf(item), outcome, [JSON.stringify(event)]));
}

/** What the job's URL leads to is fetched once; from then on its request names what was stored. */
async function dataOf(ctx: TenantContext, item: WorkItem): Promise<FetchedJob> {
  const request = JSON.parse(item.request) as JobRequest | UrlRequest;
  if (!isUnfetched(request)) return { item, request, kept: null };
  await begin(ctx, item, "fetching");
  return fetchUpload(ctx, item, request, ctx.config.URL_TIMEOUT_MS);
}

/** Stores that a stage is under way; told once, also when it is tried again. */
async function begin(ctx: TenantContext, item: WorkItem, stage: Stage): Promise<void> {
  const progress = progressOf(stage);
  const event = jobEvent(item, progress, ctx.clock.nowMs());
  const tenant = tenantObject(ctx.env, ctx.principal.tenantId);
  await tenant.progressWork(claimOf(item), JSON.stringify(progress), [JSON.stringify(event)]);
}
