import { fail } from "../core/errors";
import { MAX_MICROS, MIN_MICROS } from "../core/timestamps";
import type { TenantContext } from "../platform/context";
import { db } from "../platform/db";
import { tenantObject } from "../platform/objects";
import { parseRange } from "./query/parse";
import { callShards, shardObject } from "./shard";
import { findStream } from "./store";

/** Deletes a stream and all its points. */
export async function removeStream(ctx: TenantContext, streamId: string) {
  const { tenantId } = ctx.principal;
  if (!(await findStream(db(ctx.env), tenantId, streamId)))
    throw fail("stream_not_found", "There is no stream with this id.");
  const { rows, values, writes } = await shardObject(ctx, streamId).erase({ tenantId, streamId });
  await tenantObject(ctx.env, tenantId).forgetStream(streamId, {
    clientId: ctx.principal.clientId,
    requestId: ctx.requestId,
  });
  return { stream_id: streamId, deleted: true, points: rows, values, writes };
}

/** Deletes the points of a range; without either end, all of them: the stream stays. */
export async function removeRange(
  ctx: TenantContext,
  streamId: string,
  given: { start?: string | undefined; end?: string | undefined },
) {
  const { startMicros, endMicros } = parseRange(given);
  const range = { start: startMicros ?? MIN_MICROS, end: endMicros ?? MAX_MICROS };
  const { requestId, principal } = ctx;
  const answers = await callShards<{ deleted: number }>(ctx, streamId, (object, call) =>
    object.deleteRange({ ...call, range, requestId, clientId: principal.clientId }),
  );
  return { stream_id: streamId, deleted: answers.reduce((sum, { deleted }) => sum + deleted, 0) };
}
