import { tagSetKey } from "../../src/streams/point";
import type { BucketColumns, RowTexts, SeriesInfo, SeriesReader } from "../../src/streams/reader";

export interface FakePoint {
  time: number;
  field: string;
  tags: Record<string, string>;
  value: number;
  /** 0 unless told. */
  ordinal?: number;
}

export interface FakeRowTexts extends RowTexts {
  tags: Record<string, string>;
}

export interface MemoryReader extends SeriesReader {
  /** Points that `columns` handed out. */
  decoded: number;
  rollupCalls: number;
}

interface Held extends SeriesInfo {
  points: FakePoint[];
}

/** A reader over plain points: each answer is computed from all of them, by the words of the interface. */
export function memoryReader(
  points: readonly FakePoint[],
  { rollups = true, texts = [] as FakeRowTexts[] } = {},
): MemoryReader {
  const held = heldSeries(points);
  const tagSetOf = new Map(held.map(({ tags, tagSet }) => [tagSet, tagSetKey(tags)]));
  const infos: SeriesInfo[] = held.map(({ points: _, ...info }) => info);
  const reader: MemoryReader = {
    decoded: 0,
    rollupCalls: 0,
    series: () => infos,
    columns(id, start, end, newest) {
      const all = within(held.find((one) => one.id === id)!.points, start, end);
      const found = newest === undefined ? all : all.slice(Math.max(0, all.length - newest));
      reader.decoded += found.length;
      return {
        times: Float64Array.from(found, ({ time }) => time),
        values: Float64Array.from(found, ({ value }) => value),
        ordinals: found.some(({ ordinal }) => ordinal)
          ? Uint32Array.from(found, ({ ordinal = 0 }) => ordinal)
          : null,
      };
    },
    rollup(id, tier, start, end) {
      if (!rollups) return null;
      reader.rollupCalls++;
      const low = Math.ceil(start / tier) * tier;
      const high = Math.floor(end / tier) * tier;
      return bucketsOf(within(held.find((one) => one.id === id)!.points, low, high), tier);
    },
    texts: (tagSet, start, end) =>
      texts
        .filter(
          ({ tags, timeMicros }) =>
            tagSetKey(tags) === tagSetOf.get(tagSet) && timeMicros >= start && timeMicros < end,
        )
        .sort((a, b) => a.timeMicros - b.timeMicros || a.ordinal - b.ordinal),
  };
  return reader;
}

function heldSeries(points: readonly FakePoint[]): Held[] {
  const tagSets = new Map<string, number>();
  const series = new Map<string, Held>();
  for (const point of points) {
    const key = tagSetKey(point.tags);
    const tagSet = tagSets.get(key) ?? tagSets.size;
    tagSets.set(key, tagSet);
    const name = `${point.field}\n${key}`;
    const one = series.get(name) ?? {
      id: series.size,
      field: point.field,
      tagSet,
      tags: point.tags,
      count: 0,
      firstMicros: Number.POSITIVE_INFINITY,
      lastMicros: Number.NEGATIVE_INFINITY,
      points: [],
    };
    series.set(name, one);
    one.points.push(point);
    one.count++;
    one.firstMicros = Math.min(one.firstMicros, point.time);
    one.lastMicros = Math.max(one.lastMicros, point.time);
  }
  for (const { points: own } of series.values())
    own.sort((a, b) => a.time - b.time || (a.ordinal ?? 0) - (b.ordinal ?? 0));
  return [...series.values()].sort((a, b) => (a.field < b.field ? -1 : a.field > b.field ? 1 : a.id - b.id));
}

/** Points ascend by time. */
function within(points: readonly FakePoint[], start: number, end: number): FakePoint[] {
  const at = (time: number) => {
    let low = 0;
    let high = points.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (points[middle]!.time < time) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return points.slice(at(start), at(end));
}

function bucketsOf(points: readonly FakePoint[], tier: number): BucketColumns {
  const buckets = Map.groupBy(points, ({ time }) => Math.floor(time / tier) * tier);
  const column = (of: (values: number[]) => number) =>
    Float64Array.from(buckets.values(), (held) => of(held.map(({ value }) => value)));
  return {
    times: Float64Array.from(buckets.keys()),
    count: column((values) => values.length),
    sum: column((values) => values.reduce((sum, value) => sum + value, 0)),
    min: column((values) => Math.min(...values)),
    max: column((values) => Math.max(...values)),
    first: column((values) => values[0]!),
    last: column((values) => values.at(-1)!),
  };
}
