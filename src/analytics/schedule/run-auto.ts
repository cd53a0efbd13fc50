import { AppError, type Failure } from "../../core/errors";
import type { TenantContext } from "../../platform/context";
import { db } from "../../platform/db";
import { errorFields, log } from "../../platform/log";
import { tenantObject } from "../../platform/objects";
import { endAutoRun } from "../../tenants";
import { activeTenant } from "./active-tenant";
import { analyseStream } from "./analyse-stream";

const USED_UP = "strategy_quota_exceeded";
/** Each takes three calls; the rest goes on with a message of its own. */
const STREAMS_A_MESSAGE = 50;

interface AutoRun {
  dueMs: number;
  /** Streams up to this one were looked at by messages before. */
  after: string;
  /** What went wrong with one of them. */
  error: RunError;
}
type RunError = { code: string; detail: string } | null;

/**
 * Queues an analysis of every stream that was written to since the last run. One is made for each state of a stream: what
 * was analysed as it is is not analysed again. Where a stream fails or the hour's strategies are used up, the next run
 * begins where this one began.
 */
export async function runAutoProcessing(ctx: TenantContext, { dueMs, after, error }: AutoRun): Promise<void> {
  const { tenantId, autoSinceMs } = await activeTenant(ctx);
  if (autoSinceMs === null) return;
  const written: string[] = await tenantObject(ctx.env, tenantId).streamsWrittenSince(autoSinceMs);
  const waiting = written.filter((streamId) => streamId > after);
  const now = waiting.slice(0, STREAMS_A_MESSAGE);
  const met = (await analyseEach(ctx, now)) ?? error;
  if (met?.code === USED_UP || waiting.length === now.length) {
    await endAutoRun(db(ctx.env), { tenantId, dueMs }, met);
    return;
  }
  await ctx.env.ANALYZE.send({
    ...{ kind: "auto_processing", tenant_id: tenantId, due_ms: dueMs, after: now.at(-1)!, error: met },
    traceparent: ctx.traceparent,
  });
}

/** Gives what went wrong, or null. One stream does not hold up the others, but for the end of the hour's strategies. */
async function analyseEach(ctx: TenantContext, streamIds: readonly string[]): Promise<RunError> {
  let met: RunError = null;
  for (const streamId of streamIds) {
    try {
      await analyseStream(ctx, streamId);
    } catch (error) {
      const { code, detail } = failureOf(ctx, streamId, error);
      // Deleted since it was written to.
      if (code === "stream_not_found") continue;
      met = { code, detail };
      if (code === USED_UP) return met;
    }
  }
  return met;
}

function failureOf(ctx: TenantContext, streamId: string, error: unknown): Failure {
  if (error instanceof AppError) return error.failure;
  const fields = { tenant_id: ctx.principal.tenantId, stream_id: streamId, ...errorFields(error) };
  log(ctx.config.LOG_LEVEL, "error", "auto_processing_failed", fields);
  return { code: "internal", detail: "An analysis could not be queued on our side." };
}
