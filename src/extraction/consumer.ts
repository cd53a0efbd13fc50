import { AppError, type Failure } from "../core/errors";
import { unwrap } from "../core/result";
import type { WorkItem } from "../core/work";
import { readSealed } from "../platform/blobs";
import type { TenantContext } from "../platform/context";
import { tenantObject } from "../platform/objects";
import type { JobRequest } from "./intake";
import { tellProgress } from "./jobs";
import { load } from "./load";
import { failJob } from "./process";

/**
 * Does a queued job. Delivered twice it finds the job ended and does nothing; met while another delivery holds the job,
 * it throws `conflict` and should come again when that one's lease has run out. Unexpected errors are thrown.
 */
export async function extractQueued(ctx: TenantContext, jobId: string): Promise<void> {
  const tenant = tenantObject(ctx.env, ctx.principal.tenantId);
  const known = unwrap<WorkItem>(await tenant.getWork(jobId, "extract"));
  if (known.status !== "queued" && known.status !== "running") return;
  const item = unwrap<WorkItem>(await tenant.startWork(jobId));
  const request = JSON.parse(item.request) as JobRequest;
  await tellProgress(ctx, item, "understanding");
  try {
    const result = await load(ctx, jobId, request, await readSealed(ctx, request.blobKey));
    unwrap(
      await tenant.finishWork(jobId, { status: "succeeded", result: JSON.stringify(result), error: null }),
    );
    await tellProgress(ctx, item, "succeeded", result.records_processed);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    await giveUpJob(ctx, jobId, error.failure);
  }
}

/** Ends a job that will not be tried again, with its reason. */
export async function giveUpJob(ctx: TenantContext, jobId: string, failure: Failure): Promise<void> {
  await failJob(ctx, jobId, failure);
  const item = unwrap<WorkItem>(
    await tenantObject(ctx.env, ctx.principal.tenantId).getWork(jobId, "extract"),
  );
  if (item.status === "failed") await tellProgress(ctx, item, "failed");
}
