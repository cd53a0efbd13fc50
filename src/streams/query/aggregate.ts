import type { PointColumns } from "../reader";
import type { Aggregate } from "./spec";

const SHARE: Partial<Record<Aggregate, number>> = { p50: 0.5, p95: 0.95, p99: 0.99 };

/** The share below a percentile, or null where the aggregate is none. */
export const shareOf = (agg: Aggregate): number | null => SHARE[agg] ?? null;

/**
 * The quantile of ascending values by linear interpolation of the order statistics: type 7 of Hyndman and Fan (1996),
 * R's default. NaN of no values.
 */
export function quantile(ascending: Float64Array, share: number): number {
  if (ascending.length === 0) return Number.NaN;
  const at = (ascending.length - 1) * share;
  const low = Math.floor(at);
  const below = ascending[low]!;
  const above = ascending[Math.min(low + 1, ascending.length - 1)]!;
  return below + (at - low) * (above - below);
}

/**
 * The increase of a counter per second over points [from, to): the sum of the increases from each point to the next,
 * where a decrease is a reset and counts the new value, divided by the seconds between the first and the last of them.
 * Like Prometheus' `rate`, without its extrapolation to the window's edges. NaN where there are no two times.
 */
export function rateOf({ times, values }: PointColumns, from: number, to: number): number {
  if (to - from < 2) return Number.NaN;
  const seconds = (times[to - 1]! - times[from]!) / 1e6;
  if (seconds <= 0) return Number.NaN;
  let increase = 0;
  for (let i = from + 1; i < to; i++) {
    const step = values[i]! - values[i - 1]!;
    increase += step < 0 ? values[i]! : step;
  }
  return increase / seconds;
}

/** Index of the first time at or past `at`; `from` is where to begin. Times ascend. */
export function lowerBound(times: Float64Array, at: number, from = 0): number {
  let low = from;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The percentile of each window over the points of all columns together. `edges` has one more than there are windows.
 * NaN: no points.
 */
export function percentiles(
  columns: readonly PointColumns[],
  edges: Float64Array,
  share: number,
): Float64Array {
  const out = new Float64Array(edges.length - 1).fill(Number.NaN);
  const at = columns.map(({ times }) => lowerBound(times, edges[0]!));
  for (let window = 0; window < out.length; window++) {
    const slices = columns.map(({ times, values }, i) => {
      const from = at[i]!;
      at[i] = lowerBound(times, edges[window + 1]!, from);
      return values.subarray(from, at[i]);
    });
    out[window] = quantile(pooled(slices).sort(), share);
  }
  return out;
}

function pooled(slices: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(slices.reduce((sum, slice) => sum + slice.length, 0));
  let at = 0;
  for (const slice of slices) {
    all.set(slice, at);
    at += slice.length;
  }
  return all;
}

/** The rate of each window: the sum of what each column's own is, since each is a counter of its own. NaN: none. */
export function rates(columns: readonly PointColumns[], edges: Float64Array): Float64Array {
  const out = new Float64Array(edges.length - 1).fill(Number.NaN);
  for (const one of columns) {
    let from = lowerBound(one.times, edges[0]!);
    for (let window = 0; window < out.length; window++) {
      const to = lowerBound(one.times, edges[window + 1]!, from);
      const rate = rateOf(one, from, to);
      if (!Number.isNaN(rate)) out[window] = Number.isNaN(out[window]!) ? rate : out[window]! + rate;
      from = to;
    }
  }
  return out;
}
