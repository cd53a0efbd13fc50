import { AppError, type Failure } from "../core/errors";
import { newId } from "../core/ids";
import { unwrap } from "../core/result";
import type { WorkItem } from "../core/work";
import { uploadKey } from "../platform/blobs";
import type { TenantContext } from "../platform/context";
import { type Reply, reply } from "../platform/http/endpoint";
import { runIdempotent } from "../platform/idempotency";
import { tenantObject } from "../platform/objects";
import { acceptedHeaders, appliedHeader, isInline, type Preference } from "../platform/prefer";
import { failWork } from "../platform/turn";
import { carryOut } from "./carry-out";
import { INLINE_BYTES, type Intake, type JobRequest, type Taken, takeIn } from "./intake";
import { jobOf } from "./jobs";
import { inlineKeeper } from "./keeper";
import { declaredBytes } from "./unpack";
import { uploadOf } from "./upload";

/** What is understood and written at least: CSV, the slowest, was 2.7 to 4.6 MB a second of CPU without the writing. */
const BYTES_PER_SECOND = 1_000_000;

/**
 * Takes any data in, understands them and writes their points. Small data in the request itself, others through the
 * queue. The data are stored before the key of an idempotent request is looked at, since their digest is part of it.
 */
export async function processData(
  ctx: TenantContext,
  raw: Request,
  preference: Preference,
): Promise<Reply | Response> {
  const jobId = newId("job", ctx.random);
  const taken = await takeIn(ctx, raw, jobId);
  const key = raw.headers.get("idempotency-key");
  if (key === null) return processTaken(ctx, jobId, taken, preference, (work) => work());
  const scope = `${raw.method} ${new URL(raw.url).pathname}`;
  return processTaken(ctx, jobId, taken, preference, (work) =>
    runIdempotent(ctx, { key, scope, fingerprint: taken.fingerprint }, work),
  );
}

/** Makes a job of what was taken in and does it, inside of `around`. Where no job is made, nothing stays stored. */
export async function processTaken<T>(
  ctx: TenantContext,
  jobId: string,
  taken: Taken,
  preference: Preference,
  around: (work: () => Promise<Reply>) => Promise<T>,
): Promise<T> {
  const progress = { began: false };
  try {
    return await around(async () =>
      beginJob(ctx, jobId, await taken.intake(), preference, () => {
        progress.began = true;
      }),
    );
  } finally {
    // A replay, a refusal, or no place for the job: nothing will ever name this upload.
    if (!progress.began) await ctx.env.UPLOADS.delete(uploadKey(ctx.principal.tenantId, jobId));
  }
}

/** Makes the job and does it at once where it is small. `onBegun` is told when the tenant holds the job. */
export async function beginJob(
  ctx: TenantContext,
  jobId: string,
  { request: asked, kept, storedBytes }: Intake,
  preference: Preference,
  onBegun: () => void = () => {},
): Promise<Reply> {
  const { tenantId, clientId } = ctx.principal;
  // Noted once: a job that is done again must read times as it did.
  const request: JobRequest = { receivedAt: ctx.clock.nowMs(), ...asked };
  // What is packed costs what it is when it is not.
  const plainBytes = Math.max(request.bytes, (kept && declaredBytes(kept)) ?? 0);
  const fits = isInline(preference, plainBytes / BYTES_PER_SECOND);
  const inline = kept !== null && plainBytes <= INLINE_BYTES && fits;
  const work = {
    id: jobId,
    kind: "extract" as const,
    request: JSON.stringify(request),
    status: inline ? ("running" as const) : ("queued" as const),
    streamId: request.streamId,
    strategyId: null,
    traceparent: ctx.traceparent,
    upload: { key: request.blobKey, storedBytes },
  };
  const tenant = tenantObject(ctx.env, tenantId);
  const item = unwrap<WorkItem>(await tenant.createWork(work, { clientId, requestId: ctx.requestId }));
  onBegun();
  if (!inline) return reply(202, jobOf(item), acceptedHeaders(preference, `/api/llm/jobs/${jobId}`));
  try {
    const upload = uploadOf(ctx, request, kept);
    const waitMs = preference.waitSeconds * 1_000;
    const result = await carryOut(ctx, jobId, { ...request, waitMs }, upload, inlineKeeper(ctx, item));
    unwrap(
      await tenant.finishWork(jobId, { status: "succeeded", result: JSON.stringify(result), error: null }),
    );
    return reply(200, result, appliedHeader(preference));
  } catch (error) {
    await failWork(ctx, jobId, failureFor(error));
    throw error;
  }
}

const failureFor = (error: unknown): Failure =>
  error instanceof AppError ? error.failure : { code: "internal", detail: "The job failed on our side." };
