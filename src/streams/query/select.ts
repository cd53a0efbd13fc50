import { fail } from "../../core/errors";
import { OCCURRENCE } from "../contract";
import type { SeriesInfo, SeriesReader } from "../reader";
import type { QueryColumns, QuerySpec } from "./spec";

type Selection = Pick<QuerySpec, "fields" | "tags" | "partOfStream">;

/**
 * The series that are asked for, by field and then id; with all fields also the hidden one, whose points make rows.
 * Fails with `field_not_found` where the stream has no field of a name.
 */
export function selectSeries(reader: SeriesReader, { fields, tags, partOfStream }: Selection): SeriesInfo[] {
  const all = reader.series();
  if (fields !== null && !partOfStream) {
    const known = new Set(all.map(({ field }) => field));
    const missing = fields.find((name) => name === OCCURRENCE || !known.has(name));
    if (missing !== undefined)
      throw fail("field_not_found", `The stream has no field "${missing.slice(0, 60)}".`);
  }
  const wanted = fields && new Set(fields);
  const pairs = Object.entries(tags);
  return all.filter(
    (series) =>
      (wanted === null || wanted.has(series.field)) &&
      pairs.every(([name, value]) => Object.hasOwn(series.tags, name) && series.tags[name] === value),
  );
}

/** Series of numbers: what windows are computed of. */
export const selectNumbers = (reader: SeriesReader, selection: Selection): SeriesInfo[] =>
  selectSeries(reader, selection).filter(({ field }) => field !== OCCURRENCE);

/** The names that rows of these series may have; of tags only the grouped ones, where there are groups. */
export function columnsOf(
  series: readonly Pick<SeriesInfo, "field" | "tags">[],
  groupBy: string[] | null,
): QueryColumns {
  const fields = new Set<string>();
  const tags = new Set<string>();
  for (const one of series) {
    if (one.field !== OCCURRENCE) fields.add(one.field);
    for (const name in one.tags) if (groupBy === null || groupBy.includes(name)) tags.add(name);
  }
  return { fields: [...fields].sort(), tags: [...tags].sort() };
}
