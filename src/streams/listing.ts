import { formatMicros, formatMs } from "../core/timestamps";
import type { TenantContext } from "../platform/context";
import { db } from "../platform/db";
import { unwrapAdmitted } from "../platform/leases";
import { type StreamDescription, streamIdSchema } from "./contract";
import { decodeCursor, encodeCursor } from "./list-cursor";
import { badCursor } from "./query/cursor";
import { registeredStream } from "./registered";
import { shardObject, streamCall } from "./shard";
import { listStreams, type RegisteredStream } from "./store";

/** Series shown of a stream: more are counted only. */
const SERIES_SHOWN = 1_000;

export async function listStreamPage(ctx: TenantContext, limit: number, cursor: string | undefined) {
  const after = cursor === undefined ? "" : decodeCursor(cursor);
  if (after !== "" && !streamIdSchema.safeParse(after).success) throw badCursor();
  const found = await listStreams(db(ctx.env), ctx.principal.tenantId, after, limit + 1);
  const page = found.slice(0, limit);
  return {
    streams: page.map(shownStream),
    next_cursor: found.length > limit ? encodeCursor(page.at(-1)!.streamId) : null,
  };
}

export async function describeStream(ctx: TenantContext, streamId: string) {
  const registered = await registeredStream(ctx, streamId);
  const described = await shardObject(ctx, streamId).describe(streamCall(ctx, streamId));
  const held = unwrapAdmitted<StreamDescription>(ctx, described);
  const iso = (micros: number | null) => (micros === null ? null : formatMicros(micros));
  return {
    ...shownStream(registered),
    points: held.rows,
    values: held.values,
    first_timestamp: iso(held.firstMicros),
    last_timestamp: iso(held.lastMicros),
    cardinality: held.series.length,
    stored_bytes: held.storedBytes,
    series: held.series.slice(0, SERIES_SHOWN).map(({ field, tags, count, firstMicros, lastMicros }) => ({
      field,
      tags,
      count,
      first_timestamp: iso(firstMicros),
      last_timestamp: iso(lastMicros),
    })),
  };
}

const shownStream = ({ streamId, dataType, createdAt }: RegisteredStream) => ({
  stream_id: streamId,
  data_type: dataType,
  created_at: formatMs(createdAt),
});
