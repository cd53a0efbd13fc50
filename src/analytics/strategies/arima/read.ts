import { fail } from "../../../core/errors";
import type { StrategyInput } from "../../contract";
import { seasonalStrength } from "../../forecasting/decompose/seasonal-strength";
import { check } from "../../forecasting/forecast";
import { findOutliers, type Outlier, withoutOutliers } from "../../forecasting/outliers";
import { detectPeriods } from "../../forecasting/periods/detect";
import { nominalPeriods } from "../../forecasting/periods/nominal";
import { type RegularSeries, regularise } from "../../forecasting/regularise";
import { type ArimaConfig, givenOrder, LIMITS, requiredPoints, seasonIsLookedFor } from "./config";

interface Seasons {
  /** Steps in the season of the model; 1: none. */
  season: number;
  seasonReason: string;
  /** All seasons that were found, ascending: a week of hours beside the day. */
  periods: number[];
}

/** A series as the model gets it. */
export interface Reading extends Seasons {
  series: RegularSeries;
  outliers: Outlier[];
}

/** Seasons whose strengths differ by less explain the same, the shorter with fewer numbers. */
const SAME_STRENGTH = 0.05;

/** The newest values on a regular grid, outliers read as what surrounds them, and the season. */
export function read(config: ArimaConfig, input: StrategyInput): Reading {
  const from = Math.max(0, input.values.length - config.maxDataPoints);
  const available = input.values.length - from;
  const required = requiredPoints(config);
  if (available < required) {
    const detail = `The model needs ${required} values; ${input.field} has ${available}. Fewer can be asked for with minDataPoints.`;
    throw fail("not_enough_data", detail, { extra: { required, available } });
  }
  const series = regularise(input.times.subarray(from), input.values.subarray(from));
  check(series.values, config.steps);
  const found = seasonOf(config, series);
  const outliers = config.outlierHandling === "none" ? [] : findOutliers(series.values, found.periods);
  return { ...found, series: cleaned(series, outliers), outliers };
}

function seasonOf(config: ArimaConfig, { values, grid }: RegularSeries): Seasons {
  const { m } = givenOrder(config);
  if (m !== undefined) return { season: m, seasonReason: "as given", periods: [m] };
  if (!seasonIsLookedFor(config)) return { season: 1, seasonReason: "not looked for", periods: [] };
  const usual = nominalPeriods(grid.stepMicros).filter((period) => period <= LIMITS.season);
  const expected = usual.length > 0 ? detectPeriods(values, { candidates: usual }) : [];
  const unprompted = detectPeriods(values).filter((period) => period <= LIMITS.season);
  const [first] = expected.length > 0 ? expected : unprompted;
  if (first === undefined) return { season: 1, seasonReason: "none was found", periods: [] };
  const season =
    unprompted.find((period) => first % period === 0 && explainsAsMuch(values, period, first)) ?? first;
  const periods = [...new Set([season, ...expected])].sort((a, b) => a - b);
  return { season, seasonReason: `the series repeats every ${season} steps`, periods };
}

/** What is usual at a sampling may be twice what is there. */
const explainsAsMuch = (values: Float64Array, shorter: number, longer: number): boolean =>
  seasonalStrength(values, shorter) > seasonalStrength(values, longer) - SAME_STRENGTH;

function cleaned(series: RegularSeries, outliers: readonly Outlier[]): RegularSeries {
  if (outliers.length === 0) return series;
  return {
    ...series,
    values: withoutOutliers(series.values, outliers),
    observed: withoutOutliers(series.observed, outliers),
  };
}
