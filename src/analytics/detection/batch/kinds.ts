import type { HistoryKind } from "../kinds";
import type { Band, Prepared } from "./method";
import { medianOf, unitOf } from "./order-statistics";
import { runsOf } from "./runs";

/** Anomalies in a row from which they are one event, and not a spike. */
const RUN = 5;
/** In robust standard deviations of its own field. */
const USUAL = 2;
/** Of a series' changes that are zero: more, and a value that stays is nothing strange. */
const STILL = 0.2;

/** A kind for each of `rows`, which ascend; `bands` are theirs. */
export function kindsOf(
  { columns }: Pick<Prepared, "columns">,
  rows: readonly number[],
  fieldOf: (row: number) => number,
  bands: readonly Band[],
): HistoryKind[] {
  const distances = rows.map((row, i) => columns[fieldOf(row)]![row]! - centreOf(bands[i]!));
  const kinds = distances.map((distance): HistoryKind => (distance > 0 ? "spike" : "dip"));
  if (columns.length > 1) {
    const isUsual = columns.map(usualOf);
    for (const [i, row] of rows.entries())
      if (columns.every((column, f) => isUsual[f]!(column[row]!))) kinds[i] = "combination";
  }
  const isOdd = (i: number) => kinds[i] === "combination";
  // Runs are told by what they have in common.
  for (const { from, end } of runsOf(
    rows,
    (i) => fieldOf(rows[i]!) === fieldOf(rows[i - 1]!) && isOdd(i) === isOdd(i - 1),
  )) {
    if (end - from < RUN || isOdd(from)) continue;
    const column = columns[fieldOf(rows[from]!)]!;
    const values = rows.slice(from, end).map((row) => column[row]!);
    kinds.fill(kindOfRun(column, values, distances.slice(from, end)), from, end);
  }
  return kinds;
}

function kindOfRun(column: Float64Array, values: number[], distances: number[]): HistoryKind {
  if (values.every((value) => value === values[0]) && shareOfStill(column) < STILL) return "flat_line";
  const side = Math.sign(distances[0]!);
  if (!distances.every((distance) => Math.sign(distance) === side)) return "variance";
  return grows(distances.map(Math.abs)) ? "trend_break" : "level_shift";
}

/** How much of the distance, and by what factor, a line must account for. */
const LINE = { share: 0.7, factor: 1.8 };

/** Whether the distance from what was expected grows all the time, and does not just stand at another level. */
function grows(distances: readonly number[]): boolean {
  const unit = Math.max(...distances) || 1;
  const middle = (distances.length - 1) / 2;
  const mean = distances.reduce((sum, one) => sum + one / unit / distances.length, 0);
  let products = 0;
  let squares = 0;
  let steps = 0;
  for (const [i, distance] of distances.entries()) {
    products += (i - middle) * (distance / unit - mean);
    squares += (distance / unit - mean) ** 2;
    steps += (i - middle) ** 2;
  }
  const slope = products / steps;
  const explained = squares > 0 ? (slope * products) / squares : 0;
  return (
    slope > 0 &&
    explained >= LINE.share &&
    mean + slope * middle >= LINE.factor * Math.max(0, mean - slope * middle)
  );
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
