import type { SeriesColumns } from "../contract";
import { tagSetKey } from "../point";
import type { PointColumns, SeriesInfo, SeriesReader } from "../reader";
import { lowerBound } from "./aggregate";

/** Reads columns that were fetched: they have neither rollups nor texts, and rows of one time have no ordinals. */
export function columnsReader(columns: readonly SeriesColumns[]): SeriesReader {
  const tagSets = new Map<string, number>();
  const held = columns.filter(({ times }) => times.length > 0);
  const series = held.map(({ field, tags, times }, id): SeriesInfo => {
    const key = tagSetKey(tags);
    const tagSet = tagSets.get(key) ?? tagSets.size;
    tagSets.set(key, tagSet);
    return {
      id,
      field,
      tagSet,
      tags,
      count: times.length,
      firstMicros: times[0]!,
      lastMicros: times.at(-1)!,
    };
  });
  const inOrder = series.toSorted((a, b) => (a.field < b.field ? -1 : a.field > b.field ? 1 : a.id - b.id));
  return {
    series: () => inOrder,
    columns(id, start, end, newest): PointColumns {
      const { times, values } = held[id]!;
      const to = lowerBound(times, end);
      const from = Math.max(lowerBound(times, start), newest === undefined ? 0 : to - newest);
      return { times: times.subarray(from, to), values: values.subarray(from, to), ordinals: null };
    },
    rollup: () => null,
    texts: () => [],
  };
}
