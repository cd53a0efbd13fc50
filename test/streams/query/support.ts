import { runQuery } from "../../../src/streams/query/run";
import type { QueryPoint, QuerySpec } from "../../../src/streams/query/spec";
import type { SeriesReader } from "../../../src/streams/reader";
import type { FakePoint } from "../../support/memory-reader";
import { seededRandom } from "../../support/series";

export const SECOND = 1_000_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** 2024-01-01, a Monday. */
export const T0 = 1_704_067_200_000_000;

export const specOf = (spec: Partial<QuerySpec> = {}): QuerySpec => ({
  startMicros: null,
  endMicros: null,
  fields: null,
  tags: {},
  every: null,
  agg: null,
  groupBy: null,
  zone: null,
  fill: "none",
  maxGapMicros: null,
  maxPoints: null,
  limit: 1_000,
  cursor: null,
  columns: false,
  ...spec,
});

export const micros = (count: number) => ({ unit: "micros", count }) as const;
export const days = (count: number) => ({ unit: "days", count }) as const;

/** All rows of a query, page by page. */
export function allRows(reader: SeriesReader, spec: QuerySpec): { points: QueryPoint[]; pages: number } {
  const points: QueryPoint[] = [];
  let cursor = spec.cursor;
  for (let pages = 1; ; pages++) {
    const page = runQuery(reader, { ...spec, cursor });
    if (page.points.length > spec.limit && spec.maxPoints === null) throw new Error("past the limit");
    points.push(...page.points);
    cursor = page.next;
    if (cursor === null) return { points, pages };
    if (pages > 100_000) throw new Error("no end of pages");
  }
}

/** Points at random times over `span` from T0 on, of fields a and b under hosts and zones. */
export function randomPoints(seed: number, count: number, span: number): FakePoint[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => ({
    time: T0 + Math.floor(random() * span),
    field: random() < 0.5 ? "a" : "b",
    tags: { host: `h${Math.floor(random() * 3)}`, rack: random() < 0.5 ? "x" : "y" },
    value: Math.round(random() * 2_000 - 1_000) / 8,
  }));
}
