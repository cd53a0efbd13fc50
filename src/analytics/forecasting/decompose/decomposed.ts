import type { FittedModel } from "../model";
import { type SeasonalAdjustment, wideningOf, withSeason } from "../seasonal-adjustment";
import { largest } from "../standardise";
import { mstl, seasonalWindow } from "./mstl";
import { inUnitsOf, logarithm, transformed } from "./transformed";

export interface DecomposedOptions {
  /** How a season goes on: with its last cycle, as in R, or with the mean of all of them. */
  continuation?: "last" | "mean";
  /** Seasons that are factors are those of the logarithm; by default so where all values are positive. */
  scale?: "linear" | "logarithmic-where-positive";
  robust?: boolean;
}

/**
 * Takes the seasons off by MSTL, lets `fitRest` fit what is left, and forecasts both (R's `stlf`). Null where there are
 * not more than two cycles of any period, and where there is no model of the rest.
 */
export function decomposed(
  values: Float64Array,
  periods: readonly number[],
  fitRest: (adjusted: Float64Array) => FittedModel | null,
  options: DecomposedOptions = {},
): FittedModel | null {
  const size = largest(values);
  if (!Number.isFinite(size)) return null;
  const isLogarithmic = options.scale !== "linear" && values.every((value) => value > 0);
  const scale = isLogarithmic ? logarithm : inUnitsOf(size > 0 ? 2 ** Math.floor(Math.log2(size)) : 1);
  const adjust = (of: Float64Array) => mstlAdjustment(of, periods, options);
  const adjustment = adjust(values.map(scale.forward));
  const rest = adjustment && fitRest(adjustment.adjusted);
  if (!rest) return null;
  const name = `MSTL(${periods.join(",")}) + ${rest.name}`;
  return transformed(withSeason(rest, adjustment, adjust, name), scale);
}

export function mstlAdjustment(
  values: Float64Array,
  periods: readonly number[],
  { continuation = "last", robust = false }: DecomposedOptions = {},
): SeasonalAdjustment | null {
  const parts = mstl(values, periods, { robust });
  if (parts === null) return null;
  const adjusted = parts.trend.map((trend, t) => trend + parts.remainder[t]!);
  const continued = parts.seasonals.map(({ period, values: season }) => ({
    period,
    season,
    cycle: nextCycle(season, period, continuation),
  }));
  const noise = parts.seasonals.map(({ period }, index) =>
    noiseOf(values.length / period, seasonalWindow(index)),
  );
  return {
    kind: "additive",
    adjusted,
    at: (step) =>
      continued.reduce((sum, { period, season, cycle }) => sum + (season[step] ?? cycle[step % period]!), 0),
    size: continued.reduce((sum, { period }) => sum + period - 1, 0),
    widening: wideningOf(
      noise.reduce((sum, { taken }) => sum + taken, 0),
      noise.reduce((sum, { brought }) => sum + brought, 0),
    ),
  };
}

/** By phase, counted from the first value of the series. */
function nextCycle(season: Float64Array, period: number, continuation: "last" | "mean"): Float64Array {
  const cycle = new Float64Array(period);
  const counts = new Float64Array(period);
  const from = continuation === "last" ? season.length - period : 0;
  for (let t = from; t < season.length; t++) {
    cycle[t % period]! += season[t]!;
    counts[t % period]! += 1;
  }
  return cycle.map((sum, phase) => sum / counts[phase]!);
}

/** What a loess of `cycles` values takes of the noise in the middle, and the variance of its value at the end. */
function noiseOf(cycles: number, window: number): { taken: number; brought: number } {
  const beyond = Math.max(0, Math.floor((window - cycles) / 2));
  const reach = Math.min(window, Math.floor(cycles)) - 1;
  const middle = tricubes(-Math.floor(reach / 2), Math.ceil(reach / 2), Math.ceil(reach / 2) + beyond);
  const end = tricubes(0, reach, reach + beyond);
  return { taken: 1 / middle.sum, brought: end.squares / end.sum ** 2 };
}

function tricubes(from: number, to: number, span: number): { sum: number; squares: number } {
  let sum = 0;
  let squares = 0;
  for (let distance = from; distance <= to; distance++) {
    const weight = (1 - Math.min(1, Math.abs(distance) / Math.max(1, span)) ** 3) ** 3;
    sum += weight;
    squares += weight * weight;
  }
  return { sum, squares };
}
