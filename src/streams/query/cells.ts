import type { SeriesReader } from "../reader";
import { comparePlaces } from "./cursor";
import { fillGaps } from "./fill";
import type { Group } from "./group";
import { lineValues } from "./lines";
import type { PageBuilder } from "./page-builder";
import type { Plan } from "./plan";
import { sampleLine } from "./sample";
import type { QueryPoint, QuerySpec } from "./spec";

/** The windows of one group: for each line the values, and 1 where a value is shown (still NaN: null). */
export interface GroupCells {
  group: Pick<Group, "id" | "tags">;
  lines: { field: string; values: Float64Array; shown: Uint8Array }[];
}

/** Computes the windows between edges, of all groups. */
export function cellsOf(
  reader: SeriesReader,
  { groups, agg, start, end }: Plan,
  edges: Float64Array,
): GroupCells[] {
  return groups.map((group) => ({
    group,
    lines: group.lines.map((line) => {
      const values = lineValues(reader, line, agg, { edges, start, end });
      return { field: line.field, values, shown: fillGaps(values, edges, "none", null) };
    }),
  }));
}

/** Fills, downsamples and adds the rows of whole lines. */
export function addFinished(
  page: PageBuilder,
  edges: Float64Array,
  cells: readonly GroupCells[],
  spec: Pick<QuerySpec, "startMicros" | "endMicros" | "fill" | "maxGapMicros" | "maxPoints">,
): boolean {
  const from = spec.startMicros === null ? firstWith(cells) : 0;
  const to = spec.endMicros === null ? lastWith(cells) + 1 : edges.length - 1;
  if (from >= to) return true;
  const times = edges.subarray(from, to);
  const finished = cells.map(({ group, lines }) => ({
    group,
    lines: lines.map((line) => {
      const values = line.values.subarray(from, to);
      const shown = fillGaps(values, edges.subarray(from, to + 1), spec.fill, spec.maxGapMicros);
      if (spec.maxPoints !== null) sampleLine(times, values, shown, spec.maxPoints);
      return { field: line.field, values, shown };
    }),
  }));
  return addCells(page, times, finished);
}

const firstWith = (cells: readonly GroupCells[]): number =>
  least(cells, (values) => values.findIndex((value) => !Number.isNaN(value)));
const lastWith = (cells: readonly GroupCells[]): number =>
  -least(cells, (values) => -values.findLastIndex((value) => !Number.isNaN(value)), 1);

/** The least of an index over all lines that have one (`absent` is what stands for none). */
function least(cells: readonly GroupCells[], of: (values: Float64Array) => number, absent = -1): number {
  let found = Number.POSITIVE_INFINITY;
  for (const { lines } of cells)
    for (const { values } of lines) {
      const index = of(values);
      if (index !== absent) found = Math.min(found, index);
    }
  return found;
}

/** Adds the rows of windows, past the page's place. Returns whether all found room. */
export function addCells(page: PageBuilder, times: ArrayLike<number>, cells: readonly GroupCells[]): boolean {
  for (let window = 0; window < times.length; window++) {
    const timeMicros = times[window]!;
    for (const { group, lines } of cells) {
      const place = { timeMicros, tagSet: group.id, ordinal: 0 };
      if (page.after && comparePlaces(place, page.after) <= 0) continue;
      const fields = fieldsAt(lines, window);
      if (!fields) continue;
      const point: QueryPoint = { timeMicros, fields, tags: group.tags };
      if (!page.add(point, group.id, 0)) return false;
    }
  }
  return true;
}

function fieldsAt(lines: GroupCells["lines"], window: number): QueryPoint["fields"] | null {
  let fields: QueryPoint["fields"] | null = null;
  for (const { field, values, shown } of lines) {
    if (shown[window] === 0) continue;
    fields ??= {};
    const value = values[window]!;
    // A sum may pass what a double holds.
    fields[field] = Number.isFinite(value) ? value : null;
  }
  return fields;
}
