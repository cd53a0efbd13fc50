import { tagSetKey } from "../point";
import type { SeriesInfo } from "../reader";

/** Series of one field that are one line of the answer: its values are those of all their points together. */
export interface Line {
  field: string;
  series: SeriesInfo[];
}

/** Lines that stand in the same rows. */
export interface Group {
  /** The least tag set of its series: stays when series are added, so that a cursor can name it. */
  id: number;
  tags: Record<string, string>;
  lines: Line[];
}

/**
 * Groups by their id, lines by field. With `groupBy` series are merged across all other tags, and the group's tags are
 * those named that its series have; null: every tag set is a group.
 */
export function groupSeries(series: readonly SeriesInfo[], groupBy: readonly string[] | null): Group[] {
  const groups = new Map<string | number, Group & { byField: Map<string, Line> }>();
  for (const one of series) {
    const tags = groupBy === null ? one.tags : picked(one.tags, groupBy);
    const key = groupBy === null ? one.tagSet : tagSetKey(tags);
    let group = groups.get(key);
    if (!group) {
      group = { id: one.tagSet, tags, lines: [], byField: new Map() };
      groups.set(key, group);
    }
    group.id = Math.min(group.id, one.tagSet);
    const line = group.byField.get(one.field);
    if (line) line.series.push(one);
    else {
      const added = { field: one.field, series: [one] };
      group.byField.set(one.field, added);
      group.lines.push(added);
    }
  }
  return [...groups.values()].map(({ id, tags, lines }) => ({ id, tags, lines })).sort((a, b) => a.id - b.id);
}

function picked(tags: Record<string, string>, names: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of names) if (Object.hasOwn(tags, name)) found[name] = tags[name]!;
  return found;
}
