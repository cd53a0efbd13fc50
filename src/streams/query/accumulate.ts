import { type BucketColumns, type PointColumns, ROLLUP_TIERS, type SeriesReader } from "../reader";
import type { Aggregate } from "./spec";

/** What can be added up window by window and be merged with that of other points. One entry a window. */
export interface Sums {
  count: Float64Array;
  sum: Float64Array;
  min: Float64Array;
  max: Float64Array;
  first: Float64Array;
  /** When the first and the last point were; of a rollup's bucket its start. */
  firstAt: Float64Array;
  last: Float64Array;
  lastAt: Float64Array;
}

export function emptySums(windows: number): Sums {
  const filled = (value: number) => new Float64Array(windows).fill(value);
  return {
    count: filled(0),
    sum: filled(0),
    min: filled(Number.POSITIVE_INFINITY),
    max: filled(Number.NEGATIVE_INFINITY),
    first: filled(Number.NaN),
    firstAt: filled(Number.POSITIVE_INFINITY),
    last: filled(Number.NaN),
    lastAt: filled(Number.NEGATIVE_INFINITY),
  };
}

/** Adds what `from` has in window `i` to window `at`. Of points at one time the first added is first, the last added last. */
export function mergeSums(into: Sums, at: number, from: Sums, i: number): void {
  if (from.count[i] === 0) return;
  into.count[at]! += from.count[i]!;
  into.sum[at]! += from.sum[i]!;
  into.min[at] = Math.min(into.min[at]!, from.min[i]!);
  into.max[at] = Math.max(into.max[at]!, from.max[i]!);
  if (from.firstAt[i]! < into.firstAt[at]!) {
    into.firstAt[at] = from.firstAt[i]!;
    into.first[at] = from.first[i]!;
  }
  if (from.lastAt[i]! >= into.lastAt[at]!) {
    into.lastAt[at] = from.lastAt[i]!;
    into.last[at] = from.last[i]!;
  }
}

/** The value of each window; NaN where it has no points. */
export function valuesOf(sums: Sums, agg: Aggregate): Float64Array {
  return sums.count.map((count, i) => {
    if (count === 0) return Number.NaN;
    if (agg === "mean") return sums.sum[i]! / count;
    if (agg === "min" || agg === "max" || agg === "sum" || agg === "first" || agg === "last")
      return sums[agg][i]!;
    return count;
  });
}

/** Points in windows: `edges` ascend, one more than windows; only what lies in [start, end) counts. */
export interface Windows {
  edges: Float64Array;
  start: number;
  end: number;
}

/** The tiers, coarsest first, whose buckets never straddle an edge. */
export const usableTiers = (edges: Float64Array): number[] =>
  ROLLUP_TIERS.filter((tier) => edges.subarray(1, -1).every((edge) => edge % tier === 0)).reverse();

/**
 * Adds the points of one series to `sums`. Buckets of the given tiers (coarsest first) are read where they lie wholly
 * in the range; what is left at its ends is read from a finer tier, and last from the points.
 */
export function addSeries(
  sums: Sums,
  reader: SeriesReader,
  id: number,
  windows: Windows,
  tiers: readonly number[],
): void {
  const { edges, start, end } = windows;
  const range = { from: Math.max(start, edges[0]!), to: Math.min(end, edges.at(-1)!) };
  let window = 0;
  const windowOf = (time: number) => {
    while (time >= edges[window + 1]!) window++;
    return window;
  };
  const cover = (from: number, to: number, tier: number): void => {
    if (from >= to) return;
    if (tier === tiers.length) {
      addPoints(sums, reader.columns(id, from, to), windowOf);
      return;
    }
    const width = tiers[tier]!;
    const low = Math.ceil(from / width) * width;
    const high = Math.floor(to / width) * width;
    const buckets = low < high ? reader.rollup(id, tierOf(width), low, high) : null;
    cover(from, buckets ? low : to, tier + 1);
    if (!buckets) return;
    addBuckets(sums, buckets, windowOf);
    cover(high, to, tier + 1);
  };
  cover(range.from, range.to, 0);
}

const tierOf = (width: number) => ROLLUP_TIERS.find((tier) => tier === width)!;

function addPoints(sums: Sums, { times, values }: PointColumns, windowOf: (time: number) => number): void {
  for (let i = 0; i < times.length; i++) {
    const time = times[i]!;
    const value = values[i]!;
    const at = windowOf(time);
    sums.count[at]!++;
    sums.sum[at]! += value;
    if (value < sums.min[at]!) sums.min[at] = value;
    if (value > sums.max[at]!) sums.max[at] = value;
    markEnds(sums, at, time, value, value);
  }
}

function addBuckets(sums: Sums, buckets: BucketColumns, windowOf: (time: number) => number): void {
  for (let i = 0; i < buckets.times.length; i++) {
    const time = buckets.times[i]!;
    const at = windowOf(time);
    sums.count[at]! += buckets.count[i]!;
    sums.sum[at]! += buckets.sum[i]!;
    sums.min[at] = Math.min(sums.min[at]!, buckets.min[i]!);
    sums.max[at] = Math.max(sums.max[at]!, buckets.max[i]!);
    markEnds(sums, at, time, buckets.first[i]!, buckets.last[i]!);
  }
}

function markEnds(sums: Sums, at: number, time: number, first: number, last: number): void {
  if (time < sums.firstAt[at]!) {
    sums.firstAt[at] = time;
    sums.first[at] = first;
  }
  if (time >= sums.lastAt[at]!) {
    sums.lastAt[at] = time;
    sums.last[at] = last;
  }
}
