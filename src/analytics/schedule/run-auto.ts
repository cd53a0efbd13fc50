import { AppError, type Failure } from "../../core/errors";
import type { TenantContext } from "../../platform/context";
import { db } from "../../platform/db";
import { tenantObject } from "../../platform/objects";
import { callShards, findStream } from "../../streams";
import type { StreamDescription } from "../../streams/contract";
import { endAutoRun } from "../../tenants";
import { prepareStrategy } from "../strategies/registry";
import { activeTenant } from "./active-tenant";
import { queueExecution } from "./queue-execution";

const STRATEGY = "auto_analysis";
/** Each takes three calls; the rest goes on with a message of its own. */
const STREAMS_A_MESSAGE = 50;

/**
 * Queues an analysis of every stream that was written to since the last run. One is made for each state of a stream: what
 * was analysed as it is is not analysed again. When the hour's strategies are used up, the next run begins where this
 * one began.
 */
export async function runAutoProcessing(
  ctx: TenantContext,
  { dueMs, after }: { dueMs: number; after: string },
): Promise<void> {
  const { tenantId, autoSinceMs } = await activeTenant(ctx);
  if (autoSinceMs === null) return;
  const written: string[] = await tenantObject(ctx.env, tenantId).streamsWrittenSince(autoSinceMs);
  const waiting = written.filter((streamId) => streamId > after);
  const now = waiting.slice(0, STREAMS_A_MESSAGE);
  const failure = await analyseEach(ctx, now);
  if (failure === null && waiting.length > now.length) {
    await ctx.env.ANALYZE.send({
      ...{ kind: "auto_processing", tenant_id: tenantId, due_ms: dueMs, after: now.at(-1)! },
      traceparent: ctx.traceparent,
    });
    return;
  }
  const error = failure && { code: failure.code, detail: failure.detail };
  await endAutoRun(db(ctx.env), { tenantId, dueMs }, error);
}

/** Gives why it stopped before the end; null: it did not. */
async function analyseEach(ctx: TenantContext, streamIds: readonly string[]): Promise<Failure | null> {
  for (const streamId of streamIds) {
    try {
      await analyse(ctx, streamId);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const { failure } = error;
      if (failure.code === "strategy_quota_exceeded") return failure;
      // Deleted since it was written to.
      if (failure.code !== "stream_not_found") throw error;
    }
  }
  return null;
}

async function analyse(ctx: TenantContext, streamId: string): Promise<void> {
  const { tenantId } = ctx.principal;
  const registered = await findStream(db(ctx.env), tenantId, streamId);
  if (!registered) return;
  const shards = await callShards<StreamDescription>(ctx, streamId, (object, call) => object.describe(call));
  const longest = Math.max(0, ...shards.flatMap(({ series }) => series.map(({ count }) => count)));
  if (longest < prepareStrategy(STRATEGY, {}).requiredPoints) return;
  const stored = shards.reduce((sum, { totals }) => sum + totals.accepted + totals.updated, 0);
  await queueExecution(ctx, {
    // A stream of the same name that was made anew counts from the beginning.
    identity: ["auto_processing", tenantId, streamId, registered.createdAt, stored],
    strategyId: STRATEGY,
    config: {},
    target: { streamId, fields: null, tags: null },
  });
}
