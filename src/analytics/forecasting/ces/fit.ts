import type { Budget } from "../budget";
import { fitInOwnUnit } from "../decompose/transformed";
import { type FittedModel, normalPrediction, type TrainingSeries } from "../model";
import { classicalAdjustment } from "../seasonal-adjustment";
import { CesFilter, type CesKind, type CesParameters, isStable, parametersOf } from "./filter";
import { nelderMead } from "./nelder-mead";

/** Where the authors start: a level that follows, and no season that turns. */
const STARTS: Record<CesKind, number[]> = {
  none: [1.3, 1],
  simple: [1.3, 1],
  partial: [1.3, 1, 0.1],
  full: [1.3, 1, 1.3, 1],
};

const SEARCH = { step: 0.08, tolerance: 1e-5, evaluations: 250 };

/** A value in one pass takes about so many µs; an evaluation is two passes. */
const VALUE_MICROS = 0.012;

/**
 * Complex exponential smoothing with the season that has the least corrected information criterion. Null where the
 * series has too few values.
 */
export function fitCes(series: TrainingSeries, budget: Budget): FittedModel | null {
  return fitInOwnUnit(series, ({ values, season }) => {
    const hasSeason = season > 1 && values.length > 2 * season + 4;
    const kinds: CesKind[] = hasSeason ? ["none", "simple", "partial", "full"] : ["none"];
    const fits = kinds.map((kind) => fitKind(values, season, kind, budget)).filter((fit) => fit !== null);
    const best = fits.reduce<CesFit | null>(
      (so, fit) => (so && so.criterion <= fit.criterion ? so : fit),
      null,
    );
    return best && model(values, best);
  });
}

interface CesFit {
  kind: CesKind;
  season: number;
  parameters: CesParameters;
  sigma: number;
  criterion: number;
}

function fitKind(values: Float64Array, season: number, kind: CesKind, budget: Budget): CesFit | null {
  const n = values.length;
  const count = parametersOf(kind) + 1;
  if (n < count + 3 || budget.isSpent) return null;
  const beginning = beginningOf(values, kind, season);
  const cost = (parameters: CesParameters): number => {
    if (!isAllowed(kind, parameters)) return Number.POSITIVE_INFINITY;
    if (budget.isSpent) return Number.POSITIVE_INFINITY;
    budget.spend(2 * VALUE_MICROS * n);
    return run(values, kind, season, parameters, beginning, null).squaredErrors;
  };
  const { point, value } = nelderMead(cost, STARTS[kind], SEARCH);
  if (!Number.isFinite(value)) return null;
  const variance = value / n;
  const criterion = n * Math.log(variance + 1e-30) + 2 * count + (2 * count * (count + 1)) / (n - count - 1);
  return { kind, season, parameters: point, sigma: Math.sqrt(value / Math.max(1, n - count)), criterion };
}

function isAllowed(kind: CesKind, [a0 = 0, a1 = 0, b0 = 0, b1 = 0]: CesParameters): boolean {
  if (!isStable(a0, a1)) return false;
  if (kind === "partial") return b0 >= 0 && b0 <= 1;
  return kind !== "full" || isStable(b0, b1);
}

/** States from which the series is smoothed backwards, to find those that it begins with. */
interface Beginning {
  level: number;
  seasonal: Float64Array;
}

function beginningOf(values: Float64Array, kind: CesKind, season: number): Beginning {
  const window = Math.min(values.length, Math.max(10, season));
  const level = values.subarray(values.length - window).reduce((sum, value) => sum + value / window, 0);
  if (kind === "none") return { level, seasonal: new Float64Array(season) };
  if (kind === "simple") {
    const seasonal = new Float64Array(season);
    for (let t = values.length - season; t < values.length; t++) seasonal[t % season] = values[t]!;
    return { level, seasonal };
  }
  const adjustment = classicalAdjustment(values, season);
  const seasonal = Float64Array.from({ length: season }, (_, phase) => {
    const index = adjustment?.at(phase) ?? 0;
    return adjustment?.kind === "multiplicative" ? level * (index - 1) : index;
  });
  return { level, seasonal };
}

interface CesRun {
  filter: CesFilter;
  squaredErrors: number;
}

/** Backwards through the series for the states it begins with, and forwards. */
function run(
  values: Float64Array,
  kind: CesKind,
  season: number,
  parameters: CesParameters,
  beginning: Beginning,
  fitted: Float64Array | null,
): CesRun {
  const filter = new CesFilter(kind, season);
  filter.level = beginning.level;
  filter.potential = beginning.level / 1.1;
  filter.seasonal.set(beginning.seasonal);
  filter.seasonalPotential.set(beginning.seasonal.map((value) => value / 1.1));
  const n = values.length;
  for (let t = n - 1, phase = t % season; t >= 0; t--) {
    filter.update(phase, values[t]! - filter.forecast(phase), parameters);
    phase = phase === 0 ? season - 1 : phase - 1;
  }
  let squaredErrors = 0;
  for (let t = 0, phase = 0; t < n; t++) {
    const forecast = filter.forecast(phase);
    const error = values[t]! - forecast;
    if (fitted) fitted[t] = forecast;
    squaredErrors += error * error;
    filter.update(phase, error, parameters);
    phase = phase + 1 === season ? 0 : phase + 1;
  }
  return { filter, squaredErrors };
}

function model(values: Float64Array, fit: CesFit): FittedModel {
  const { kind, season, parameters, sigma } = fit;
  const fitted = new Float64Array(values.length);
  const { filter } = run(values, kind, season, parameters, beginningOf(values, kind, season), fitted);
  return {
    name: kind === "none" ? "CES" : `CES(${kind})[${season}]`,
    parameterCount: parameters.length + 1,
    fitted,
    predict(horizon) {
      const mean = path(copyOf(filter), values.length, parameters, horizon);
      const response = impulseResponse(kind, season, parameters, horizon);
      let sum = 1;
      const standardError = response.map((weight) => {
        const error = sigma * Math.sqrt(sum);
        sum = Math.min(1e30, sum + weight * weight);
        return error;
      });
      return normalPrediction(mean, standardError);
    },
    apply: (other) => model(other, fit),
  };
}

function path(filter: CesFilter, from: number, parameters: CesParameters, horizon: number): Float64Array {
  return Float64Array.from({ length: horizon }, (_, h) => {
    const phase = (from + h) % filter.season;
    const forecast = filter.forecast(phase);
    filter.update(phase, 0, parameters);
    return forecast;
  });
}

/** What an error of one adds to the forecasts of the steps after it. */
function impulseResponse(
  kind: CesKind,
  season: number,
  parameters: CesParameters,
  horizon: number,
): Float64Array {
  const filter = new CesFilter(kind, season);
  filter.update(0, 1, parameters);
  return path(filter, 1, parameters, horizon);
}

function copyOf(filter: CesFilter): CesFilter {
  const copy = new CesFilter(filter.kind, filter.season);
  copy.level = filter.level;
  copy.potential = filter.potential;
  copy.seasonal.set(filter.seasonal);
  copy.seasonalPotential.set(filter.seasonalPotential);
  return copy;
}
