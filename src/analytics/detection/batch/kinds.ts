import { unitOf } from "./features";
import type { Band, BatchInput } from "./method";
import { medianOf } from "./order-statistics";

/** `combination`: each field lies where it usually does, but not together with the others. */
export const ANOMALY_KINDS = ["spike", "dip", "level_shift", "flat_line", "variance", "combination"] as const;
export type AnomalyKind = (typeof ANOMALY_KINDS)[number];

/** Anomalies in a row from which they are one event, and not a spike. */
const RUN = 5;
/** In robust standard deviations of its own field. */
const USUAL = 2;
/** Of a series' changes that are zero: more, and a value that stays is nothing strange. */
const STILL = 0.2;

/** A kind for each of `rows`, which ascend; `bands` are theirs. */
export function kindsOf(
  { columns }: BatchInput,
  rows: readonly number[],
  fieldOf: (row: number) => number,
  bands: readonly Band[],
): AnomalyKind[] {
  const isAbove = rows.map((row, i) => columns[fieldOf(row)]![row]! > centreOf(bands[i]!));
  const alone = isAbove.map((above): AnomalyKind => (above ? "spike" : "dip"));
  if (columns.length > 1) {
    const isUsual = columns.map(usualOf);
    return rows.map((row, i) =>
      columns.every((column, f) => isUsual[f]!(column[row]!)) ? "combination" : alone[i]!,
    );
  }
  return ofRuns(columns[0]!, rows, isAbove, alone);
}

/** Of one field: runs of anomalies are told by what they have in common. */
function ofRuns(
  values: Float64Array,
  rows: readonly number[],
  isAbove: readonly boolean[],
  alone: readonly AnomalyKind[],
): AnomalyKind[] {
  const kinds = [...alone];
  const moves = shareOfStill(values) < STILL;
  let from = 0;
  for (let i = 1; i <= rows.length; i++) {
    if (i < rows.length && rows[i] === rows[i - 1]! + 1) continue;
    if (i - from >= RUN) {
      const run = values.subarray(rows[from]!, rows[i - 1]! + 1);
      const isStill = moves && run.every((value) => value === run[0]);
      const sides = isAbove.slice(from, i);
      const isOneSided = sides.every((above) => above === sides[0]);
      kinds.fill(isStill ? "flat_line" : isOneSided ? "level_shift" : "variance", from, i);
    }
    from = i;
  }
  return kinds;
}

function shareOfStill(values: Float64Array): number {
  let still = 0;
  for (let t = 1; t < values.length; t++) if (values[t] === values[t - 1]) still++;
  return still / Math.max(1, values.length - 1);
}

/** Where the band is, by what is known of it. */
function centreOf({ expected, lower, upper }: Band): number {
  return expected ?? upper ?? lower ?? 0;
}

function usualOf(column: Float64Array): (value: number) => boolean {
  const scale = column.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  const inUnits = column.map((value) => value / scale);
  const centre = medianOf(inUnits);
  const unit = unitOf(inUnits);
  return (value) => Math.abs(value / scale - centre) <= USUAL * unit;
}
