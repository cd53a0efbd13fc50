import type { TenantContext } from "../../platform/context";
import { db } from "../../platform/db";
import { callShards, findStream } from "../../streams";
import type { StreamDescription } from "../../streams/contract";
import { prepareStrategy } from "../strategies/registry";
import { queueExecution } from "./queue-execution";

const STRATEGY = "auto_analysis";

/**
 * Queues auto_analysis of a stream as it is now, and gives the execution's id; null where no series is long enough, or
 * the stream is not there. A stream that has not changed since is not analysed again: the id is that of the execution
 * before. Throws `strategy_quota_exceeded` and `work_limit_reached`.
 */
export async function analyseStream(ctx: TenantContext, streamId: string): Promise<string | null> {
  const { tenantId } = ctx.principal;
  const registered = await findStream(db(ctx.env), tenantId, streamId);
  if (!registered) return null;
  const shards = await callShards<StreamDescription>(ctx, streamId, (object, call) => object.describe(call));
  const longest = Math.max(0, ...shards.flatMap(({ series }) => series.map(({ count }) => count)));
  if (longest < prepareStrategy(STRATEGY, {}).requiredPoints) return null;
  const stored = shards.reduce((sum, { totals }) => sum + totals.accepted + totals.updated, 0);
  return queueExecution(ctx, {
    // A stream of the same name that was made anew counts from the beginning.
    identity: ["auto_processing", tenantId, streamId, registered.createdAt, stored],
    strategyId: STRATEGY,
    config: {},
    target: { streamId, fields: null, tags: null },
  });
}
