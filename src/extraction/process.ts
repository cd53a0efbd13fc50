import { newId } from "../core/ids";
import { uploadKey } from "../platform/blobs";
import type { TenantContext } from "../platform/context";
import type { Reply } from "../platform/http/endpoint";
import { runIdempotent } from "../platform/idempotency";
import { isInline, type Preference } from "../platform/prefer";
import { accepted, createJob, loadInline, loadSeconds } from "./inline";
import { type Intake, type JobRequest, type Taken, takeIn } from "./intake";
import { beginUrlJob } from "./process-url";

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
  const onBegun = () => {
    progress.began = true;
  };
  const { given } = taken;
  try {
    return await around(() =>
      "request" in given
        ? beginJob(ctx, jobId, given, preference, onBegun)
        : beginUrlJob(ctx, jobId, given, preference, onBegun),
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
  // Noted once: a job that is done again must read times as it did.
  const request: JobRequest = { receivedAt: ctx.clock.nowMs(), ...asked };
  const inline = kept !== null && isInline(preference, loadSeconds(request, kept));
  const upload = { key: request.blobKey, storedBytes };
  const item = await createJob(ctx, jobId, request, inline ? "running" : "queued", upload);
  onBegun();
  if (!inline) return accepted(item, preference);
  return loadInline(ctx, item, request, kept, preference, preference.waitSeconds * 1_000);
}
