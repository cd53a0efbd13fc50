import { mstl } from "./decompose/mstl";

/** A reading that stands apart from its neighbours, and what it is read as. */
export interface Outlier {
  index: number;
  value: number;
  /** Interpolated between its nearest good neighbours, the season put back. */
  expected: number;
}

/** Distances beyond the quartiles by this many interquartile ranges: Tukey's outer fences have 3, which readings of
 *  people and machines pass more often than normal ones. */
const FENCE = 4;
/** A level needs this many readings: fewer in a row that stand apart are outliers, more are a shift. */
const LONGEST_RUN = 3;
/** Readings before and behind that a value is held against: their median does not follow the longest run. */
const NEIGHBOURS = 2 * LONGEST_RUN + 1;
const FEWEST_VALUES = 2 * NEIGHBOURS;
/** A series of which more stands apart is not one with outliers. */
const LARGEST_SHARE = 0.05;
/** Of the median: values further below would stand apart in logarithms alone. */
const SMALLEST_SHARE = 0.1;
/** Of fewer cycles an outlier would be part of its own season. */
const FEWEST_CYCLES = 3;

/**
 * Isolated values far from what their neighbours and their season say: far outside the quartiles (Tukey 1977) of the distances to
 * the neighbours' median, and as far outside of what lies between the medians before and behind, so that neither a
 * trend nor the two sides of a level shift stand apart. Seasons are taken off by robust MSTL. The first and the last value
 * are not judged: an outlier there cannot be told from a new level. Empty where the values are too few or where too many
 * would stand apart.
 */
export function findOutliers(values: Float64Array, periods: readonly number[]): Outlier[] {
  if (values.length < FEWEST_VALUES) return [];
  const plain = standingApart(values, periods, LINEAR);
  if (!isFactor(values, periods)) return plain;
  // Seasons of what is positive grow with its level; but what is small stands apart in logarithms alone.
  const indices = new Set(plain.map(({ index }) => index));
  return standingApart(values, periods, LOGARITHMIC).filter(({ index }) => indices.has(index));
}

interface Scale {
  forward(value: number): number;
  inverse(value: number): number;
}

const LINEAR: Scale = { forward: (value) => value, inverse: (value) => value };
const LOGARITHMIC: Scale = { forward: Math.log, inverse: Math.exp };

function isFactor(values: Float64Array, periods: readonly number[]): boolean {
  const smallest = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  return periods.length > 0 && smallest > SMALLEST_SHARE * medianOf(values);
}

function standingApart(values: Float64Array, periods: readonly number[], scale: Scale): Outlier[] {
  const scaled = values.map(scale.forward);
  const seasonal = seasonalPart(scaled, periods);
  const adjusted = scaled.map((value, t) => value - seasonal[t]!);
  const distances = adjusted.map((value, t) => value - medianOf(around(adjusted, t)));
  const fences = outerFences(distances);
  const reach = Math.max(fences.high, -fences.low);
  const stands = Array.from(distances, (distance, t) => {
    const isFar = distance < fences.low || distance > fences.high;
    return isFar && Math.abs(beyondSides(adjusted, t)) > reach;
  });
  const found = stands.flatMap((isOut, index) =>
    isOut && runLength(stands, index) <= LONGEST_RUN ? [index] : [],
  );
  if (found.length > LARGEST_SHARE * values.length) return [];
  const bad = new Set(found);
  return found.map((index) => ({
    index,
    value: values[index]!,
    expected: scale.inverse(interpolated(adjusted, index, bad) + seasonal[index]!),
  }));
}

const before = (values: Float64Array, t: number): Float64Array =>
  values.subarray(Math.max(0, t - NEIGHBOURS), t);

const behind = (values: Float64Array, t: number): Float64Array => values.subarray(t + 1, t + 1 + NEIGHBOURS);

const around = (values: Float64Array, t: number): Float64Array =>
  Float64Array.of(...before(values, t), ...behind(values, t));

/** How far a value lies outside of what is between the medians on its two sides; zero at the ends. */
function beyondSides(values: Float64Array, t: number): number {
  if (t === 0 || t === values.length - 1) return 0;
  const sides = [medianOf(before(values, t)), medianOf(behind(values, t))];
  return values[t]! - Math.min(Math.max(values[t]!, Math.min(...sides)), Math.max(...sides));
}

/** With both middle ones: of neighbours on a line it is what stands between them. */
function medianOf(values: Float64Array): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : sorted[half - 1]! / 2 + sorted[half]! / 2;
}

/** The series with its outliers read as their neighbours say. */
export function withoutOutliers(values: Float64Array, outliers: readonly Outlier[]): Float64Array {
  const cleaned = values.slice();
  for (const { index, expected } of outliers) cleaned[index] = expected;
  return cleaned;
}

function seasonalPart(values: Float64Array, periods: readonly number[]): Float64Array {
  const seen = periods.filter((period) => values.length >= FEWEST_CYCLES * period);
  const seasonals = mstl(values, seen, { robust: true })?.seasonals ?? [];
  return values.map((_, t) => seasonals.reduce((sum, { values: season }) => sum + season[t]!, 0));
}

/** Both infinite where half of the distances are alike: then there is no scale to judge by. */
function outerFences(distances: Float64Array): { low: number; high: number } {
  const sorted = Float64Array.from(distances).sort();
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
