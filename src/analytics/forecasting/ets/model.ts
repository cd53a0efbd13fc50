import { fail } from "../../../core/errors";
import { fitSmoothing, type SmoothingEstimate } from "../../kernel/ets";
import { type FittedModel, normalPrediction, type Prediction } from "../model";
import { type EtsState, momentsOf } from "./moments";
import { type EtsSpec, nameOf, parameterCountOf, shapeOf } from "./spec";

export interface EtsParameters {
  alpha: number;
  /** Null where the model has none, as below. */
  beta: number | null;
  gamma: number | null;
  phi: number | null;
}

export interface EtsStates {
  level: number;
  trend: number | null;
  /** A value a step of the season, that of the next value first; empty without a season. */
  seasons: Float64Array;
}

export interface EtsModel extends FittedModel {
  readonly spec: EtsSpec;
  readonly parameters: EtsParameters;
  /** Before the first value and after the last. */
  readonly states: { first: EtsStates; last: EtsStates };
  /** Standard deviation of the errors, divided by n less the other parameters; relative where errors are. */
  readonly sigma: number;
  /** As R's `ets` counts it, without the constants of the density: comparable among these models only. */
  readonly logLikelihood: number;
  readonly aic: number;
  readonly aicc: number;
  readonly bic: number;
  readonly converged: boolean;
  apply(values: Float64Array): EtsModel;
}

/** A fit of the kernel and what it was made of. */
export interface EtsFit {
  values: Float64Array;
  season: number;
  spec: EtsSpec;
  isExpecting: boolean;
  estimate: SmoothingEstimate;
}

export function describe(fit: EtsFit): EtsModel {
  const { spec, season, estimate } = fit;
  const { alpha, beta, gamma, phi } = smoothingOf(estimate);
  return {
    name: nameOf(spec),
    spec,
    parameterCount: parameterCountOf(spec, season),
    parameters: {
      alpha,
      beta: spec.trend === "N" ? null : beta,
      gamma: spec.seasonal === "N" ? null : gamma,
      phi: spec.damped ? phi : null,
    },
    states: { first: statesOf(spec, estimate.first), last: statesOf(spec, estimate.last) },
    sigma: sigmaOf(fit),
    ...criteriaOf(fit),
    converged: estimate.converged,
    fitted: estimate.fitted.map(finite),
    predict: (horizon) => predict(fit, horizon),
    apply: (values) => apply(fit, values),
  };
}

function criteriaOf({ values, season, spec, estimate }: EtsFit) {
  const n = values.length;
  const k = parameterCountOf(spec, season);
  const { logLikelihood } = estimate;
  const aic = -2 * logLikelihood + 2 * k;
  return {
    logLikelihood,
    aic,
    // Not below 1 for what was searched; a model applied to a few values says nothing of its fit.
    aicc: aic + (2 * k * (k + 1)) / Math.max(1, n - k - 1),
    bic: -2 * logLikelihood + k * Math.log(n),
  };
}

function sigmaOf({ values, season, spec, estimate }: EtsFit): number {
  const left = values.length - parameterCountOf(spec, season) + 1;
  return finite(estimate.sigma * Math.sqrt(values.length / Math.max(1, left)));
}

const smoothingOf = ({ smoothing }: SmoothingEstimate) => ({
  alpha: smoothing[0]!,
  beta: smoothing[1]!,
  gamma: smoothing[2]!,
  phi: smoothing[3]!,
});

const statesOf = (spec: EtsSpec, states: Float64Array): EtsStates => ({
  level: states[0]!,
  trend: spec.trend === "N" ? null : states[1]!,
  seasons: spec.seasonal === "N" ? new Float64Array() : states.slice(2),
});

function predict(fit: EtsFit, horizon: number): Prediction {
  const { spec, season, estimate } = fit;
  const state: EtsState = {
    spec,
    season: spec.seasonal === "N" ? 1 : season,
    ...smoothingOf(estimate),
    level: estimate.last[0]!,
    trend: estimate.last[1]!,
    seasons: estimate.last.slice(2),
    sigma: sigmaOf(fit),
  };
  const { mean, standardError } = momentsOf(state, horizon);
  return normalPrediction(mean.map(finite), standardError.map(finite));
}

/** First states are found anew; where the series is too short for that, those of the fit are taken. */
function apply(fit: EtsFit, values: Float64Array): EtsModel {
  const { season, spec, isExpecting, estimate } = fit;
  const shape = shapeOf(spec, season);
  const limits = { isExpecting, stretches: 1, maxWork: Number.POSITIVE_INFINITY };
  const kept = { smoothing: estimate.smoothing, states: estimate.first };
  const settled =
    fitSmoothing(values, shape, { mode: "states", start: kept }, limits) ??
    fitSmoothing(values, shape, { mode: "nothing", start: kept }, limits);
  if (!settled)
    throw fail(
      "malformed_data",
      `The series has too few values for ${nameOf(spec)}, or some it cannot have.`,
    );
  return describe({ values, season, spec, isExpecting, estimate: settled });
}

/**
 * Near the ends of the range of a double sums of states leave it, and relative errors compound: told is the last number
 * that an interval can still be made of.
 */
function finite(value: number): number {
  if (Number.isNaN(value)) return 0;
  return Math.max(-MOST, Math.min(MOST, value));
}
const MOST = 1e306;
