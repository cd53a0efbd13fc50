/**
 * What an anomaly can be, in one vocabulary for histories and streams. `combination`: each field lies where it usually
 * does, but not together with the others. `flat_line` and `gap` are not of a value: they have no band.
 */
export const ANOMALY_KINDS = [
  "spike",
  "dip",
  "level_shift",
  "trend_break",
  "flat_line",
  "variance",
  "gap",
  "combination",
] as const;
export type AnomalyKind = (typeof ANOMALY_KINDS)[number];
