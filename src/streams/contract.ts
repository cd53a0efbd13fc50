import { z } from "zod";
import type { Admission } from "../core/admission";
import type { Micros } from "../core/timestamps";

/** The sizes within which a stream lives. Past one of them a row is rejected with its reason, never cut. */
export const STREAM_LIMITS = {
  fieldsPerRow: 256,
  tagsPerRow: 32,
  attributesPerRow: 64,
  nameChars: 256,
  tagValueChars: 512,
  attributeChars: 16_384,
  /** Series of one stream: their directory is held in memory while the stream is awake. */
  seriesPerStream: 10_000,
  /** Shards of one stream: a read asks all of them. */
  shards: 16,
  /** Rows of a frame that a Worker sends to a stream in one call, and its bytes. */
  rowsPerFrame: 5_000,
  frameBytes: 1_000_000,
  /** Rejected rows named in an answer; more are counted only. */
  errorsListed: 100,
} as const;

export const streamIdSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}$/,
    "1 to 128 letters, digits or _ . : - and a letter or digit first",
  );

/**
 * A reading: numbers are fields, categories are tags, other text is an attribute, kept with the row and outside the
 * series key. A series is one field under one set of tags.
 */
export interface Point {
  /** Null: the row has no time and gets a distinct arrival time. */
  timestamp: Micros | null;
  /** Finite numbers only; a field without a value is absent. */
  fields: Record<string, number>;
  tags: Record<string, string>;
  attributes?: Record<string, string>;
}

/**
 * The field, always 1, of a row that has texts or no number: it gives the row a place and an ordinal of its own, so that
 * its texts are kept with it and with no other row. No caller can write it (a field has a name) and none is shown it.
 */
export const OCCURRENCE = "";

/** A row that was not stored. `row` counts from 1 in the body's own order (lines for text, items for JSON). */
export interface RejectedRow {
  row: number;
  reason: string;
}

/** received = accepted (new) + updated + duplicates + rejected. Counted in rows. */
export interface WriteCounts {
  accepted: number;
  updated: number;
  duplicates: number;
  rejected: number;
}

/** What came of all rows that a stream was ever sent. */
export type StreamTotals = WriteCounts;

/** One series as columns. `times` ascend (µs); a value is never NaN. */
export interface SeriesColumns {
  field: string;
  tags: Record<string, string>;
  times: Float64Array;
  values: Float64Array;
}

/** A stored reading as an object hands it out: as a row, for a page of data. */
export interface StoredPoint {
  timeMicros: Micros;
  fields: Record<string, number>;
  tags: Record<string, string>;
  attributes?: Record<string, string>;
}

export interface StreamDescription {
  series: {
    field: string;
    tags: Record<string, string>;
    count: number;
    firstMicros: Micros;
    lastMicros: Micros;
  }[];
  /** Readings; each has one value or more. */
  rows: number;
  /** What came of all rows that were ever sent. */
  totals: StreamTotals;
  values: number;
  firstMicros: Micros | null;
  lastMicros: Micros | null;
  storedBytes: number;
  detection: DetectionCounts;
}

/** Series by the form of their detector; of those, how many have too few readings for any verdict yet. */
export interface DetectionCounts {
  enabled: boolean;
  full: number;
  compact: number;
  warmingUp: number;
  /** Of all series together, were they healthy. */
  falseAlarmsPerWeek: number;
}

/** What a person says of an alert, named by its id or by one of its readings. */
export interface Feedback {
  alert: { id: string } | { timeMicros: Micros; field: string; tags: Record<string, string> };
  /** True: no anomaly, and not to be told again. */
  expected: boolean;
  /** Absent: as before. */
  comment: string | null;
}

export interface FeedbackAnswer {
  alertId: string;
  expected: boolean;
  comment: string | null;
  /** Series of the alert that it was said of. */
  series: number;
}

/** A forecast of one series, to be held against what comes. Columns of equal length, `times` ascending (µs). */
export interface SeriesForecast {
  field: string;
  tags: Record<string, string>;
  strategyId: string;
  /** The last reading that it was made from. */
  originMicros: Micros;
  /** What the naive forecast says of every step: the last value. */
  naive: number;
  /** Probability of the interval. */
  level: number;
  /** The values are means of the readings since the step before, not readings. */
  ofMeans: boolean;
  times: Float64Array;
  mean: Float64Array;
  lower: Float64Array;
  upper: Float64Array;
}

/** The answer to a write. */
export interface WriteAnswer extends WriteCounts {
  /** The first STREAM_LIMITS.errorsListed of the rejected rows. */
  errors: RejectedRow[];
}

/** A write's Idempotency-Key as its last frame carries it: with what earlier frames came to. */
export interface IdempotentWrite {
  /** Unique in the stream: method, path and the caller's key. */
  key: string;
  fingerprint: string;
  soFar: WriteAnswer;
  /** The key was looked up before, for this request, which has it. */
  began: boolean;
}

/** What every call to a shard of a stream says of itself. */
export interface StreamCall {
  tenantId: string;
  streamId: string;
  shard: number;
  /** The shard map that the caller goes by; null: the stream is one shard. */
  mapId: string | null;
  admission: Admission;
}

export interface AppendCall extends StreamCall {
  dataType: string | null;
  /** A column frame (docs/formats/column-frame.md). */
  frame: Uint8Array;
  /** Rows that were refused since the frame before. */
  rejected: number;
  requestId: string;
  clientId: string;
  idempotency: IdempotentWrite | null;
  detection: DetectionMode;
}

/**
 * What a write's readings are to the detectors. `judge`: alerts are raised, and they are learned from; `learn`: nobody is
 * told; `defer`: a load of much history, whose end is learned from when all of it is stored (`learnHistory`).
 */
export type DetectionMode = "judge" | "learn" | "defer";

export interface AppendAnswer extends Omit<WriteCounts, "rejected"> {
  /** JSON of the first answer, where this key was used before: nothing was written. */
  replayed: string | null;
}

export type IdempotencyLookup =
  | { state: "new" }
  | { state: "running" }
  | { state: "done"; fingerprint: string; answer: string };
