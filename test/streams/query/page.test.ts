import { expect, it } from "vitest";
import { OCCURRENCE } from "../../../src/streams/contract";
import { runQuery } from "../../../src/streams/query/run";
import type { SeriesReader } from "../../../src/streams/reader";
import { type FakePoint, memoryReader } from "../../support/memory-reader";
import { seededRandom } from "../../support/series";
import { allRows, DAY, days, HOUR, randomPoints, SECOND, specOf, T0 } from "./support";

const keyOf = (time: number, tags: Record<string, string>, fields: Record<string, number | null>) =>
  JSON.stringify([time, tags, Object.entries(fields).sort()]);

/** Rows by the definition: one for each time, tag set and ordinal. */
function referenceRows(points: readonly FakePoint[]): string[] {
  const rows = Map.groupBy(points, ({ time, tags, ordinal = 0 }) => JSON.stringify([time, tags, ordinal]));
  return [...rows.values()]
    .map((own) =>
      keyOf(own[0]!.time, own[0]!.tags, Object.fromEntries(own.map((one) => [one.field, one.value]))),
    )
    .sort();
}

function expectAllOnce(points: readonly FakePoint[], limit: number): void {
  const { points: rows } = allRows(memoryReader(points), specOf({ limit }));
  expect(rows.map(({ timeMicros, tags, fields }) => keyOf(timeMicros, tags, fields)).sort()).toEqual(
    referenceRows(points),
  );
  for (let i = 1; i < rows.length; i++)
    expect(rows[i]!.timeMicros).toBeGreaterThanOrEqual(rows[i - 1]!.timeMicros);
}

/** The n-th point of a series at one time has the ordinal n. */
function withOrdinals(points: readonly FakePoint[]): FakePoint[] {
  const seen = new Map<string, number>();
  return points.map((point) => {
    const key = JSON.stringify([point.time, point.field, point.tags]);
    const ordinal = seen.get(key) ?? 0;
    seen.set(key, ordinal + 1);
    return { ...point, ordinal };
  });
}

it.each([1, 7, 100, 5_000])("pages of %i visit every row once, in order, also many of one time", (limit) => {
  const dense = randomPoints(1, 400, 50).map((point) => ({ ...point, time: point.time - (point.time % 10) }));
  expectAllOnce(withOrdinals(dense), limit);
  expectAllOnce(withOrdinals(randomPoints(2, 1_500, 30 * DAY)), limit);
});

it("pages cross long silence, bursts, and a lonely first point", () => {
  const random = seededRandom(9);
  const burst = (from: number) =>
    Array.from({ length: 3_000 }, () => ({
      time: from + Math.floor(random() * SECOND),
      field: "v",
      tags: {},
      value: random(),
    }));
  const lonely = { time: 0, field: "v", tags: {}, value: 1 };
  expectAllOnce(withOrdinals([lonely, ...burst(T0), ...burst(T0 + 300 * DAY)]), 500);
});

it("gives rows their texts, shows rows of texts alone, and never the hidden field", () => {
  const row = (time: number, ordinal: number) => ({
    time,
    ordinal,
    field: OCCURRENCE,
    tags: { h: "a" },
    value: 1,
  });
  const texts = [0, 1].map((ordinal) => ({
    timeMicros: T0,
    ordinal,
    tags: { h: "a" },
    values: { message: `m${ordinal}` },
  }));
  const value = { time: T0, ordinal: 0, field: "v", tags: { h: "a" }, value: 5 };
  const reader = memoryReader([row(T0, 0), row(T0, 1), value], { texts });
  const shown = { timeMicros: T0, tags: { h: "a" } };
  expect(allRows(reader, specOf({ limit: 1 })).points).toEqual([
    { ...shown, fields: { v: 5 }, attributes: { message: "m0" } },
    { ...shown, fields: {}, attributes: { message: "m1" } },
  ]);
  expect(allRows(reader, specOf({ fields: ["v"] })).points).toEqual([
    { ...shown, fields: { v: 5 }, attributes: { message: "m0" } },
  ]);
  expect(runQuery(reader, specOf({ columns: true })).columns).toEqual({ fields: ["v"], tags: ["h"] });
  expect(allRows(reader, specOf({ agg: "count" })).points).toEqual([{ ...shown, fields: { v: 1 } }]);
});

it("ends a page early where its rows are heavy", () => {
  const message = "x".repeat(100_000);
  const points = Array.from({ length: 200 }, (_, i) => ({
    time: T0 + i * SECOND,
    field: OCCURRENCE,
    tags: {},
    value: 1,
  }));
  const texts = points.map(({ time }) => ({ timeMicros: time, ordinal: 0, tags: {}, values: { message } }));
  const { points: rows, pages } = allRows(memoryReader(points, { texts }), specOf({ limit: 5_000 }));
  expect(rows).toHaveLength(200);
  expect(pages).toBeGreaterThan(4);
});

it("of ten thousand series decode a few points of each", () => {
  const points = Array.from({ length: 100_000 }, (_, i) => ({
    time: T0 + Math.floor(i / 10_000) * HOUR + (i % 10_000) * 100_000,
    field: "v",
    tags: { id: String(i % 10_000) },
    value: i,
  }));
  const reader = memoryReader(points);
  for (let cursor: string | null = null, page = 0; page < 3; page++) {
    reader.decoded = 0;
    const answer = runQuery(reader, specOf({ cursor }));
    expect(answer.points).toHaveLength(1_000);
    expect(reader.decoded).toBeLessThan(5 * 10_000);
    cursor = answer.next;
  }
  const grouped = runQuery(reader, specOf({ agg: "sum", groupBy: [] }));
  expect(grouped.points[0]!.fields.v).toBe((100_000 * 99_999) / 2);
});

it("of ten thousand series that stand at the same times ask each of them only a few times", () => {
  const points = Array.from({ length: 50_000 }, (_, i) => ({
    time: T0 + Math.floor(i / 10_000) * HOUR,
    field: "v",
    tags: { id: String(i % 10_000) },
    value: i,
  }));
  const inner = memoryReader(points);
  let asked = 0;
  const reader: SeriesReader = {
    series: () => inner.series(),
    rollup: (...range) => inner.rollup(...range),
    texts: (...range) => inner.texts(...range),
    columns: (...range) => {
      asked++;
      return inner.columns(...range);
    },
  };
  for (let cursor: string | null = null, page = 0; page < 6; page++) {
    asked = 0;
    const answer = runQuery(reader, specOf({ cursor, limit: 5_000 }));
    expect(answer.points).toHaveLength(5_000);
    expect(asked).toBeLessThan(4 * 10_000);
    cursor = answer.next;
  }
});

it("of one series of ten million points decode little more than a page, also past a lonely first one", () => {
  const reader = syntheticReader(10_000_000);
  for (const startMicros of [null, T0 + 50 * DAY, T0 + 100 * DAY]) {
    for (let cursor: string | null = null, page = 0; page < 3; page++) {
      reader.decoded = 0;
      const answer = runQuery(reader, specOf({ cursor, startMicros, limit: 5_000 }));
      expect(answer.points).toHaveLength(5_000);
      expect(reader.decoded).toBeLessThan(60_000);
      cursor = answer.next;
    }
  }
});

it("of windows end where they have read as many points as a page may", () => {
  const reader = syntheticReader(12_000_000);
  const { points, pages } = allRows(reader, specOf({ every: days(1), agg: "p50", startMicros: T0 }));
  expect(pages).toBe(2);
  expect(points).toHaveLength(139);
  expect(() => runQuery(reader, specOf({ agg: "p50" }))).toThrow(/work_budget_exceeded/);
  expect(runQuery(reader, specOf({ agg: "count", startMicros: T0 })).points[0]!.fields.v).toBe(12_000_000);
});

/** A point a second from T0 on, and one at the epoch; computed when asked for. */
function syntheticReader(count: number): SeriesReader & { decoded: number } {
  const last = T0 + (count - 1) * SECOND;
  const between = (start: number, end: number, width: number) => {
    const low = Math.max(T0, Math.ceil(start / width) * width);
    const high = Math.min(last + SECOND, end);
    return Float64Array.from(
      { length: Math.max(0, Math.ceil((high - low) / width)) },
      (_, i) => low + i * width,
    );
  };
  const reader = {
    decoded: 0,
    series: () => [
      { id: 0, field: "v", tagSet: 0, tags: {}, count: count + 1, firstMicros: 0, lastMicros: last },
    ],
    columns(_: number, start: number, end: number) {
      const lonely = start <= 0 && end > 0 ? [0] : [];
      const times = Float64Array.from([...lonely, ...between(start, end, SECOND)]);
      reader.decoded += times.length;
      return { times, values: times.map((time) => time % 1_000), ordinals: null };
    },
    rollup(_: number, tier: number, start: number, end: number) {
      const times = between(start, end, tier).filter((time) => time + tier <= end);
      const count = times.map((time) => Math.min(tier, last + SECOND - time) / SECOND);
      return { times, count, sum: count, min: count, max: count, first: count, last: count };
    },
    texts: () => [],
  };
  return reader;
}
