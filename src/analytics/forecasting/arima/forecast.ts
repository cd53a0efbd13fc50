import { fail } from "../../../core/errors";
import { predictArma } from "../../kernel/arima";
import { differencePolynomial } from "../differencing";
import { normalQuantile } from "../normal";
import type { ArimaFit } from "./fit";
import { hasGaps, lookAhead } from "./gaps";
import { differenced, shapeOf } from "./order";

export interface Forecast {
  mean: Float64Array;
  lower: Float64Array;
  upper: Float64Array;
  standardError: Float64Array;
}

const MAX_HORIZON = 10_000;

/**
 * Predicts `horizon` steps beyond the end of the series, the missing steps there included, with a prediction interval of
 * probability `level`, normal errors assumed.
 */
export function forecast(fit: ArimaFit, horizon: number, level = 0.95): Forecast {
  const { points, variances } = hasGaps(fit.values) ? pastGaps(fit, horizon) : direct(fit, horizon);
  const sigma = fit.estimate.sigma * Math.sqrt(fit.sigma2Adjusted / fit.sigma2 || 1);
  const z = normalQuantile((1 + level) / 2);
  const standardError = variances.map((variance) => sigma * Math.sqrt(Math.max(0, variance)));
  return {
    mean: points,
    lower: points.map((point, h) => point - z * standardError[h]!),
    upper: points.map((point, h) => point + z * standardError[h]!),
    standardError,
  };
}

interface Predicted {
  points: Float64Array;
  /** In units of sigma squared. */
  variances: Float64Array;
}

function direct({ values, order, constant, estimate }: ArimaFit, horizon: number): Predicted {
  const delta = differencePolynomial(order.d, order.D, order.m);
  const last = values.slice(values.length - delta.length);
  const shape = shapeOf(order, constant);
  return predictArma(differenced(values, order), shape, estimate.coefficients, { delta, last }, horizon);
}

function pastGaps({ values, order, constant, estimate }: ArimaFit, horizon: number): Predicted {
  if (!(horizon >= 1 && horizon <= MAX_HORIZON)) {
    throw fail("invalid_request", `The horizon must be 1 to ${MAX_HORIZON} steps.`);
  }
  const missing = values.length - 1 - values.findLastIndex((value) => !Number.isNaN(value));
  const run = lookAhead(values, order, constant, estimate.coefficients, missing + horizon);
  return { points: run.predictions.slice(-horizon), variances: run.variances.slice(-horizon) };
}

/** The series with its missing values replaced by what the model expects of them given all others; those before the first stay. */
export function fillMissing({ values, order, constant, estimate }: ArimaFit): Float64Array {
  if (!hasGaps(values)) return values.slice();
  const first = values.findIndex((value) => !Number.isNaN(value));
  const missing = values.length - 1 - values.findLastIndex((value) => !Number.isNaN(value));
  const completed = values.slice();
  completed.set(lookAhead(values, order, constant, estimate.coefficients, missing).filled, first);
  return completed;
}
