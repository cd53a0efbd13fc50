import { hex } from "../core/bytes";
import { AppError } from "../core/errors";
import { unwrap } from "../core/result";
import { claimOf, WORK_LIMITS, type WorkClaim, type WorkItem } from "../core/work";
import { uploadKey } from "../platform/blobs";
import type { TenantContext } from "../platform/context";
import { BODY_LIMITS } from "../platform/http/body";
import { tenantObject } from "../platform/objects";
import { fetchPublic } from "../platform/safe-fetch";
import { type Intake, intakeOf, storeFor, type UrlRequest } from "./intake";
import { Superseded } from "./job-state";
import { progressOf } from "./jobs";

/** What a server that has several forms of its data should choose. */
const ACCEPTED = "text/csv, application/json, application/x-ndjson, text/*;q=0.9, */*;q=0.5";
/** A server may be silent for longer than a lease lasts. */
const BEAT_MS = WORK_LIMITS.leaseMs / 3;

/** A job whose data are there. */
export interface FetchedJob extends Omit<Intake, "storedBytes"> {
  item: WorkItem;
}

/**
 * Fetches what a running job's URL leads to, in `wholeMs` at most, and seals it into R2. Then the job's request names the
 * upload: begun again, the job reads the same bytes. Each try stores under a key of its own, and the tenant takes one of
 * them, so that a try that was given up cannot change what another reads. Throws what {@link fetchPublic} throws,
 * `payload_too_large` and `unrecognised_format` by what the bytes are, `storage_limit_reached`, and {@link Superseded}
 * where another has gone on with the job.
 */
export async function fetchUpload(
  ctx: TenantContext,
  claimed: WorkClaim,
  { url, streamId, ...asked }: UrlRequest,
  wholeMs: number,
): Promise<FetchedJob> {
  const tenant = tenantObject(ctx.env, ctx.principal.tenantId);
  const claim = claimOf(claimed);
  const tryId = `${claim.id}.${hex(ctx.random(8))}`;
  const key = uploadKey(ctx.principal.tenantId, tryId);
  await unlessSuperseded(async () => unwrap(await tenant.expectUpload(claim, key)));
  const alive = () => tenant.progressWork(claim, JSON.stringify(progressOf("fetching")));
  const beat = setInterval(() => ctx.waitUntil(alive()), BEAT_MS);
  try {
    const limits = { maxBytes: BODY_LIMITS.streamedBytes, wholeMs, headersMs: wholeMs };
    const fetched = await fetchPublic(ctx.config, url, { accept: ACCEPTED, ...limits });
    const blob = await storeFor(ctx, tryId)(fetched.body);
    const { request, storedBytes, kept } = intakeOf(asked, streamId, blob, fetched);
    const filled = {
      upload: { key, storedBytes },
      request: JSON.stringify(request),
      streamId: request.streamId,
    };
    const item = await unlessSuperseded(async () => unwrap<WorkItem>(await tenant.fillUpload(claim, filled)));
    return { item, request, kept };
  } catch (error) {
    await ctx.env.UPLOADS.delete(key);
    throw error;
  } finally {
    clearInterval(beat);
  }
}

async function unlessSuperseded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AppError && error.failure.code === "conflict") throw new Superseded();
    throw error;
  }
}
