import { OCCURRENCE } from "../contract";
import type { PointColumns, SeriesInfo, SeriesReader } from "../reader";
import { comparePlaces, type Place } from "./cursor";
import type { PageBuilder } from "./page-builder";
import { textsOfRows } from "./row-texts";
import type { QueryPoint } from "./spec";

/** Rows whose texts are read at once: those of one row may be a megabyte. */
const TEXT_ROWS = 32;

export interface SeriesPoints {
  series: SeriesInfo;
  points: PointColumns;
}

interface Row extends Place {
  fields: Record<string, number>;
  tags: Record<string, string>;
}

/**
 * Adds the rows of some series' points, merged by time, tag set and ordinal, to a page. `withTexts` names the tag sets
 * whose rows may have texts. Returns whether all of them found room.
 */
export function addRows(
  page: PageBuilder,
  reader: SeriesReader,
  parts: readonly SeriesPoints[],
  withTexts: ReadonlySet<number>,
): boolean {
  const rows = mergedRows(parts, page.after, page.room + 1);
  for (let from = 0; from < rows.length; from += TEXT_ROWS) {
    if (page.full) return false;
    const block = rows.slice(from, from + TEXT_ROWS);
    const texts = textsOfRows(reader, withTexts, block);
    for (const [i, row] of block.entries()) {
      const attributes = texts.get(i);
      const { timeMicros, fields, tags } = row;
      const point: QueryPoint = { timeMicros, fields, tags, ...(attributes ? { attributes } : {}) };
      if (!page.add(point, row.tagSet, row.ordinal)) return false;
    }
  }
  return true;
}

/** At most `most` rows after a place, in their order. */
function mergedRows(parts: readonly SeriesPoints[], after: Place | null, most: number): Row[] {
  const heap = new PartHeap(parts);
  const rows: Row[] = [];
  for (let at = heap.next(); at; at = heap.next()) {
    const { part, index } = at;
    const { series, points } = parts[part]!;
    const place = placeAt(parts[part]!, index);
    if (after && comparePlaces(place, after) <= 0) continue;
    let row = rows.at(-1);
    if (!row || comparePlaces(row, place) !== 0) {
      if (rows.length === most) break;
      row = { ...place, fields: {}, tags: series.tags };
      rows.push(row);
    }
    if (series.field !== OCCURRENCE) row.fields[series.field] = points.values[index]!;
  }
  return rows;
}

const placeAt = ({ series, points }: SeriesPoints, index: number): Place => ({
  timeMicros: points.times[index]!,
  tagSet: series.tagSet,
  ordinal: points.ordinals?.[index] ?? 0,
});

/** A binary heap over the parts' next points: the least place first, of equal ones the part that stands first. */
class PartHeap {
  private readonly heap: number[] = [];
  private readonly at: Uint32Array;

  constructor(private readonly parts: readonly SeriesPoints[]) {
    this.at = new Uint32Array(parts.length);
    for (const [part, { points }] of parts.entries()) {
      if (points.times.length > 0) this.heap.push(part);
    }
    for (let i = this.heap.length >> 1; i >= 0; i--) this.sink(i);
  }

  next(): { part: number; index: number } | null {
    const part = this.heap[0];
    if (part === undefined) return null;
    const index = this.at[part]!++;
    if (this.at[part]! >= this.parts[part]!.points.times.length) {
      const last = this.heap.pop()!;
      if (this.heap.length > 0) this.heap[0] = last;
    }
    this.sink(0);
    return { part, index };
  }

  private sink(from: number): void {
    const { heap } = this;
    for (let i = from; ; ) {
      let least = i;
      for (const child of [2 * i + 1, 2 * i + 2])
        if (child < heap.length && this.before(heap[child]!, heap[least]!)) least = child;
      if (least === i) return;
      [heap[i], heap[least]] = [heap[least]!, heap[i]!];
      i = least;
    }
  }

  private before(a: number, b: number): boolean {
    const one = this.parts[a]!;
    const other = this.parts[b]!;
    const [i, j] = [this.at[a]!, this.at[b]!];
    const byTime = one.points.times[i]! - other.points.times[j]!;
    if (byTime !== 0) return byTime < 0;
    if (one.series.tagSet !== other.series.tagSet) return one.series.tagSet < other.series.tagSet;
    const byOrdinal = (one.points.ordinals?.[i] ?? 0) - (other.points.ordinals?.[j] ?? 0);
    return byOrdinal !== 0 ? byOrdinal < 0 : a < b;
  }
}
