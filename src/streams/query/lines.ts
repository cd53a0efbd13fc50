import { ROLLUP_TIERS, type SeriesInfo, type SeriesReader } from "../reader";
import { addSeries, emptySums, type Sums, usableTiers, valuesOf, type Windows } from "./accumulate";
import { percentiles, rates, shareOf } from "./aggregate";
import type { Line } from "./group";
import { checkRaw, type Plan } from "./plan";
import type { Aggregate } from "./spec";

/** The value of each window of one line; NaN where it has none. */
export function lineValues(reader: SeriesReader, line: Line, agg: Aggregate, windows: Windows): Float64Array {
  // Of thousands of series few may stand in a short time: no sums are set up for the others.
  if (!line.series.some((one) => standsIn(one, windows)))
    return new Float64Array(windows.edges.length - 1).fill(Number.NaN);
  if (!needsPoints(agg)) return valuesOf(lineSums(reader, line, agg, windows), agg);
  checkRaw(line.series.reduce((sum, one) => sum + pointsWithin(reader, one, windows), 0));
  const { from, to } = rangeOf(windows);
  const standing = line.series.filter((one) => standsIn(one, windows));
  const columns = standing.map(({ id }) => reader.columns(id, from, to));
  const share = shareOf(agg);
  return share === null ? rates(columns, windows.edges) : percentiles(columns, windows.edges, share);
}

/** Percentiles and rates cannot be put together from parts. */
export const needsPoints = (agg: Aggregate): boolean => agg === "rate" || shareOf(agg) !== null;

/** The sums of one line. `exactEnds`: the times of first and last points are needed, which rollups do not have. */
export function lineSums(
  reader: SeriesReader,
  line: Line,
  agg: Aggregate,
  windows: Windows,
  exactEnds = false,
): Sums {
  const sums = emptySums(windows.edges.length - 1);
  const tiers = isEnd(agg) && (exactEnds || line.series.length > 1) ? [] : usableTiers(windows.edges);
  for (const one of line.series) {
    if (!standsIn(one, windows)) continue;
    if (tiers.length === 0) checkRaw(pointsWithin(reader, one, windows));
    addSeries(sums, reader, one.id, windows, tiers);
  }
  return sums;
}

/** About how many points windows between these edges are computed of one by one, not from rollups. */
export function pointsRead(
  reader: SeriesReader,
  { groups, agg, start, end }: Plan,
  edges: Float64Array,
): number {
  const windows = { edges, start, end };
  const pointwise = needsPoints(agg) || usableTiers(edges).length === 0;
  let points = 0;
  for (const { lines } of groups)
    for (const { series } of lines)
      if (pointwise || (isEnd(agg) && series.length > 1))
        for (const one of series) points += pointsWithin(reader, one, windows);
  return points;
}

const isEnd = (agg: Aggregate): boolean => agg === "first" || agg === "last";

/** About how many points a series has in the windows: at most one bucket too many at each end. */
export function pointsWithin(reader: SeriesReader, series: SeriesInfo, windows: Windows): number {
  if (!standsIn(series, windows)) return 0;
  const { from, to } = rangeOf(windows);
  const { id, count, firstMicros, lastMicros } = series;
  if (from <= firstMicros && to > lastMicros) return count;
  for (const tier of ROLLUP_TIERS.toReversed()) {
    if (count <= SMALL || to - from < 4 * tier) continue;
    const buckets = reader.rollup(id, tier, Math.floor(from / tier) * tier, Math.ceil(to / tier) * tier);
    if (buckets) return buckets.count.reduce((sum, one) => sum + one, 0);
  }
  const shared = Math.min(to, lastMicros + 1) - Math.max(from, firstMicros);
  return Math.ceil((count * shared) / (lastMicros - firstMicros + 1));
}

/** Of fewer points than this the share of the time is good enough. */
const SMALL = 10_000;

function standsIn({ firstMicros, lastMicros }: SeriesInfo, windows: Windows): boolean {
  const { from, to } = rangeOf(windows);
  return lastMicros >= from && firstMicros < to;
}

/** What of the range lies in windows: empty, not reversed, where nothing does. */
function rangeOf({ edges, start, end }: Windows): { from: number; to: number } {
  const from = Math.max(start, edges[0]!);
  return { from, to: Math.max(from, Math.min(end, edges.at(-1)!)) };
}
