import { predictArma } from "../../kernel/arima";
import { differencePolynomial } from "../differencing";
import { normalQuantile } from "../normal";
import type { ArimaFit } from "./fit";
import { differenced, shapeOf } from "./order";

export interface Forecast {
  mean: Float64Array;
  lower: Float64Array;
  upper: Float64Array;
  standardError: Float64Array;
}

/** Predicts `horizon` steps with a prediction interval of probability `level`, normal errors assumed. */
export function forecast(fit: ArimaFit, horizon: number, level = 0.95): Forecast {
  const { values, order } = fit;
  const delta = differencePolynomial(order.d, order.D, order.m);
  const last = values.slice(values.length - delta.length);
  const w = differenced(values, order);
  const { points, variances } = predictArma(
    w,
    shapeOf(order, fit.constant),
    fit.estimate.coefficients,
    { delta, last },
    horizon,
  );
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
