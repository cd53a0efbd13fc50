import { AppError, type Failure, fail } from "../core/errors";
import { unwrap } from "../core/result";
import { claimOf, type NewWork, WORK_LIMITS, type WorkClaim, type WorkItem } from "../core/work";
import type { TenantContext } from "../platform/context";
import { type Reply, reply } from "../platform/http/endpoint";
import { tenantObject } from "../platform/objects";
import { acceptedHeaders, appliedHeader, type Preference } from "../platform/prefer";
import { failWork } from "../platform/turn";
import { carryOut } from "./carry-out";
import { INLINE_BYTES, type JobRequest, type UrlRequest } from "./intake";
import { currentJob, failedProgress, jobOf, successOf } from "./jobs";
import { inlineKeeper } from "./keeper";
import { declaredBytes } from "./unpack";
import { uploadOf } from "./upload";

/** What is understood and written at least: CSV, the slowest, was 2.7 to 4.6 MB a second of CPU without the writing. */
const BYTES_PER_SECOND = 1_000_000;

/**
 * Makes the job that a request asks for: the queue's, or under way in its own request. Throws `payload_too_large` where its
 * plan, and those of the jobs that it replays, are more than is kept.
 */
export async function createJob(
  ctx: TenantContext,
  jobId: string,
  request: JobRequest | UrlRequest,
  status: NewWork["status"],
  upload?: NewWork["upload"],
): Promise<WorkItem> {
  const { tenantId, clientId } = ctx.principal;
  const asked = JSON.stringify(request);
  if (asked.length > WORK_LIMITS.requestChars)
    throw fail(
      "payload_too_large",
      `A request may have ${WORK_LIMITS.requestChars} characters beside its data; the plan has more, or that of a replay with those before it.`,
    );
  const work: NewWork = {
    id: jobId,
    kind: "extract",
    request: asked,
    status,
    streamId: request.streamId,
    strategyId: null,
    traceparent: ctx.traceparent,
    ...(upload ? { upload } : {}),
  };
  const actor = { clientId, requestId: ctx.requestId };
  return unwrap<WorkItem>(await tenantObject(ctx.env, tenantId).createWork(work, actor));
}

/** Seconds that data take at least, or infinity where they are too many for a request. What is packed costs what it is when it is not. */
export function loadSeconds({ bytes }: JobRequest, kept: Uint8Array): number {
  const plainBytes = Math.max(bytes, declaredBytes(kept) ?? 0);
  return plainBytes <= INLINE_BYTES ? plainBytes / BYTES_PER_SECOND : Number.POSITIVE_INFINITY;
}

/**
 * Loads a job's data within its request, of whose wait `waitMs` are left, and ends it, one way or the other. Throws what
 * {@link carryOut} throws.
 */
export async function loadInline(
  ctx: TenantContext,
  item: WorkItem,
  request: JobRequest,
  kept: Uint8Array,
  preference: Preference,
  waitMs: number,
): Promise<Reply> {
  try {
    const upload = uploadOf(ctx, request, kept);
    const result = await carryOut(ctx, item.id, { ...request, waitMs }, upload, inlineKeeper(ctx, item));
    const { outcome } = successOf(result);
    unwrap(await tenantObject(ctx.env, ctx.principal.tenantId).finishWork(claimOf(item), outcome));
    return reply(200, result, appliedHeader(preference));
  } catch (error) {
    await failInline(ctx, item, error);
    throw error;
  }
}

/** Ends a job that its request has begun with what went wrong. */
export async function failInline(ctx: TenantContext, item: WorkClaim, error: unknown): Promise<void> {
  const progress = failedProgress(await currentJob(ctx, item));
  await failWork(ctx, item, failureFor(error), { progress });
}

const failureFor = (error: unknown): Failure =>
  error instanceof AppError ? error.failure : { code: "internal", detail: "The job failed on our side." };

/** The answer that names a job which the queue does. */
export const accepted = (item: WorkItem, preference: Preference): Reply =>
  reply(202, jobOf(item), acceptedHeaders(preference, `/api/llm/jobs/${item.id}`));
