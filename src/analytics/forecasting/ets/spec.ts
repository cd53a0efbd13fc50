import type { SmoothingShape } from "../../kernel/ets";

/**
 * A model of the taxonomy of Hyndman, Koehler, Ord and Snyder (2008): N none, A additive, M multiplicative. Trends are
 * additive only: multiplicative ones forecast badly (their chapter 16), and R leaves them out as well.
 */
export interface EtsSpec {
  error: "A" | "M";
  trend: "N" | "A";
  damped: boolean;
  seasonal: "N" | "A" | "M";
}

/** A longer season is another family's: one number for each of its steps is no model of it. */
export const MAX_SEASON = 400;
/** Up to here R goes; a longer season needs {@link CYCLES_OF_LONG_SEASONS} whole ones. */
const LONG_SEASON = 24;
const CYCLES_OF_LONG_SEASONS = 3;

export const nameOf = ({ error, trend, damped, seasonal }: EtsSpec): string =>
  `ETS(${error},${trend}${damped ? "d" : ""},${seasonal})`;

/** Whether it is one of the models offered: no damping of nothing, and not the unstable (A, ., M). */
export const isOffered = ({ error, trend, damped, seasonal }: EtsSpec): boolean =>
  !(damped && trend === "N") && !(error === "A" && seasonal === "M");

/** Smoothing parameters, first states and the variance. A season has one number less than steps. */
export const parameterCountOf = ({ trend, damped, seasonal }: EtsSpec, season: number): number =>
  3 + (trend === "A" ? 2 : 0) + (damped ? 1 : 0) + (seasonal === "N" ? 0 : season);

/** Whether the series can hold it: numbers, as many as AICc wants, positive ones for factors, cycles for a season. */
export function isPossible(spec: EtsSpec, values: Float64Array, season: number): boolean {
  if (!isOffered(spec) || !values.every(Number.isFinite)) return false;
  if (values.length < parameterCountOf(spec, season) + 2) return false;
  if (spec.error === "M" && !values.every((value) => value > 0)) return false;
  return spec.seasonal === "N" || hasSeason(values.length, season);
}

function hasSeason(n: number, season: number): boolean {
  if (!Number.isInteger(season) || season < 2 || season > MAX_SEASON) return false;
  return season <= LONG_SEASON ? n > season : n >= CYCLES_OF_LONG_SEASONS * season;
}

export const shapeOf = (spec: EtsSpec, season: number): SmoothingShape => ({
  hasRelativeError: spec.error === "M",
  hasTrend: spec.trend === "A",
  isDamped: spec.damped,
  seasonal: spec.seasonal === "N" ? "none" : spec.seasonal === "A" ? "added" : "multiplied",
  season: spec.seasonal === "N" ? 1 : season,
});
