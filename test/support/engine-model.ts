import { OCCURRENCE } from "../../src/streams/contract";
import type { Range } from "../../src/streams/engine/merge";
import type { Frame } from "../../src/streams/frame";
import { tagSetKey } from "../../src/streams/point";
import type {
  BucketColumns,
  PointColumns,
  RowTexts,
  SeriesInfo,
  SeriesReader,
} from "../../src/streams/reader";

export interface ModelPoint {
  time: number;
  ordinal: number;
  value: number;
}

interface ModelSeries {
  points: Map<string, ModelPoint>;
  /** In order; null: to be sorted anew. */
  sorted: ModelPoint[] | null;
}

interface ModelTagSet {
  tags: Record<string, string>;
  series: Map<string, ModelSeries>;
  texts: Map<string, RowTexts>;
}

export interface ModelCounts {
  accepted: number;
  updated: number;
  duplicates: number;
}

const placeOf = (time: number, ordinal: number): string => `${time}/${ordinal}`;

/** What an engine must answer, kept in the plainest way: a map of points a series, nothing sealed, nothing cached. */
export class EngineModel {
  readonly tagSets = new Map<string, ModelTagSet>();

  /** A frame whose rows all have a time. */
  append(frame: Frame): ModelCounts {
    const counts: ModelCounts = { accepted: 0, updated: 0, duplicates: 0 };
    const texts = new Map(frame.attributes.map(({ row, values }) => [row, values]));
    for (let row = 0; row < frame.times.length; row++) {
      const time = frame.times[row]!;
      const tagSet = this.tagSetOf(frame.tagSets[frame.tagSetOf[row]!]!);
      let outcome: keyof ModelCounts = "duplicates";
      let textOrdinal = 0;
      for (const { name, values, ordinals } of frame.fields) {
        const value = values[row]!;
        if (Number.isNaN(value)) continue;
        const ordinal = ordinals?.[row] ?? 0;
        if (name === OCCURRENCE) textOrdinal = ordinal;
        const came = put(seriesOf(tagSet, name), { time, ordinal, value });
        if (came === "accepted" || (came === "updated" && outcome === "duplicates")) outcome = came;
      }
      const values = texts.get(row);
      if (values) {
        const isChanged = putTexts(tagSet, time, textOrdinal, values);
        if (isChanged && outcome === "duplicates") outcome = "updated";
      }
      counts[outcome]++;
    }
    return counts;
  }

  /** Gives how many rows went. */
  delete({ start, end }: Range): number {
    const before = this.rows;
    for (const { series, texts } of this.tagSets.values()) {
      for (const one of series.values()) {
        for (const [place, { time }] of one.points)
          if (time >= start && time < end && one.points.delete(place)) one.sorted = null;
      }
      for (const [place, { timeMicros }] of texts)
        if (timeMicros >= start && timeMicros < end) texts.delete(place);
    }
    return before - this.rows;
  }

  get rows(): number {
    let rows = 0;
    for (const { series } of this.tagSets.values()) {
      const held = [...series.values()].filter(({ points }) => points.size > 0);
      if (held.length <= 1) rows += held[0]?.points.size ?? 0;
      else rows += new Set(held.flatMap(({ points }) => [...points.keys()])).size;
    }
    return rows;
  }

  get points(): number {
    let sum = 0;
    for (const { series } of this.tagSets.values())
      for (const { points } of series.values()) sum += points.size;
    return sum;
  }

  isAt(time: number): boolean {
    for (const { series } of this.tagSets.values())
      for (const one of series.values())
        for (const point of one.points.values()) if (point.time === time) return true;
    return false;
  }

  /** The series that hold points. */
  *live(): Generator<{ field: string; tags: Record<string, string>; points: readonly ModelPoint[] }> {
    for (const { tags, series } of this.tagSets.values())
      for (const [field, one] of series)
        if (one.points.size > 0) yield { field, tags, points: sortedOf(one) };
  }

  pointsOf(field: string, tags: Record<string, string>): readonly ModelPoint[] {
    const one = this.tagSets.get(tagSetKey(tags))?.series.get(field);
    return one ? sortedOf(one) : [];
  }

  hasPoint(field: string, tags: Record<string, string>, time: number, ordinal: number): boolean {
    return this.tagSets.get(tagSetKey(tags))?.series.get(field)?.points.has(placeOf(time, ordinal)) ?? false;
  }

  textsOf(tags: Record<string, string>, start: number, end: number): RowTexts[] {
    return [...(this.tagSets.get(tagSetKey(tags))?.texts.values() ?? [])]
      .filter(({ timeMicros }) => timeMicros >= start && timeMicros < end)
      .sort((a, b) => a.timeMicros - b.timeMicros || a.ordinal - b.ordinal);
  }

  private tagSetOf(tags: Record<string, string>): ModelTagSet {
    const key = tagSetKey(tags);
    const known = this.tagSets.get(key) ?? { tags, series: new Map(), texts: new Map() };
    this.tagSets.set(key, known);
    return known;
  }
}

/** The model as a reader; `infos` are the engine's, whose ids it takes over. */
export function modelReader(model: EngineModel, infos: readonly SeriesInfo[]): SeriesReader {
  const byId = new Map(infos.map((info) => [info.id, info]));
  const tagsOf = new Map(infos.map(({ tagSet, tags }) => [tagSet, tags]));
  return {
    series: () => infos,
    columns(id, start, end, newest) {
      const { field, tags } = byId.get(id)!;
      return columnsOf(model.pointsOf(field, tags), start, end, newest);
    },
    rollup: () => null,
    texts: (tagSet, start, end) => model.textsOf(tagsOf.get(tagSet)!, start, end),
  };
}

export function columnsOf(
  points: readonly ModelPoint[],
  start: number,
  end: number,
  newest?: number,
): PointColumns {
  const from = lowerBound(points, start);
  const to = Math.max(from, lowerBound(points, end));
  const found = points.slice(newest === undefined ? from : Math.max(from, to - newest), to);
  return {
    times: Float64Array.from(found, ({ time }) => time),
    values: Float64Array.from(found, ({ value }) => value),
    ordinals: found.some(({ ordinal }) => ordinal > 0)
      ? Uint32Array.from(found, ({ ordinal }) => ordinal)
      : null,
  };
}

/** Buckets that lie wholly in [start, end). */
export function bucketsOf(
  points: readonly ModelPoint[],
  width: number,
  start: number,
  end: number,
): BucketColumns {
  const low = Math.ceil(start / width) * width;
  const high = Math.floor(end / width) * width;
  const rows: number[][] = [];
  let last: number[] | null = null;
  for (let i = lowerBound(points, low); i < points.length && points[i]!.time < high; i++) {
    const { time, value } = points[i]!;
    const bucket = Math.floor(time / width) * width;
    if (!last || last[0] !== bucket) {
      last = [bucket, 0, 0, value, value, value, value];
      rows.push(last);
    }
    last[1]!++;
    last[2]! += value;
    last[3] = Math.min(last[3]!, value);
    last[4] = Math.max(last[4]!, value);
    last[6] = value;
  }
  const column = (at: number) => Float64Array.from(rows, (row) => row[at]!);
  return {
    times: column(0),
    count: column(1),
    sum: column(2),
    min: column(3),
    max: column(4),
    first: column(5),
    last: column(6),
  };
}

function seriesOf(tagSet: ModelTagSet, field: string): ModelSeries {
  const known = tagSet.series.get(field) ?? { points: new Map(), sorted: null };
  tagSet.series.set(field, known);
  return known;
}

function put(series: ModelSeries, point: ModelPoint): keyof ModelCounts {
  const place = placeOf(point.time, point.ordinal);
  const before = series.points.get(place);
  if (before?.value === point.value) return "duplicates";
  series.points.set(place, point);
  series.sorted = null;
  return before ? "updated" : "accepted";
}

function putTexts(
  tagSet: ModelTagSet,
  timeMicros: number,
  ordinal: number,
  values: Record<string, string>,
): boolean {
  const place = placeOf(timeMicros, ordinal);
  const before = tagSet.texts.get(place)?.values;
  const merged = { ...before, ...values };
  if (before && tagSetKey(before) === tagSetKey(merged)) return false;
  tagSet.texts.set(place, { timeMicros, ordinal, values: merged });
  return true;
}

function sortedOf(series: ModelSeries): ModelPoint[] {
  series.sorted ??= [...series.points.values()].sort((a, b) => a.time - b.time || a.ordinal - b.ordinal);
  return series.sorted;
}

/** The first point that does not stand before `time`. */
function lowerBound(points: readonly ModelPoint[], time: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle]!.time < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A frame of one field: ascending times, one tag set. */
export function columnFrame(
  field: string,
  times: ArrayLike<number>,
  values: ArrayLike<number>,
  tags: Record<string, string> = {},
): Frame {
  return {
    times: Float64Array.from(times),
    tagSets: [tags],
    tagSetOf: new Uint32Array(times.length),
    fields: [{ name: field, values: Float64Array.from(values), ordinals: null }],
    attributes: [],
  };
}

/** The storage with `before` called ahead of every statement, and every cursor kept for its counts. */
export function watchedSql(sql: SqlStorage, before: (query: string) => void) {
  const cursors: { rowsWritten: number }[] = [];
  const watched = new Proxy(sql, {
    get(target, name) {
      if (name === "exec")
        return (query: string, ...bindings: SqlStorageValue[]) => {
          before(query);
          const cursor = target.exec(query, ...bindings);
          cursors.push(cursor);
          return cursor;
        };
      return Reflect.get(target, name, target);
    },
  });
  return { sql: watched, rowsWritten: () => cursors.reduce((sum, cursor) => sum + cursor.rowsWritten, 0) };
}
