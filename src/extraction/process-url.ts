import { unwrap } from "../core/result";
import { claimOf, type WorkClaim, type WorkItem } from "../core/work";
import type { TenantContext } from "../platform/context";
import type { Reply } from "../platform/http/endpoint";
import { tenantObject } from "../platform/objects";
import { isInline, type Preference } from "../platform/prefer";
import { checkPublic, FetchFailure } from "../platform/safe-fetch";
import { type FetchedJob, fetchUpload } from "./fetch-upload";
import { accepted, createJob, failInline, loadInline, loadSeconds } from "./inline";
import type { UrlRequest } from "./intake";
import { progressOf, type Stage } from "./jobs";

/** A wait shorter than this is for an answer, not for what another server says. */
const LEAST_WAIT_SECONDS = 1;

/**
 * Makes a job of a URL. Where somebody waits it is fetched within the request, and loaded there if that fits what is left
 * of the wait; past the wait, or where nobody waits, the queue goes on with the same job. Throws `invalid_request` for
 * a URL that is refused, whoever waits, and else what {@link fetchUpload} and the load throw.
 */
export async function beginUrlJob(
  ctx: TenantContext,
  jobId: string,
  asked: UrlRequest,
  preference: Preference,
  onBegun: () => void,
): Promise<Reply> {
  checkPublic(ctx.config, asked.url);
  const startMs = ctx.clock.nowMs();
  const waitMs = preference.waitSeconds * 1_000;
  const request: UrlRequest = { receivedAt: startMs, ...asked };
  const inline = isInline(preference, LEAST_WAIT_SECONDS);
  const item = await createJob(ctx, jobId, request, inline ? "running" : "queued");
  onBegun();
  if (!inline) return accepted(item, preference);
  const fetched = await fetchWithin(ctx, item, request, waitMs);
  const leftMs = startMs + waitMs - ctx.clock.nowMs();
  if (fetched?.kept && loadSeconds(fetched.request, fetched.kept) * 1_000 <= leftMs)
    return loadInline(ctx, fetched.item, fetched.request, fetched.kept, preference, leftMs);
  return accepted(await handOver(ctx, item, fetched ? "understanding" : "fetching"), preference);
}

/** Null: the wait is over. */
async function fetchWithin(
  ctx: TenantContext,
  item: WorkItem,
  request: UrlRequest,
  waitMs: number,
): Promise<FetchedJob | null> {
  const { URL_TIMEOUT_MS } = ctx.config;
  try {
    return await fetchUpload(ctx, item, request, Math.min(waitMs, URL_TIMEOUT_MS));
  } catch (error) {
    if (error instanceof FetchFailure && error.kind === "late" && waitMs < URL_TIMEOUT_MS) return null;
    await failInline(ctx, item, error);
    throw error;
  }
}

/** Leaves a job that its request began to the queue. */
async function handOver(ctx: TenantContext, item: WorkClaim, stage: Stage): Promise<WorkItem> {
  const tenant = tenantObject(ctx.env, ctx.principal.tenantId);
  const progress = JSON.stringify(progressOf(stage));
  const checkpoint = { state: "null", progress, release: true };
  return unwrap<WorkItem>(await tenant.checkpointWork(claimOf(item), checkpoint));
}
