import type { SeriesReader } from "../reader";
import { lttb } from "./downsample";
import { pointsWithin } from "./lines";
import { PageBuilder } from "./page-builder";
import { checkRaw, tooMuch } from "./plan";
import { addRows, type SeriesPoints } from "./rows";
import { columnsOf, selectNumbers } from "./select";
import { QUERY_LIMITS, type QueryPage, type QuerySpec } from "./spec";

/** Leaves at most `most` windows of a line shown, chosen by {@link lttb}; null ones are left out. Changes `shown`. */
export function sampleLine(times: Float64Array, values: Float64Array, shown: Uint8Array, most: number): void {
  const held: number[] = [];
  for (let i = 0; i < values.length; i++) if (shown[i] === 1 && Number.isFinite(values[i]!)) held.push(i);
  const chosen = lttb(
    Float64Array.from(held, (i) => times[i]!),
    Float64Array.from(held, (i) => values[i]!),
    most,
  );
  shown.fill(0);
  for (const i of chosen) shown[held[i]!] = 1;
}

/** The points themselves, of each series at most `maxPoints`, without their texts: one page, whatever its limit. */
export function samplePage(reader: SeriesReader, spec: QuerySpec): QueryPage {
  const most = spec.maxPoints!;
  const series = selectNumbers(reader, spec);
  const rows = series.reduce((sum, { count }) => sum + Math.min(most, count), 0);
  if (rows > QUERY_LIMITS.sampledRows)
    throw tooMuch(
      `${series.length} series with ${most} points each are more than ${QUERY_LIMITS.sampledRows}.`,
    );
  const start = spec.startMicros ?? Number.MIN_SAFE_INTEGER;
  const end = spec.endMicros ?? Number.MAX_SAFE_INTEGER;
  const range = { edges: Float64Array.of(start, end), start, end };
  const within = series.map((one) => pointsWithin(reader, one, range));
  checkRaw(Math.max(0, ...within));
  checkRaw(
    within.reduce((sum, points) => sum + points, 0),
    QUERY_LIMITS.pagePoints,
  );
  const parts: SeriesPoints[] = [];
  for (const one of series) {
    const { times, values, ordinals } = reader.columns(one.id, start, end);
    const chosen = lttb(times, values, most);
    const points = {
      times: Float64Array.from(chosen, (i) => times[i]!),
      values: Float64Array.from(chosen, (i) => values[i]!),
      ordinals: ordinals && chosen.map((i) => ordinals[i]!),
    };
    parts.push({ series: one, points });
  }
  const page = new PageBuilder(QUERY_LIMITS.sampledRows);
  if (!addRows(page, reader, parts, new Set()))
    throw tooMuch(
      "The downsampled answer is larger than one page. Ask for fewer series or fewer max_points.",
    );
  return page.page(false, spec.columns ? columnsOf(series, null) : null);
}
