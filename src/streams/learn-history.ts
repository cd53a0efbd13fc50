import { AppError } from "../core/errors";
import type { TenantContext } from "../platform/context";
import { callShards } from "./shard";

/**
 * A load of history is stored to its end: the stream's detectors learn from the newest readings of each series. Done again
 * it changes nothing; a stream that was deleted meanwhile has nothing to learn.
 */
export async function learnHistory(ctx: TenantContext, streamId: string): Promise<void> {
  const by = { requestId: ctx.requestId, clientId: ctx.principal.clientId };
  try {
    await callShards(ctx, streamId, (object, call) => object.learnHistory({ ...call, ...by }));
  } catch (error) {
    if (!(error instanceof AppError) || error.failure.code !== "stream_not_found") throw error;
  }
}
