import type { Micros } from "../../core/timestamps";

export const AGGREGATES = [
  "mean",
  "min",
  "max",
  "sum",
  "count",
  "first",
  "last",
  "p50",
  "p95",
  "p99",
  "rate",
] as const;
export type Aggregate = (typeof AGGREGATES)[number];

export const FILLS = ["none", "null", "previous", "linear"] as const;
export type Fill = (typeof FILLS)[number];

/** The width of a window. Days and weeks follow the calendar of a zone where one is given, months always do. */
export interface Every {
  count: number;
  unit: "micros" | "days" | "weeks" | "months";
}

/** What is asked of a stream. Plain data: it crosses RPC. */
export interface QuerySpec {
  /** The range [start, end); null: from the first point, to the last. */
  startMicros: Micros | null;
  endMicros: Micros | null;
  /** Null: all. */
  fields: string[] | null;
  /** A series is selected where it has each of these. */
  tags: Record<string, string>;
  /** Null with an `agg`: one window over the whole range. Null without: the points themselves. */
  every: Every | null;
  agg: Aggregate | null;
  /** Tags that part the groups; empty: one group. Null: each tag set is its own. */
  groupBy: string[] | null;
  /** An IANA zone; null: UTC. */
  zone: string | null;
  fill: Fill;
  /** Gaps longer than this stay unfilled. */
  maxGapMicros: number | null;
  /** Points of each series after downsampling. The whole answer is then one page. */
  maxPoints: number | null;
  /** Rows of a page. A page may have fewer and still be followed by another. */
  limit: number;
  cursor: string | null;
  /** Name the columns that rows may have, for a table's header. */
  columns: boolean;
  /** Asked of one shard of several: a field that it lacks may be another's. */
  partOfStream?: boolean;
}

/** A row of an answer: a stored reading, or a window's value of each field. Null only where a gap was filled with it. */
export interface QueryPoint {
  timeMicros: Micros;
  fields: Record<string, number | null>;
  tags: Record<string, string>;
  attributes?: Record<string, string>;
}

/** Names of the fields and tags that rows may have, each in the order of its characters. */
export interface QueryColumns {
  fields: string[];
  tags: string[];
}

/** One page, ordered by time, then tag set (or group), then ordinal. */
export interface QueryPage {
  points: QueryPoint[];
  /** Tag set (or group) and ordinal of each point, in pairs: with the time, the point's place in the order. */
  places: Uint32Array;
  next: string | null;
  /** Where `spec.columns` asks for them. */
  columns: QueryColumns | null;
}

/** What a query may cost. Past one of them it fails with `work_budget_exceeded` and says what to ask less of. */
export const QUERY_LIMITS = {
  /** Rows of a page, and what a page has unless told. */
  pageRows: 5_000,
  pageRowsDefault: 1_000,
  /** About what a page weighs: an RPC message holds 32 MB, and names are repeated in each row. */
  pageBytes: 8_000_000,
  /** Windows times series of a whole query. It is computed page by page. */
  cells: 10_000_000,
  /** Windows times series where each page needs all of them: gaps to fill, downsampling, merging of shards. */
  wholeCells: 500_000,
  /** Raw values held at once: 16 bytes each, of the 128 MB that objects share. */
  rawValues: 2_000_000,
  /** Raw values read for one page, one after the other: about a second's work. */
  pagePoints: 10_000_000,
  /** Rows of a downsampled answer, which has no pages. */
  sampledRows: 50_000,
  maxPoints: { least: 3, most: 5_000 },
  /** Names in `field` and in `group_by`, tags in `tag.X`. */
  names: 256,
} as const;
