import { fail } from "../../src/core/errors";
import { OCCURRENCE, type SeriesColumns, type StreamDescription } from "../../src/streams/contract";
import type { SeriesReader } from "../../src/streams/reader";
import type { StreamStore } from "./stream-store";

/** Values of one answer of columns: 16 bytes each, and an RPC message holds 32 MB. */
const COLUMN_VALUES = 1_500_000;

export interface Selection {
  /** null: every field. */
  field: string | null;
  /** Those that a series must have. */
  tags: Record<string, string>;
  startMicros: number;
  /** Exclusive. */
  endMicros: number;
}

export function descriptionOf({
  engine,
  reader,
  storedBytes,
}: StreamStore): Omit<StreamDescription, "detection"> {
  const all = reader.series();
  const series = all.filter(({ field }) => field !== OCCURRENCE);
  return {
    series: series.map(({ field, tags, count, firstMicros, lastMicros }) => ({
      field,
      tags,
      count,
      firstMicros,
      lastMicros,
    })),
    rows: engine.rows,
    totals: { ...engine.totals },
    values: series.reduce((sum, { count }) => sum + count, 0),
    firstMicros: all.length ? all.reduce((least, one) => Math.min(least, one.firstMicros), Infinity) : null,
    lastMicros: all.length ? all.reduce((most, one) => Math.max(most, one.lastMicros), -Infinity) : null,
    storedBytes,
  };
}

/** The newest `maxPoints` points of each selected series. Throws `work_budget_exceeded`. */
export function columnsOf(
  reader: SeriesReader,
  { field, tags, startMicros, endMicros }: Selection,
  maxPoints: number,
): SeriesColumns[] {
  const named = reader.series().filter((series) => series.field !== OCCURRENCE);
  const wanted = Object.entries(tags);
  const columns: SeriesColumns[] = [];
  let values = 0;
  for (const series of named) {
    if (field !== null && series.field !== field) continue;
    if (!wanted.every(([name, value]) => series.tags[name] === value)) continue;
    const found = reader.columns(series.id, startMicros, endMicros, maxPoints);
    if (found.times.length === 0) continue;
    values += found.times.length;
    if (values > COLUMN_VALUES) {
      throw fail(
        "work_budget_exceeded",
        `More than ${COLUMN_VALUES} values are asked for, which is what fits an answer. Select fewer series or points.`,
      );
    }
    columns.push({ field: series.field, tags: series.tags, times: found.times, values: found.values });
  }
  return columns;
}
