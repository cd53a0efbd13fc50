import type { SourceTable } from "./formats/source-table";
import { isEmpty, isMissingWord } from "./infer/numbers";

/** Indices of columns by what they are for. */
export interface SeriesColumns {
  tags: readonly number[];
  fields: readonly number[];
  /** Kept with a row as texts. */
  texts: readonly number[];
}

/** The place of a row that has texts or no number: a series of its set of tags too (OCCURRENCE of the streams' contract). */
const PLACE = -1;

/**
 * How many series the rows of a table make: a series is one field under one set of tags, and is none where no row of the
 * set has the field. Counting ends past `most`. Of a table of which only the head is at hand each set may still get each
 * field.
 */
export function countSeries(
  table: SourceTable,
  { tags, fields, texts }: SeriesColumns,
  most: number,
): number {
  const perSet = Math.max(1, fields.length + (texts.length > 0 ? 1 : 0));
  const seen = new Map<string, Set<number>>();
  let series = 0;
  let rows = 0;
  for (const { cells } of table.rows) {
    rows++;
    const key = tags.map((at) => String(cells[at] ?? "")).join("\u0000");
    let found = seen.get(key);
    if (!found) {
      found = new Set();
      seen.set(key, found);
    }
    const before = found.size;
    let hasNumber = false;
    for (const at of fields)
      if (isReading(cells[at] ?? null)) {
        hasNumber = true;
        found.add(at);
      }
    if (!hasNumber || texts.some((at) => !isEmpty(cells[at] ?? null))) found.add(PLACE);
    series += found.size - before;
    if (series > most) return most + 1;
  }
  return rows < table.rowCount ? Math.max(series, seen.size * perSet) : series;
}

const isReading = (cell: unknown): boolean =>
  !isEmpty(cell) && !(typeof cell === "string" && isMissingWord(cell));
