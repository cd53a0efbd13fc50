/**
 * What an anomaly can be, in one vocabulary for histories and streams. `phase`: out of step with the season.
 * `combination`: each field lies where it usually does, but not together with the others. `flat_line` and `gap` are not
 * of a value: they have no band.
 */
export const ANOMALY_KINDS = [
  "spike",
  "dip",
  "level_shift",
  "trend_break",
  "flat_line",
  "variance",
  "phase",
  "gap",
  "combination",
] as const;
export type AnomalyKind = (typeof ANOMALY_KINDS)[number];
/** A stream is judged series by series, and only a stream is told of while it is out of step. */
export type StreamKind = Exclude<AnomalyKind, "combination">;
export type HistoryKind = Exclude<AnomalyKind, "phase">;
