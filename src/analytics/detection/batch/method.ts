/** Methods of judging a history, in the reference's names where it has one. */
export const METHOD_IDS = [
  "z_score",
  "robust_z",
  "iqr",
  "isolation_forest",
  "one_class_svm",
  "ensemble",
  "bounds",
] as const;
export type MethodId = (typeof METHOD_IDS)[number];

/** One or several fields of the same rows, ascending in time, all numbers finite. */
export interface BatchInput {
  columns: readonly Float64Array[];
  /** Seasons, in rows, that are taken off first so that a season is no anomaly; none: []. */
  periods: readonly number[];
  /** The step of each row, from 0 and ascending, where some steps have none; by default a row is a step. */
  places?: readonly number[] | undefined;
}

export interface BatchOptions {
  /**
   * Standard deviations of normal noise: a row is an anomaly where it is at least as unlikely as a value so far away.
   * What has no unit of its own (isolation_forest, one_class_svm) is brought to this one: {@link calibrated}.
   */
  threshold: number;
  /** Rows before the judged one that it is compared with, where a method has a window. */
  windowSize: number;
  /**
   * Instead of `threshold`: the level that this share of normal rows passes, by extreme value theory; `least`: no level
   * below this, where one is given.
   */
  adaptive: { falseAlarmRate: number; least?: number } | null;
  /** For `bounds`; null: from the readings. */
  bounds: { lower: number | null; upper: number | null } | null;
  /** For `ensemble`. */
  members: readonly MethodId[];
  combine: "mean" | "median";
  /** For `isolation_forest` and `one_class_svm`. */
  seed: number;
}

export const DEFAULT_OPTIONS: BatchOptions = {
  threshold: 3,
  windowSize: 100,
  adaptive: null,
  bounds: null,
  members: ["z_score", "isolation_forest", "one_class_svm"],
  combine: "mean",
  seed: 1,
};

/** A field as methods see it: in units of its largest value, without its season. */
export interface Field {
  unit: number;
  values: Float64Array;
  /** What was taken off, in those units; null: nothing. */
  season: Float64Array | null;
}

/** What `prepared` makes of a {@link BatchInput}. */
export interface Prepared {
  columns: readonly Float64Array[];
  fields: readonly Field[];
}

/** Where a field's value would have been no anomaly, in the field's units; null: there is no such bound. */
export interface Band {
  expected: number | null;
  lower: number | null;
  upper: number | null;
}

/** A column of judgements, one a row. */
export interface Verdicts {
  /** Rows before this one are warm-up: they are not judged. */
  judgedFrom: number;
  /** Distance in (equivalent) standard deviations. */
  sigma: Float64Array;
  /** The distance that is an anomaly. */
  level: number;
  /** The field that stands out most, as its place among the columns. */
  field: Uint16Array;
  /** Of given rows and their field. */
  bands(rows: readonly number[]): Band[];
}

/** Methods of every kind have this one signature; `registry.ts` lists them. Pure, and the same each time. */
export interface BatchMethod {
  id: MethodId;
  /** Whether it sees fields together; the others judge each alone. */
  isJoint: boolean;
  /** Where none is given. */
  defaultThreshold: number;
  requiredPoints(options: BatchOptions): number;
  /** About a microsecond of CPU each, told before it runs. */
  workUnits(rows: number, fields: number, options: BatchOptions): number;
  /** At least {@link requiredPoints} rows: the registry's `detect` sees to it. */
  score(input: Prepared, options: BatchOptions): Verdicts;
}
