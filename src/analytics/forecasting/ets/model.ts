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

/** Normal numbers end here; a mean or an error beyond is told as the last that is finite. */
const finite = (values: Float64Array): Float64Array =>
  values.map((value) => (Number.isFinite(value) ? value : value < 0 ? -Number.MAX_VALUE : Number.MAX_VALUE));

export function describe(
  values: Float64Array,
  season: number,
  spec: EtsSpec,
  estimate: SmoothingEstimate,
): EtsModel {
  const n = values.length;
  const k = parameterCountOf(spec, season);
  const { logLikelihood } = estimate;
  const [alpha, beta, gamma, phi] = estimate.smoothing as unknown as [number, number, number, number];
  const sigma = estimate.sigma * Math.sqrt(n / Math.max(1, n - k + 1));
  const aic = -2 * logLikelihood + 2 * k;
  const state: EtsState = {
    spec,
    season: spec.seasonal === "N" ? 1 : season,
    alpha,
    beta,
    gamma,
    phi,
    level: estimate.last[0]!,
    trend: estimate.last[1]!,
    seasons: estimate.last.slice(2),
    sigma,
  };
  return {
    name: nameOf(spec),
    spec,
    parameterCount: k,
    parameters: {
      alpha,
      beta: spec.trend === "N" ? null : beta,
      gamma: spec.seasonal === "N" ? null : gamma,
      phi: spec.damped ? phi : null,
    },
    states: { first: statesOf(spec, estimate.first), last: statesOf(spec, estimate.last) },
    sigma,
    logLikelihood,
    aic,
    aicc: aic + (2 * k * (k + 1)) / Math.max(1, n - k - 1),
    bic: -2 * logLikelihood + k * Math.log(n),
    converged: estimate.converged,
    fitted: estimate.fitted,
    predict: (horizon) => predict(state, horizon),
    apply: (other) => apply(other, season, spec, estimate),
  };
}

const statesOf = (spec: EtsSpec, states: Float64Array): EtsStates => ({
  level: states[0]!,
  trend: spec.trend === "N" ? null : states[1]!,
  seasons: spec.seasonal === "N" ? new Float64Array() : states.slice(2),
});

function predict(state: EtsState, horizon: number): Prediction {
  const { mean, standardError } = momentsOf(state, horizon);
  return normalPrediction(finite(mean), finite(standardError));
}

function apply(values: Float64Array, season: number, spec: EtsSpec, estimate: SmoothingEstimate): EtsModel {
  const shape = shapeOf(spec, season);
  const limits = { stretches: 0, maxWork: Number.POSITIVE_INFINITY };
  const settled = fitSmoothing(values, shape, { mode: "states", start: estimate }, limits);
  const kept = { smoothing: estimate.smoothing, states: estimate.first };
  const found = settled ?? fitSmoothing(values, shape, { mode: "nothing", start: kept }, limits);
  if (!found)
    throw fail(
      "malformed_data",
      `The series is too short for ${nameOf(spec)}, or not positive where it must be.`,
    );
  return describe(values, season, spec, found);
}
