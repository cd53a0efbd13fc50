import { fail } from "../../../core/errors";
import type { StrategyInput } from "../../contract";
import { seasonalStrength } from "../../forecasting/decompose/seasonal-strength";
import { check } from "../../forecasting/forecast";
import { findOutliers, type Outlier, withoutOutliers } from "../../forecasting/outliers";
import { detectPeriods } from "../../forecasting/periods/detect";
import { nominalPeriods } from "../../forecasting/periods/nominal";
import { type RegularSeries, regularise } from "../../forecasting/regularise";
import { type ArimaConfig, givenOrder, LIMITS, requiredPoints, seasonIsLookedFor } from "./config";

/** A series as the model gets it. */
export interface Reading {
  series: RegularSeries;
  /** Steps in a season; 1: none. */
  season: number;
  seasonReason: string;
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
  const outliers = config.outlierHandling === "none" ? [] : findOutliers(series.values, found.season);
  return { ...found, series: cleaned(series, outliers), outliers };
}

function seasonOf(
  config: ArimaConfig,
  { values, grid }: RegularSeries,
): Pick<Reading, "season" | "seasonReason"> {
  const { m } = givenOrder(config);
  if (m !== undefined) return { season: m, seasonReason: "as given" };
  if (!seasonIsLookedFor(config)) return { season: 1, seasonReason: "not looked for" };
  const usual = nominalPeriods(grid.stepMicros);
  const found = [
    ...(usual.length > 0 ? detectPeriods(values, { candidates: usual }) : []),
    ...detectPeriods(values),
  ].filter((period) => period <= LIMITS.season);
  if (found.length === 0) return { season: 1, seasonReason: "none was found" };
  const season = strongest(values, found);
  return { season, seasonReason: `the series repeats every ${season} steps` };
}

/** What is usual at a sampling may be twice what is there, and half of what is there may stand out first. */
function strongest(values: Float64Array, periods: readonly number[]): number {
  const strengths = periods.map((period) => ({ period, strength: seasonalStrength(values, period) }));
  const most = Math.max(...strengths.map(({ strength }) => strength));
  const near = strengths.filter(({ strength }) => strength > most - SAME_STRENGTH);
  return Math.min(...near.map(({ period }) => period));
}

function cleaned(series: RegularSeries, outliers: readonly Outlier[]): RegularSeries {
  if (outliers.length === 0) return series;
  return {
    ...series,
    values: withoutOutliers(series.values, outliers),
    observed: withoutOutliers(series.observed, outliers),
  };
}
