import { usablePeriods } from "../../forecasting/decompose/mstl";
import { stl } from "../../forecasting/decompose/stl";
import { interpolated } from "../../forecasting/regularise";
import { largest } from "../../forecasting/standardise";
import type { Band, BatchInput, Field, Prepared } from "./method";

/** In units of the largest value: what is left of a season that repeats exactly is rounding. */
const ROUNDING = 1e-10;

/** For each row of a field and each period: robust STL. */
const SEASON_UNITS = 6;

export const unitsToPrepare = (rows: number, fields: number, periods: number): number =>
  rows * fields * periods * SEASON_UNITS;

export function prepared({ columns, periods, places }: BatchInput): Prepared {
  const fields = columns.map((column) => {
    const unit = largest(column) || 1;
    const values = column.map((value) => value / unit);
    const season = places ? seasonAt(values, periods, places) : seasonOf(values, periods);
    if (season === null) return { unit, values, season };
    const rest = values.map((value, t) => Math.round((value - season[t]!) / ROUNDING) * ROUNDING);
    return { unit, values: rest, season };
  });
  return { columns, fields };
}

/**
 * Cycles that a season is smoothed over. Fewer take so much of the noise that what was left out as an outlier stands out
 * of the rest (with MSTL's 11, noise without a season has four times the anomalies it should have), more lose a season
 * that changes.
 */
const CYCLES = 19;

/** A row that is missing must not move the phase of those after it: steps without one are interpolated. */
function seasonAt(
  values: Float64Array,
  periods: readonly number[],
  places: readonly number[],
): Float64Array | null {
  const onGrid = new Float64Array((places.at(-1) ?? -1) + 1).fill(Number.NaN);
  for (const [row, place] of places.entries()) onGrid[place] = values[row]!;
  const season = seasonOf(interpolated(onGrid), periods);
  return season === null ? null : values.map((_, row) => season[places[row]!]!);
}

/** Robust, for an anomaly would else become part of the season around it; one period after the other, shortest first. */
function seasonOf(values: Float64Array, periods: readonly number[]): Float64Array | null {
  let season: Float64Array | null = null;
  let rest = values;
  for (const period of usablePeriods(periods, values.length)) {
    const part = stl(rest, period, { seasonalWindow: CYCLES, robust: true });
    if (part === null) continue;
    const before: Float64Array | null = season;
    season = before === null ? part.seasonal : part.seasonal.map((value, t) => value + before[t]!);
    rest = rest.map((value, t) => value - part.seasonal[t]!);
  }
  return season;
}

/** A band in the field's own units and with its season. */
export function inOwnUnits({ unit, season }: Field, row: number, band: Band): Band {
  const own = (value: number | null) => {
    if (value === null) return null;
    const moved = (value + (season?.[row] ?? 0)) * unit;
    return Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, moved));
  };
  return { expected: own(band.expected), lower: own(band.lower), upper: own(band.upper) };
}
