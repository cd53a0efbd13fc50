import { describe, expect, it } from "vitest";
import { zoneOf } from "../../../src/core/zones";
import { quantile, rateOf } from "../../../src/streams/query/aggregate";
import { groupSeries } from "../../../src/streams/query/group";
import { AGGREGATES, type Aggregate } from "../../../src/streams/query/spec";
import { edgesOf, gridOf } from "../../../src/streams/query/windows";
import { type FakePoint, memoryReader } from "../../support/memory-reader";
import { allRows, DAY, days, HOUR, MINUTE, micros, randomPoints, SECOND, specOf, T0 } from "./support";

const RANK: Partial<Record<Aggregate, number>> = { p50: 0.5, p95: 0.95, p99: 0.99 };

/** The definition, over plain numbers in the order of time. */
function reference(points: readonly FakePoint[], agg: Aggregate): number | undefined {
  const values = points.map(({ value }) => value);
  if (values.length === 0) return undefined;
  const sum = values.reduce((total, value) => total + value, 0);
  const sorted = values.toSorted((a, b) => a - b);
  const rank = RANK[agg];
  if (rank !== undefined) {
    const place = rank * (sorted.length - 1);
    const below = sorted[Math.floor(place)]!;
    return below + (place % 1) * ((sorted[Math.ceil(place)] ?? below) - below);
  }
  const plain = {
    mean: sum / values.length,
    sum,
    count: values.length,
    min: sorted[0],
    max: sorted.at(-1),
    first: values[0],
    last: values.at(-1),
  };
  return agg === "rate" ? increasePerSecond(points) : plain[agg as keyof typeof plain];
}

function increasePerSecond(points: readonly FakePoint[]): number | undefined {
  const bySeries = Map.groupBy(points, ({ tags }) => JSON.stringify(tags));
  let total: number | undefined;
  for (const own of bySeries.values()) {
    const seconds = (own.at(-1)!.time - own[0]!.time) / SECOND;
    if (seconds === 0) continue;
    let rise = 0;
    for (let i = 1; i < own.length; i++) {
      const step = own[i]!.value - own[i - 1]!.value;
      rise += step >= 0 ? step : own[i]!.value;
    }
    total = (total ?? 0) + rise / seconds;
  }
  return total;
}

/** "time group field" to value, by the definition. */
function expected(
  points: readonly FakePoint[],
  agg: Aggregate,
  edges: Float64Array,
  groupBy: string[] | null,
) {
  const found = new Map<string, number>();
  const groups = Map.groupBy(points, ({ field, tags }) => {
    const shown = groupBy === null ? tags : Object.fromEntries(groupBy.map((name) => [name, tags[name]]));
    return `${JSON.stringify(shown)} ${field}`;
  });
  for (const [key, own] of groups) {
    const sorted = own.toSorted((a, b) => a.time - b.time);
    for (let i = 0; i + 1 < edges.length; i++) {
      const inside = sorted.filter(({ time }) => time >= edges[i]! && time < edges[i + 1]!);
      const value = reference(inside, agg);
      if (value !== undefined) found.set(`${edges[i]} ${key}`, value);
    }
  }
  return found;
}

const given = (rows: ReturnType<typeof allRows>["points"]) =>
  new Map(
    rows.flatMap(({ timeMicros, tags, fields }) =>
      Object.entries(fields).map(
        ([name, value]) => [`${timeMicros} ${JSON.stringify(tags)} ${name}`, value!] as const,
      ),
    ),
  );

function expectSame(actual: Map<string, number>, wanted: Map<string, number>): void {
  expect([...actual.keys()].sort()).toEqual([...wanted.keys()].sort());
  for (const [key, value] of wanted) expect(actual.get(key), key).toBeCloseTo(value, 8);
}

describe.each([...AGGREGATES])("%s", (agg) => {
  const points = randomPoints(11, 3_000, 4 * DAY);
  const start = T0 + 5 * HOUR + 17 * MINUTE + 123;
  const end = T0 + 3 * DAY + 13 * HOUR + 41 * SECOND;
  const inside = points.filter(({ time }) => time >= start && time < end);

  it.each([
    ["17 s", micros(17 * SECOND), null],
    ["10 min", micros(10 * MINUTE), null],
    ["6 h", micros(6 * HOUR), null],
    ["1 d", days(1), null],
    ["1 d of Kathmandu", days(1), "Asia/Kathmandu"],
    ["1 d of Berlin", days(1), "Europe/Berlin"],
  ] as const)("by rollups and by points is that of the definition in windows of %s", (_, every, zone) => {
    const grid = gridOf(every, zone === null ? null : zoneOf(zone))!;
    const edges = edgesOf(grid, start, end, 1e6);
    for (const groupBy of [null, ["rack"], []]) {
      const wanted = expected(inside, agg, edges, groupBy);
      for (const rollups of [true, false]) {
        const reader = memoryReader(points, { rollups });
        const spec = specOf({ every, zone, agg, groupBy, startMicros: start, endMicros: end, limit: 700 });
        expectSame(given(allRows(reader, spec).points), wanted);
      }
    }
  });

  it("without every is one value over the range", () => {
    const wanted = expected(inside, agg, Float64Array.of(start, end), null);
    for (const rollups of [true, false]) {
      const reader = memoryReader(points, { rollups });
      const rows = allRows(reader, specOf({ agg, startMicros: start, endMicros: end })).points;
      expectSame(given(rows), wanted);
    }
  });
});

it("of whole hours is read from rollups, but for the ragged ends", () => {
  const points = randomPoints(3, 20_000, 10 * DAY);
  const reader = memoryReader(points);
  allRows(
    reader,
    specOf({ every: micros(HOUR), agg: "mean", startMicros: T0 + 1, endMicros: T0 + 9 * DAY + 30 * SECOND }),
  );
  expect(reader.rollupCalls).toBeGreaterThan(0);
  expect(reader.decoded).toBeLessThan(50);
});

it("names a group by its least tag set, whatever the order of its series", () => {
  const series = (id: number, field: string, tagSet: number, host: string) => ({
    ...{ id, field, tagSet, tags: { host, rack: "x" } },
    ...{ count: 1, firstMicros: T0, lastMicros: T0 },
  });
  const all = [series(0, "a", 5, "h"), series(1, "a", 3, "g"), series(2, "b", 2, "h")];
  expect(groupSeries(all, ["host"]).map(({ id, tags }) => [id, tags.host])).toEqual([
    [2, "h"],
    [3, "g"],
  ]);
});

it("interpolates quantiles as R's type 7 does", () => {
  const values = Float64Array.of(1, 2, 3, 4, 10);
  expect(quantile(values, 0.5)).toBe(3);
  expect(quantile(values, 0.95)).toBeCloseTo(8.8, 12);
  expect(quantile(values, 0.99)).toBeCloseTo(9.76, 12);
  expect(quantile(Float64Array.of(5), 0.99)).toBe(5);
});

it("takes a counter's decrease for a reset", () => {
  const times = Float64Array.of(0, 10 * SECOND, 20 * SECOND, 30 * SECOND);
  const values = Float64Array.of(100, 130, 5, 25);
  expect(rateOf({ times, values, ordinals: null }, 0, 4)).toBeCloseTo((30 + 5 + 20) / 30, 12);
  expect(rateOf({ times, values, ordinals: null }, 0, 1)).toBeNaN();
});

it("refuses more windows than a query may have, and more series", () => {
  const reader = memoryReader([
    { time: 0, field: "v", tags: {}, value: 1 },
    { time: T0, field: "v", tags: {}, value: 1 },
  ]);
  const run = (spec: Parameters<typeof specOf>[0]) => () => allRows(reader, specOf(spec));
  expect(run({ every: micros(SECOND) })).toThrow(/work_budget_exceeded/);
  expect(run({ every: micros(MINUTE), fill: "null" })).toThrow(/work_budget_exceeded/);
  expect(run({ every: days(1), zone: "No/Where" })).toThrow(/invalid_request/);
  expect(run({ every: days(1), cursor: "x" })).toThrow(/invalid_request/);
  expect(run({ fields: ["none"] })).toThrow(/field_not_found/);
  expect(run({ fields: [""] })).toThrow(/field_not_found/);
});
