import type { TenantContext } from "../platform/context";
import { type Reply, reply } from "../platform/http/endpoint";
import { decodeCursor, encodeCursor } from "./list-cursor";
import { formatOf } from "./query/accept";
import { fetchPage } from "./query/fetch";
import { shownPoint } from "./query/lines-of-text";
import { parseQuery } from "./query/parse";
import { QUERY_LIMITS, type QuerySpec } from "./query/spec";
import { streamPages, type TextFormat } from "./query/stream-pages";

const NO_LIMIT = Number.MAX_SAFE_INTEGER;
/** Both shape the answer: which form it has, and whose origin may read it. */
const VARY = "Accept, Origin";

/**
 * A stream's data as the query string and the Accept header ask for it: a page of JSON, or the whole answer as NDJSON
 * or CSV, streamed.
 */
export async function readData(
  ctx: TenantContext,
  streamId: string,
  given: Readonly<Record<string, string>>,
  accept: string | null,
): Promise<Reply | Response> {
  const format = formatOf(accept);
  const parsed = parseQuery(given, format === "application/json" ? QUERY_LIMITS.pageRows : NO_LIMIT);
  const spec = { ...parsed, cursor: parsed.cursor === null ? null : decodeCursor(parsed.cursor) };
  if (format !== "application/json")
    return streamed(ctx, streamId, spec, format, given.limit === undefined ? NO_LIMIT : spec.limit);
  const { points, next } = await fetchPage(ctx, streamId, spec);
  const body = {
    stream_id: streamId,
    points: points.map(shownPoint),
    next_cursor: next === null ? null : encodeCursor(next),
  };
  return reply(200, body, { vary: VARY });
}

/** The first page comes before the answer begins: what is wrong with the query is still a problem document then. */
async function streamed(
  ctx: TenantContext,
  streamId: string,
  spec: QuerySpec,
  format: TextFormat,
  rows: number,
): Promise<Response> {
  const fetchNext = (cursor: string | null, limit: number, columns = false) =>
    fetchPage(ctx, streamId, { ...spec, cursor, limit, columns });
  const first = await fetchNext(spec.cursor, Math.min(rows, QUERY_LIMITS.pageRows), format === "text/csv");
  const body = streamPages(first, format, rows, fetchNext);
  return new Response(body, { headers: { "content-type": MEDIA_TYPES[format], vary: VARY } });
}

const MEDIA_TYPES: Record<TextFormat, string> = {
  "application/x-ndjson": "application/x-ndjson",
  "text/csv": "text/csv; charset=utf-8; header=present",
};
