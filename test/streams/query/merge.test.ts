import { describe, expect, it } from "vitest";
import { columnsReader } from "../../../src/streams/query/columns-reader";
import { mergePages, shardPositions } from "../../../src/streams/query/merge";
import { mergeable, mergePartials, runPartials } from "../../../src/streams/query/partials";
import { runQuery } from "../../../src/streams/query/run";
import { AGGREGATES, type QueryPoint, type QuerySpec } from "../../../src/streams/query/spec";
import { type FakePoint, memoryReader } from "../../support/memory-reader";
import { allRows, DAY, HOUR, MINUTE, micros, randomPoints, specOf, T0 } from "./support";

const points = randomPoints(21, 2_000, 3 * DAY).map((point) => ({
  ...point,
  time: point.time - (point.time % MINUTE),
}));
const seen = new Map<string, number>();
for (const point of points as FakePoint[]) {
  const key = JSON.stringify([point.time, point.field, point.tags]);
  point.ordinal = seen.get(key) ?? 0;
  seen.set(key, point.ordinal + 1);
}
const apart = randomPoints(22, 2_000, 3 * DAY);
/** A tag set lives in one shard. */
const shardOf = ({ tags }: FakePoint) =>
  tags.host === "h0" ? 0 : tags.host === "h1" && tags.rack === "x" ? 1 : 2;
const parted = (all: FakePoint[]) =>
  [0, 1, 2].map((shard) => memoryReader(all.filter((point) => shardOf(point) === shard)));
const shards = parted(points);
const shardsApart = parted(apart);
const whole = memoryReader(points);

/** `ofShard`: rows that a shard gives at most, where its pages end early. */
function overShards(spec: QuerySpec, ofShard = spec.limit): QueryPoint[] {
  const rows: QueryPoint[] = [];
  for (let cursor: string | null = null, pages = 0; pages < 5_000; pages++) {
    const positions = shardPositions(cursor, shards.length);
    const pagesOf = positions.map((position, i) =>
      position === "done" ? null : runQuery(shards[i]!, { ...spec, cursor: position.after, limit: ofShard }),
    );
    const page = mergePages(pagesOf, positions, spec.limit);
    expect(page.points.length).toBeLessThanOrEqual(spec.limit);
    rows.push(...page.points);
    if (page.next === null) return rows;
    cursor = page.next;
  }
  throw new Error("no end of pages");
}

function overPartials(spec: QuerySpec): QueryPoint[] {
  const rows: QueryPoint[] = [];
  for (let cursor: string | null = null, pages = 0; pages < 5_000; pages++) {
    const page = mergePartials(
      shardsApart.map((reader) => runPartials(reader, spec)),
      { ...spec, cursor },
    );
    rows.push(...page.points);
    if (page.next === null) return rows;
    cursor = page.next;
  }
  throw new Error("no end of pages");
}

/** In an order of their own, values cut to what sums in another order agree on. */
const texts = (rows: readonly QueryPoint[]) =>
  rows
    .map(({ timeMicros, tags, fields }) =>
      JSON.stringify([
        timeMicros,
        Object.entries(tags).sort(),
        Object.entries(fields)
          .map(([name, value]) => [name, value === null ? null : value.toFixed(6)])
          .sort(),
      ]),
    )
    .sort();

describe("pages of shards", () => {
  it.each([1, 13, 5_000])("of %i rows become pages of one order, every row once", (limit) => {
    const rows = overShards(specOf({ limit }));
    expect(texts(rows)).toEqual(texts(allRows(whole, specOf()).points));
    for (let i = 1; i < rows.length; i++)
      expect(rows[i]!.timeMicros).toBeGreaterThanOrEqual(rows[i - 1]!.timeMicros);
  });

  it("keep the order where a shard's page ends early", () => {
    const rows = overShards(specOf({ limit: 100 }), 7);
    expect(texts(rows)).toEqual(texts(allRows(whole, specOf()).points));
    expect(rows.every((row, i) => i === 0 || row.timeMicros >= rows[i - 1]!.timeMicros)).toBe(true);
  });

  it("of windows are merged in the same way", () => {
    const spec = specOf({ every: micros(HOUR), agg: "p95", limit: 50 });
    expect(texts(overShards(spec))).toEqual(texts(allRows(whole, spec).points));
  });

  it("take no cursor of another number of shards", () => {
    expect(() => shardPositions("a~b", 3)).toThrow(/invalid_request/);
  });
});

describe("sums of shards", () => {
  it.each(AGGREGATES.filter((agg) => mergeable(specOf({ agg }))))("give the %s of all points", (agg) => {
    const asked = [
      { every: micros(HOUR), groupBy: ["rack"] },
      { every: micros(7 * MINUTE), groupBy: [] },
      { groupBy: ["rack"], startMicros: T0 + HOUR, endMicros: T0 + DAY },
      { every: micros(HOUR), groupBy: ["host"], fill: "linear" as const },
      {
        every: micros(HOUR),
        groupBy: [],
        fill: "null" as const,
        startMicros: T0 - HOUR,
        endMicros: T0 + DAY,
      },
    ];
    for (const one of asked) {
      const spec = specOf({ agg, limit: 40, ...one });
      expect(texts(overPartials(spec))).toEqual(texts(allRows(memoryReader(apart), spec).points));
    }
  });

  it.each(["p50", "p99", "rate"] as const)("have no %s: the columns of all shards give it", (agg) => {
    const columns = shardsApart.flatMap((reader) =>
      reader.series().map(({ id, field, tags }) => ({ field, tags, ...reader.columns(id, 0, 2 * T0) })),
    );
    const spec = specOf({ every: micros(HOUR), agg, groupBy: ["rack"] });
    expect(texts(allRows(columnsReader(columns), spec).points)).toEqual(
      texts(allRows(memoryReader(apart), spec).points),
    );
  });

  it("are not there for percentiles and rates", () => {
    expect(["p50", "p95", "p99", "rate"].map((agg) => mergeable(specOf({ agg: agg as "p50" })))).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});
