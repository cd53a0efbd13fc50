import type { Micros } from "../core/timestamps";

/** One field under one set of tags, as the engine knows it. */
export interface SeriesInfo {
  /** Stable while the stream stands. */
  id: number;
  field: string;
  /** Equal for all series of one tag set: a row is what they have at one time under one ordinal. */
  tagSet: number;
  tags: Record<string, string>;
  /** Points held. */
  count: number;
  /** An extent that holds all points; after deletions it may be wider than they are. */
  firstMicros: Micros;
  lastMicros: Micros;
}

/** Points of one series, ascending by time and then ordinal. Equal lengths. */
export interface PointColumns {
  times: Float64Array;
  values: Float64Array;
  /** How many points of the series stand before it at the same time; null: all 0. */
  ordinals: Uint32Array | null;
}

/** Buckets of one series, ascending; each has one point or more. Equal lengths. */
export interface BucketColumns {
  /** The start of each bucket, a multiple of the tier's width since the epoch. */
  times: Float64Array;
  count: Float64Array;
  sum: Float64Array;
  min: Float64Array;
  max: Float64Array;
  first: Float64Array;
  last: Float64Array;
}

/** Widths of the rollup tiers in microseconds: minute, hour, day (UTC). */
export const ROLLUP_TIERS = [60_000_000, 3_600_000_000, 86_400_000_000] as const;
export type RollupTier = (typeof ROLLUP_TIERS)[number];

export interface RowTexts {
  timeMicros: Micros;
  ordinal: number;
  values: Record<string, string>;
}

/** What queries, strategies and detectors read a stream's points through. No row objects are built. */
export interface SeriesReader {
  /** Series that have points, the hidden OCCURRENCE field's among them, by field and then by id. */
  series(): readonly SeriesInfo[];
  /**
   * The points in [startMicros, endMicros); with `newest`, only that many of the last of them. Cheap also for a narrow
   * range: only chunks that touch it are decoded.
   */
  columns(id: number, startMicros: Micros, endMicros: Micros, newest?: number): PointColumns;
  /**
   * Buckets of a tier that lie wholly in [startMicros, endMicros), or null where the series has none of this tier. A
   * bucket holds exactly what `columns` would give for it.
   */
  rollup(id: number, tier: RollupTier, startMicros: Micros, endMicros: Micros): BucketColumns | null;
  /** The texts of a tag set's rows in [startMicros, endMicros), ascending by time and then ordinal. */
  texts(tagSet: number, startMicros: Micros, endMicros: Micros): RowTexts[];
}
