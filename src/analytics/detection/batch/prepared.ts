import { mstl } from "../../forecasting/decompose/mstl";
import { largest } from "../../forecasting/standardise";
import type { Band, BatchInput } from "./method";

/** A field as methods see it: in units of its largest value, without its season. */
export interface Prepared {
  unit: number;
  values: Float64Array;
  /** What was taken off; null: nothing. */
  season: Float64Array | null;
}

/** In units of the largest value: what is left of a season that repeats exactly is rounding. */
const ROUNDING = 1e-10;

/** A season of more than these rows costs more than it is worth: robust STL goes over them sixteen times. */
const MOST_ROWS = 20_000;

export function prepared({ columns, periods }: BatchInput): Prepared[] {
  return columns.map((column) => {
    const unit = largest(column) || 1;
    const values = column.map((value) => value / unit);
    const season = seasonOf(values, periods);
    if (season === null) return { unit, values, season };
    const rest = values.map((value, t) => Math.round((value - season[t]!) / ROUNDING) * ROUNDING);
    return { unit, values: rest, season };
  });
}

/** Robust, for an anomaly would else become part of the season around it and of the cycles beside it. */
function seasonOf(values: Float64Array, periods: readonly number[]): Float64Array | null {
  if (periods.length === 0 || values.length > MOST_ROWS) return null;
  const parts = mstl(values, periods, { robust: true });
  if (parts === null) return null;
  const sum = new Float64Array(values.length);
  for (const seasonal of parts.seasonals) for (let t = 0; t < sum.length; t++) sum[t]! += seasonal.values[t]!;
  return sum;
}

/** A band in the field's own units and with its season. */
export function inOwnUnits({ unit, season }: Prepared, row: number, band: Band): Band {
  const own = (value: number | null) => {
    if (value === null) return null;
    const moved = (value + (season?.[row] ?? 0)) * unit;
    return Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, moved));
  };
  return { expected: own(band.expected), lower: own(band.lower), upper: own(band.upper) };
}
