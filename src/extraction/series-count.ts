import type { SourceTable } from "./formats/source-table";
import { isEmpty, isMissingWord } from "./infer/numbers";

/**
 * How many series the rows of a table make: a series is one field under one set of tags, and is none where no row of the
 * set has the field. `tags` and `fields` are indices of columns; counting ends past `most`. Of a table of which only the
 * head is at hand each set may still get each field.
 */
export function countSeries(
  table: SourceTable,
  { tags, fields }: { tags: readonly number[]; fields: readonly number[] },
  most: number,
): number {
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
      // A row of texts alone has a place of its own too.
      if (fields.length === 0) series++;
    }
    if (found.size < fields.length)
      for (const at of fields)
        if (!found.has(at) && isReading(cells[at] ?? null)) {
          found.add(at);
          series++;
        }
    if (series > most || seen.size > most) return most + 1;
  }
  return rows < table.rowCount ? seen.size * Math.max(1, fields.length) : Math.max(series, seen.size);
}

const isReading = (cell: unknown): boolean =>
  !isEmpty(cell) && !(typeof cell === "string" && isMissingWord(cell));
