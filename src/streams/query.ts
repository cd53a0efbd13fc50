import { base64url, fromBase64, fromUtf8, utf8 } from "../core/bytes";
import { fail } from "../core/errors";
import { unwrap } from "../core/result";
import {
  formatMicros,
  formatMs,
  MAX_MICROS,
  MIN_MICROS,
  parseRangeEnd,
  parseTimestamp,
} from "../core/timestamps";
import type { TenantContext } from "../platform/context";
import { db } from "../platform/db";
import { streamObject } from "../platform/objects";
import { type StoredPoint, type StreamDescription, streamIdSchema } from "./contract";
import { findStream, listStreams, type RegisteredStream } from "./store";

/** Series shown of a stream: more are counted only. */
const SERIES_SHOWN = 1_000;

export async function listStreamPage(ctx: TenantContext, limit: number, cursor: string | undefined) {
  const after = cursor === undefined ? "" : decoded(cursor);
  if (after !== "" && !streamIdSchema.safeParse(after).success) throw badCursor();
  const found = await listStreams(db(ctx.env), ctx.principal.tenantId, after, limit + 1);
  const page = found.slice(0, limit);
  return {
    streams: page.map(shownStream),
    next_cursor: found.length > limit ? encoded(page.at(-1)!.streamId) : null,
  };
}

export async function describeStream(ctx: TenantContext, streamId: string) {
  const registered = await registeredStream(ctx, streamId);
  const stream = streamObject(ctx.env, ctx.principal.tenantId, streamId, 0, ctx.grant.region);
  const held = unwrap<StreamDescription>(await stream.describe(ctx.grant.epoch));
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

export interface DataQuery {
  start?: string | undefined;
  end?: string | undefined;
  /** Names, parted by commas. */
  field?: string | undefined;
  limit: number;
  cursor?: string | undefined;
  tags: Record<string, string>;
}

export async function readData(ctx: TenantContext, streamId: string, query: DataQuery) {
  await registeredStream(ctx, streamId);
  const cursor = query.cursor === undefined ? null : decoded(query.cursor);
  if (cursor !== null && !/^-?\d{1,16}_\d{1,10}_\d{1,10}$/.test(cursor)) throw badCursor();
  const stream = streamObject(ctx.env, ctx.principal.tenantId, streamId, 0, ctx.grant.region);
  const call = {
    epoch: ctx.grant.epoch,
    startMicros: query.start === undefined ? MIN_MICROS : timeOf("start", parseTimestamp(query.start)),
    endMicros: query.end === undefined ? MAX_MICROS : timeOf("end", parseRangeEnd(query.end)),
    fields: query.field === undefined ? null : query.field.split(",").map((name) => name.trim()),
    tags: query.tags,
    limit: query.limit,
    cursor,
  };
  const page = unwrap<{ points: StoredPoint[]; next: string | null }>(await stream.data(call));
  const points = page.points.map(({ timeMicros, fields, tags, attributes }) => ({
    timestamp: formatMicros(timeMicros),
    fields,
    tags,
    ...(attributes ? { attributes } : {}),
  }));
  return { stream_id: streamId, points, next_cursor: page.next === null ? null : encoded(page.next) };
}

async function registeredStream(ctx: TenantContext, streamId: string): Promise<RegisteredStream> {
  const found = await findStream(db(ctx.env), ctx.principal.tenantId, streamId);
  if (!found) throw fail("stream_not_found", "There is no stream with this id.");
  return found;
}

const shownStream = ({ streamId, dataType, createdAt }: RegisteredStream) => ({
  stream_id: streamId,
  data_type: dataType,
  created_at: formatMs(createdAt),
});

function timeOf(name: string, micros: number | null): number {
  if (micros !== null) return micros;
  const message = "ISO 8601, or epoch seconds, milli-, micro- or nanoseconds";
  throw fail("invalid_request", `${name} is not a time: ${message}.`, {
    errors: [{ pointer: `#/query/${name}`, message }],
  });
}

const encoded = (text: string): string => base64url(utf8(text));

function decoded(cursor: string): string {
  const bytes = fromBase64(cursor);
  if (!bytes) throw badCursor();
  return fromUtf8(bytes);
}

const badCursor = () =>
  fail("invalid_request", "The cursor is not one that this list gave.", {
    errors: [{ pointer: "#/query/cursor", message: "not a cursor of this list" }],
  });
