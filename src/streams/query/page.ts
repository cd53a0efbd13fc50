import { ROLLUP_TIERS, type SeriesInfo, type SeriesReader } from "../reader";
import { placeOf } from "./cursor";
import { PageBuilder } from "./page-builder";
import { tagSetsWithTexts } from "./row-texts";
import { addRows, type SeriesPoints } from "./rows";
import { columnsOf, selectSeries } from "./select";
import type { QueryPage, QuerySpec } from "./spec";

/** Points that are decoded for a page at least before a narrower time is tried, and times what is wanted. */
const SPARE = { points: 5_000, times: 4 };
const GROWTH = 8;

/**
 * A page of stored rows by time, then tag set, then ordinal. It reads slices of time that have about as many points as
 * the page wants, judged by the series' counts and extents and, of large series, by their rollups: neither one series
 * of ten million points nor ten thousand series decode much more than a page.
 */
export function rowPage(reader: SeriesReader, spec: QuerySpec): QueryPage {
  const selected = selectSeries(reader, spec);
  const page = new PageBuilder(spec.limit, spec.cursor === null ? null : placeOf(spec.cursor));
  const columns = spec.columns ? columnsOf(selected, null) : null;
  const start = Math.max(spec.startMicros ?? Number.NEGATIVE_INFINITY, page.from);
  const end = spec.endMicros ?? Number.POSITIVE_INFINITY;
  const series = selected.filter(({ firstMicros, lastMicros }) => lastMicros >= start && firstMicros < end);
  if (series.length === 0) return page.page(false, columns);
  const perRow = series.length / new Set(series.map(({ tagSet }) => tagSet)).size;
  const withTexts = tagSetsWithTexts(reader);
  const last = Math.min(end, greatest(series, ({ lastMicros }) => lastMicros) + 1);
  let from = Math.max(
    start,
    least(series, ({ firstMicros }) => firstMicros),
  );
  let grow = 1;
  while (from < last) {
    // To ask every series costs about as much as a point of each: a slice with fewer would be asked for again and again.
    const wanted = Math.max(Math.ceil((page.room + 1) * perRow), series.length);
    const step = Math.max(1, Math.ceil(wanted / density(series, from))) * grow;
    const slice = gather(reader, series, from, Math.min(last, from + step), wanted);
    if (!addRows(page, reader, slice.parts, withTexts)) return page.page(true, columns);
    if (slice.points < wanted / GROWTH) grow *= GROWTH;
    else if (slice.points > wanted) grow = Math.max(1, grow / GROWTH);
    from = slice.to;
  }
  return page.page(false, columns);
}

/** Points per microsecond of the series that stand at a time, as if they stood evenly. */
function density(series: readonly SeriesInfo[], at: number): number {
  let sum = 0;
  for (const { count, firstMicros, lastMicros } of series)
    if (firstMicros <= at && lastMicros >= at) sum += count / (lastMicros - firstMicros + 1);
  // None stands here: a slice of about a second, that grows.
  return Math.max(sum, 1e-6);
}

/** The points of [from, to), or of a shorter time where there are far more than are wanted. */
function gather(
  reader: SeriesReader,
  series: readonly SeriesInfo[],
  from: number,
  to: number,
  wanted: number,
): { parts: SeriesPoints[]; to: number; points: number } {
  const most = Math.max(SPARE.points, SPARE.times * wanted);
  let end = to;
  for (const one of series) if (one.count > most) end = reach(reader, one, from, end, wanted);
  for (;;) {
    const parts: SeriesPoints[] = [];
    let points = 0;
    for (const one of series) {
      if (one.lastMicros < from || one.firstMicros >= end) continue;
      const columns = reader.columns(one.id, from, end);
      points += columns.times.length;
      if (columns.times.length > 0) parts.push({ series: one, points: columns });
      if (points > most && end - from > 1) break;
    }
    if (points <= most || end - from <= 1) return { parts, to: end, points };
    end = from + Math.max(1, Math.floor((end - from) / GROWTH));
  }
}

/** An end at or before `to` such that [from, end) has about `wanted` points of the series at most, as its rollups say. */
function reach(reader: SeriesReader, { id }: SeriesInfo, from: number, to: number, wanted: number): number {
  let end = to;
  for (const tier of ROLLUP_TIERS.toReversed()) {
    const low = Math.ceil(from / tier) * tier;
    const high = Math.floor(end / tier) * tier;
    const buckets = low < high ? reader.rollup(id, tier, low, high) : null;
    if (!buckets) continue;
    let points = 0;
    for (const [i, time] of buckets.times.entries()) {
      points += buckets.count[i]!;
      if (points < wanted) continue;
      end = time + tier;
      break;
    }
  }
  return end;
}

const least = (series: readonly SeriesInfo[], of: (one: SeriesInfo) => number): number =>
  series.reduce((low, one) => Math.min(low, of(one)), Number.POSITIVE_INFINITY);
const greatest = (series: readonly SeriesInfo[], of: (one: SeriesInfo) => number): number =>
  series.reduce((high, one) => Math.max(high, of(one)), Number.NEGATIVE_INFINITY);
