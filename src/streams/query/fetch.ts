import { fail } from "../../core/errors";
import { MAX_MICROS, MIN_MICROS } from "../../core/timestamps";
import type { TenantContext } from "../../platform/context";
import type { SeriesColumns, StreamDescription } from "../contract";
import { callShard, callShards, changing, forget, knownMap } from "../shard";
import { columnsReader } from "./columns-reader";
import { mergePages, type ShardPosition, shardPositions } from "./merge";
import { mergeable, mergePartials, type Partials } from "./partials";
import { runQuery } from "./run";
import type { QueryPage, QuerySpec } from "./spec";

const TRIES = 3;
/** Values of one answer of columns, and one: a series that has more is refused, not cut. */
const COLUMN_VALUES = 1_500_001;

/** One page of a query's answer from the stream's shards; fails with `stream_not_found` and as {@link runQuery}. */
export async function fetchPage(ctx: TenantContext, streamId: string, spec: QuerySpec): Promise<QueryPage> {
  for (let tries = 0; tries < TRIES; tries++) {
    const map = knownMap(ctx, streamId);
    const page = map
      ? await fetchMerged(ctx, streamId, { ...spec, partOfStream: true }, map.shards)
      : await fromShard(ctx, streamId, 0, spec);
    if (page) return page;
    // Shard 0 has told the new map; another shard's word means that the known one is old.
    if (map && knownMap(ctx, streamId) === map) forget(ctx, streamId);
  }
  throw changing();
}

/** Null: the stream has other shards by now. */
async function fetchMerged(
  ctx: TenantContext,
  streamId: string,
  spec: QuerySpec,
  shards: number,
): Promise<QueryPage | null> {
  if (spec.fields && spec.cursor === null) await checkFields(ctx, streamId, spec.fields);
  const windows = spec.every !== null || spec.agg !== null;
  if (!windows && spec.maxPoints === null) return fetchRows(ctx, streamId, spec, shards);
  if (!windows || !mergeable(spec)) return fetchColumns(ctx, streamId, spec);
  const partials = await callShards<Partials>(ctx, streamId, (object, call) =>
    object.partials({ ...call, spec }),
  );
  return mergePartials(partials, spec);
}

async function fetchRows(
  ctx: TenantContext,
  streamId: string,
  spec: QuerySpec,
  shards: number,
): Promise<QueryPage | null> {
  const positions = shardPositions(spec.cursor, shards);
  const fetchFrom = (position: ShardPosition, shard: number) =>
    position === "done" ? "done" : fromShard(ctx, streamId, shard, { ...spec, cursor: position.after });
  const pages = await Promise.all(positions.map(fetchFrom));
  const held: (QueryPage | null)[] = [];
  for (const page of pages) {
    if (page === null) return null;
    held.push(page === "done" ? null : page);
  }
  return mergePages(held, positions, spec.limit);
}

/** Percentiles, rates and samples need the points: they are computed here. */
async function fetchColumns(ctx: TenantContext, streamId: string, spec: QuerySpec): Promise<QueryPage> {
  const range = {
    startMicros: spec.startMicros ?? MIN_MICROS,
    endMicros: spec.endMicros ?? MAX_MICROS,
    tags: spec.tags,
    field: null,
    maxPoints: COLUMN_VALUES,
  };
  const shards = await callShards<SeriesColumns[]>(ctx, streamId, (object, call) =>
    object.columns({ ...call, ...range }),
  );
  return runQuery(columnsReader(shards.flat()), spec);
}

/** A shard does not know which fields the others have. */
async function checkFields(ctx: TenantContext, streamId: string, fields: readonly string[]): Promise<void> {
  const shards = await callShards<StreamDescription>(ctx, streamId, (object, call) => object.describe(call));
  const known = new Set(shards.flatMap(({ series }) => series.map(({ field }) => field)));
  const missing = fields.find((name) => !known.has(name));
  if (missing !== undefined)
    throw fail("field_not_found", `The stream has no field "${missing.slice(0, 60)}".`);
}

async function fromShard(
  ctx: TenantContext,
  streamId: string,
  shard: number,
  spec: QuerySpec,
): Promise<QueryPage | null> {
  const answer = await callShard<QueryPage>(ctx, streamId, shard, (object, call) =>
    object.query({ ...call, spec }),
  );
  return answer?.value ?? null;
}
