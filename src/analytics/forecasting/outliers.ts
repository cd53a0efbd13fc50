import { stl } from "./decompose/stl";
import { median } from "./regularise";

/** A reading that stands apart from its neighbours, and what it is read as. */
export interface Outlier {
  index: number;
  value: number;
  /** Interpolated between its nearest good neighbours, the season put back. */
  expected: number;
}

/** Remainders beyond the quartiles by this many interquartile ranges: one in 430,000 of normal ones (Tukey 1977). */
const FENCE = 3;
/** A level needs this many readings: fewer in a row that stand apart are outliers, more are a shift. */
const LONGEST_RUN = 3;
const SMOOTHED_OVER = 2 * LONGEST_RUN + 1;
const FEWEST_VALUES = 2 * SMOOTHED_OVER;
/** A series of which more stands apart is not one with outliers. */
const LARGEST_SHARE = 0.05;
/** Of fewer cycles an outlier would be part of its own season. */
const FEWEST_CYCLES = 3;

/**
 * Isolated values far from what their neighbours and their season say: remainders of a robust STL where there is a
 * season, of a running median otherwise, outside Tukey's outer fences. A running median keeps level shifts, so their
 * two sides are no outliers. Empty where the values are too few or where too many would stand apart.
 */
export function findOutliers(values: Float64Array, season: number): Outlier[] {
  if (values.length < FEWEST_VALUES) return [];
  const seasonal = seasonalPart(values, season);
  const adjusted = values.map((value, t) => value - seasonal[t]!);
  const smooth = runningMedian(adjusted, SMOOTHED_OVER);
  const remainder = adjusted.map((value, t) => value - smooth[t]!);
  const fences = outerFences(remainder);
  const stands = Array.from(remainder, (rest) => rest < fences.low || rest > fences.high);
  const found = stands.flatMap((isOut, index) =>
    isOut && runLength(stands, index) <= LONGEST_RUN ? [index] : [],
  );
  if (found.length > LARGEST_SHARE * values.length) return [];
  const good = new Set(found);
  return found.map((index) => ({
    index,
    value: values[index]!,
    expected: interpolated(adjusted, index, good) + seasonal[index]!,
  }));
}

/** The series with its outliers read as their neighbours say. */
export function withoutOutliers(values: Float64Array, outliers: readonly Outlier[]): Float64Array {
  const cleaned = values.slice();
  for (const { index, expected } of outliers) cleaned[index] = expected;
  return cleaned;
}

function seasonalPart(values: Float64Array, season: number): Float64Array {
  const none = new Float64Array(values.length);
  if (season < 2 || values.length < FEWEST_CYCLES * season) return none;
  return stl(values, season, { seasonalWindow: "periodic", robust: true })?.seasonal ?? none;
}

/** Windows are cut at the ends, so a step there stays one. */
function runningMedian(values: Float64Array, width: number): Float64Array {
  const half = width >> 1;
  return values.map((_, t) => median(values.subarray(Math.max(0, t - half), t + half + 1)));
}

/** Both infinite where half of the remainders are alike: then there is no scale to judge by. */
function outerFences(remainder: Float64Array): { low: number; high: number } {
  const sorted = Float64Array.from(remainder).sort();
  const lower = sorted[Math.floor(0.25 * (sorted.length - 1))]!;
  const upper = sorted[Math.ceil(0.75 * (sorted.length - 1))]!;
  const range = upper - lower;
  if (!(range > 0)) return { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  return { low: lower - FENCE * range, high: upper + FENCE * range };
}

function runLength(flags: readonly boolean[], index: number): number {
  let first = index;
  let last = index;
  while (flags[first - 1]) first--;
  while (flags[last + 1]) last++;
  return last - first + 1;
}

/** Between the nearest good neighbours; beyond the last good one, its value. */
function interpolated(values: Float64Array, index: number, bad: ReadonlySet<number>): number {
  let before = index;
  let after = index;
  while (before >= 0 && bad.has(before)) before--;
  while (after < values.length && bad.has(after)) after++;
  if (before < 0) return values[after]!;
  if (after >= values.length) return values[before]!;
  const share = (index - before) / (after - before);
  return values[before]! + share * (values[after]! - values[before]!);
}
