import { OCCURRENCE } from "../contract";
import type { SeriesReader } from "../reader";

export interface TextRow {
  timeMicros: number;
  tagSet: number;
  ordinal: number;
}

/** Tag sets that have rows with texts: those of the hidden field. */
export const tagSetsWithTexts = (reader: SeriesReader): Set<number> =>
  new Set(
    reader
      .series()
      .filter(({ field }) => field === OCCURRENCE)
      .map(({ tagSet }) => tagSet),
  );

/** The texts of rows that ascend by time, by index; a row without any is left out. */
export function textsOfRows(
  reader: SeriesReader,
  withTexts: ReadonlySet<number>,
  rows: readonly TextRow[],
): Map<number, Record<string, string>> {
  const bySet = new Map<number, Map<string, number>>();
  for (const [i, { timeMicros, tagSet, ordinal }] of rows.entries()) {
    if (!withTexts.has(tagSet)) continue;
    const wanted = bySet.get(tagSet) ?? new Map<string, number>();
    bySet.set(tagSet, wanted);
    wanted.set(`${timeMicros}_${ordinal}`, i);
  }
  const found = new Map<number, Record<string, string>>();
  for (const [tagSet, wanted] of bySet) {
    const places = [...wanted.values()];
    const from = rows[places[0]!]!.timeMicros;
    const to = rows[places.at(-1)!]!.timeMicros;
    for (const { timeMicros, ordinal, values } of reader.texts(tagSet, from, to + 1)) {
      const row = wanted.get(`${timeMicros}_${ordinal}`);
      if (row !== undefined) found.set(row, values);
    }
  }
  return found;
}
