import type { Budget } from "../budget";
import { fitInOwnUnit } from "../decompose/transformed";
import { type FittedModel, normalPrediction, type TrainingSeries } from "../model";
import { classicalAdjustment } from "../seasonal-adjustment";
import {
  CesFilter,
  type CesKind,
  type CesParameters,
  growthOf,
  isStable,
  parametersOf,
  statesOf,
} from "./filter";
import { nelderMead } from "./nelder-mead";

/** Where the authors start: a level that follows, and no season that turns. */
const STARTS: Record<CesKind, number[]> = {
  none: [1.3, 1],
  simple: [1.3, 1],
  partial: [1.3, 1, 0.1],
  full: [1.3, 1, 1.3, 1],
};

/** Where nothing is known, the potential is this part of the level. */
const POTENTIAL = 1.1;

const SEARCH = { step: 0.08, tolerance: 1e-6, evaluations: 400 };

/**
 * Of the level in a step, or of the season in a cycle, when no error follows. A straight line of eleven values was else
 * continued by ten times its end; on the evaluation series that makes hardly a difference.
 */
const FASTEST_GROWTH = 1.07;

/** A value in one pass takes about so many µs; an evaluation is two passes. */
const VALUE_MICROS = 0.008;

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
  const filter = beginning.copy();
  const cost = (parameters: CesParameters): number => {
    if (budget.isSpent || !isAllowed(kind, parameters)) return Number.POSITIVE_INFINITY;
    budget.spend(2 * VALUE_MICROS * n);
    filter.restore(beginning);
    const squares = smooth(filter, values, parameters);
    return Number.isFinite(squares) ? squares : Number.POSITIVE_INFINITY;
  };
  const { point, value } = nelderMead(cost, STARTS[kind], SEARCH);
  if (!Number.isFinite(value)) return null;
  const variance = value / n;
  const criterion = n * Math.log(variance + 1e-30) + 2 * count + (2 * count * (count + 1)) / (n - count - 1);
  // The states that the series begins with were found by looking ahead, and take their part of the errors.
  const free = Math.max(n / 3, n - count - statesOf(kind, season));
  return { kind, season, parameters: point, sigma: Math.sqrt(value / free), criterion };
}

function isAllowed(kind: CesKind, [a0 = 0, a1 = 0, b0 = 0, b1 = 0]: CesParameters): boolean {
  const isSafe = (p0: number, p1: number) => isStable(p0, p1) && growthOf(p0, p1) <= FASTEST_GROWTH;
  if (!isSafe(a0, a1)) return false;
  if (kind === "partial") return b0 >= 0 && b0 <= 1;
  return kind !== "full" || isSafe(b0, b1);
}

/** The states after the last value, roughly: from there the series is smoothed backwards to find those it begins with. */
function beginningOf(values: Float64Array, kind: CesKind, season: number): CesFilter {
  const filter = new CesFilter(kind, season);
  const window = Math.min(values.length, Math.max(10, season));
  filter.level = values.subarray(values.length - window).reduce((sum, value) => sum + value / window, 0);
  filter.potential = filter.level / POTENTIAL;
  if (kind === "simple") {
    for (let t = Math.max(0, values.length - season); t < values.length; t++) {
      filter.seasonal[t % season] = values[t]!;
    }
  } else if (kind !== "none") {
    const adjustment = classicalAdjustment(values, season);
    for (let phase = 0; phase < season && adjustment; phase++) {
      const index = adjustment.at(phase);
      filter.seasonal[phase] = adjustment.kind === "additive" ? index : filter.level * (index - 1);
    }
  }
  filter.seasonalPotential.set(filter.seasonal.map((value) => value / POTENTIAL));
  return filter;
}

/** Backwards through the series for the states it begins with, and forwards: the squared errors of the latter. */
function smooth(
  filter: CesFilter,
  values: Float64Array,
  parameters: CesParameters,
  errors: Float64Array | null = null,
): number {
  const last = (values.length - 1) % filter.season;
  filter.pass(values, parameters, { phase: last, isForward: false });
  return filter.pass(values, parameters, { phase: 0, isForward: true }, errors);
}

function model(values: Float64Array, fit: CesFit): FittedModel {
  const { kind, season, parameters, sigma } = fit;
  const errors = new Float64Array(values.length);
  const filter = beginningOf(values, kind, season);
  smooth(filter, values, parameters, errors);
  return {
    name: kind === "none" ? "CES" : `CES(${kind})[${season}]`,
    parameterCount: parameters.length + 1,
    fitted: values.map((value, t) => value - errors[t]!),
    predict(horizon) {
      const mean = path(filter.copy(), values.length, parameters, horizon);
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
