import { fnv1a, holdsSorted } from "../core/hash";
import type { Frame } from "./frame";
import { tagSetKey } from "./point";

/**
 * How a stream is split. A tag set lies in one shard, with all its series, so that its rows stay whole: in the one that
 * its hash names, or, where it was there before the split, in shard 0.
 */
export interface ShardMap {
  /** Told by every call: a shard refuses what goes by another map. */
  id: string;
  shards: number;
  /** Hashes of the tag sets that stay in shard 0 and would belong elsewhere, ascending. */
  pinned: Uint32Array;
}

/** A hash of a tag set, 32 bits. Stored with a split stream: it never changes. */
export function tagSetHash(tags: Record<string, string>): number {
  let hash = fnv1a(tagSetKey(tags));
  // The low bits of FNV are weak: mixed once more before they choose.
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x45d9f3b);
  return (hash ^ (hash >>> 16)) >>> 0;
}

export function newShardMap(id: string, shards: number, tagSets: Iterable<Record<string, string>>): ShardMap {
  const pinned = new Set<number>();
  for (const tags of tagSets) {
    const hash = tagSetHash(tags);
    if (hash % shards !== 0) pinned.add(hash);
  }
  return { id, shards, pinned: Uint32Array.from(pinned).sort() };
}

export function shardOf({ shards, pinned }: ShardMap, tags: Record<string, string>): number {
  const hash = tagSetHash(tags);
  return holdsSorted(pinned, hash) ? 0 : hash % shards;
}

/** The rows of a frame by shard; a shard without rows is absent. One shard's frame is the frame itself where all rows are its. */
export function splitFrame(map: ShardMap, frame: Frame): Map<number, Frame> {
  const shardOfSet = frame.tagSets.map((tags) => shardOf(map, tags));
  const rows = new Map<number, number[]>();
  for (let row = 0; row < frame.times.length; row++) {
    const shard = shardOfSet[frame.tagSetOf[row]!]!;
    const known = rows.get(shard);
    if (known) known.push(row);
    else rows.set(shard, [row]);
  }
  if (rows.size === 1) return new Map([...rows.keys()].map((shard) => [shard, frame]));
  return new Map([...rows].map(([shard, own]) => [shard, rowsOf(frame, own)]));
}

function rowsOf(frame: Frame, rows: number[]): Frame {
  const places = new Map(rows.map((row, i) => [row, i]));
  const used = [...new Set(rows.map((row) => frame.tagSetOf[row]!))];
  const index = new Map(used.map((old, i) => [old, i]));
  return {
    times: Float64Array.from(rows, (row) => frame.times[row]!),
    tagSets: used.map((old) => frame.tagSets[old]!),
    tagSetOf: Uint32Array.from(rows, (row) => index.get(frame.tagSetOf[row]!)!),
    fields: frame.fields
      .map(({ name, values, ordinals }) => ({
        name,
        values: Float64Array.from(rows, (row) => values[row]!),
        ordinals: ordinals && Uint32Array.from(rows, (row) => ordinals[row]!),
      }))
      .filter(({ values }) => values.some((value) => !Number.isNaN(value))),
    attributes: frame.attributes.flatMap(({ row, values }) => {
      const place = places.get(row);
      return place === undefined ? [] : [{ row: place, values }];
    }),
  };
}

/** A frame without a row: it carries an idempotency key to a shard that has none of the request's rows. */
export const emptyFrame = (): Frame => ({
  times: new Float64Array(0),
  tagSets: [],
  tagSetOf: new Uint32Array(0),
  fields: [],
  attributes: [],
});
