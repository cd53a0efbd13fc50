import {
  type ArmaEstimate,
  type ArmaSearch,
  type ArmaShape,
  evaluateArma,
  fitArma,
  predictArma,
} from "../kernel/arima";
import { difference, differencePolynomial } from "./differencing";
import { normalQuantile } from "./normal";

/** ARIMA(p,d,q)(P,D,Q)[m]; without a season P = D = Q = 0 and m = 1. A mean belongs to it where nothing is differenced. */
export interface ArimaOrder {
  p: number;
  d: number;
  q: number;
  P: number;
  D: number;
  Q: number;
  m: number;
}

export interface FitOptions extends ArmaSearch {}

/**
 * Several starting points, for a (2,1,2) has several maxima (measured on AirPassengers: -688.7 from zero alone, -671.7
 * from a screened point). Measured: 3 ms for it at 1,000 values, 27 ms at 10,000.
 */
export const DEFAULT_FIT: FitOptions = { method: "ml", searches: 5, maxEvaluations: 6_000 };

/**
 * What one evaluation of the likelihood costs, in µs, rounded up from measurements (README): a settled filter costs
 * its lags, a seasonal one often never settles and costs the whole state; the start costs the square of it.
 */
export function evaluationMicros({ p, q, P, Q, m }: ArimaOrder, n: number): number {
  const state = Math.max(p + P * m, q + Q * m + 1);
  const isSeasonal = P + Q > 0;
  const lags = (p + 1) * (P + 1) + (q + 1) * (Q + 1) - 2;
  const settled = p <= 2 && q <= 2 && !isSeasonal ? 0.002 * n : n * (0.002 + 0.0006 * lags);
  const unsettled = isSeasonal ? n : Math.min(n, 100 * state);
  return 0.5 + settled + 0.0006 * unsettled * state + 0.004 * state * state;
}

export interface ArimaCoefficients {
  ar: number[];
  /** With plus signs: w_t = ... + e_t + ma_1 e_(t-1). */
  ma: number[];
  sar: number[];
  sma: number[];
  /** Mean of the series, not the constant of its recursion; null where the series was differenced. */
  mean: number | null;
}

/** A fitted model: only this can predict. */
export interface ArimaFit {
  order: ArimaOrder;
  coefficients: ArimaCoefficients;
  /** Variance of the innovations, divided by n: the maximum likelihood estimate. */
  sigma2: number;
  /** Divided by n less the number of coefficients, as R's forecast does: what intervals are made of. */
  sigma2Adjusted: number;
  logLikelihood: number;
  /** n counts after differencing; k counts the coefficients, the mean and sigma2. */
  aic: number;
  /** Null where n <= k + 1: it is not defined there. */
  aicc: number | null;
  bic: number;
  /** One-step errors of the differenced series, the first value's first. */
  residuals: Float64Array;
  converged: boolean;
  /** Evaluations of the likelihood that the fit took. */
  evaluations: number;
  /** The budget of evaluations ran out; the fit is the best met until then. */
  budgetSpent: boolean;
  /** The series it stands on. */
  values: Float64Array;
  estimate: ArmaEstimate;
}

export interface Forecast {
  mean: Float64Array;
  lower: Float64Array;
  upper: Float64Array;
  standardError: Float64Array;
}

/**
 * Fits by exact Gaussian maximum likelihood of the differenced series.
 * Fails with `not_enough_data`, `invalid_request` (orders) or `malformed_data` (not finite, or constant once differenced).
 */
export function fitArima(
  values: Float64Array,
  order: ArimaOrder,
  options: Partial<FitOptions> = {},
): ArimaFit {
  const w = differenced(values, order);
  return describe(values, order, fitArma(w, shapeOf(order), { ...DEFAULT_FIT, ...options }));
}

/** The same coefficients on another series, e.g. one that has gone on: nothing is estimated but the mean and sigma2. */
export function applyArima(fit: ArimaFit, values: Float64Array): ArimaFit {
  const w = differenced(values, fit.order);
  return describe(values, fit.order, evaluateArma(w, shapeOf(fit.order), fit.estimate.coefficients));
}

/** The model of given coefficients (ar, ma, sar, sma): for checks of the likelihood itself. */
export function evaluateArima(values: Float64Array, order: ArimaOrder, coefficients: number[]): ArimaFit {
  const w = differenced(values, order);
  return describe(values, order, evaluateArma(w, shapeOf(order), Float64Array.from(coefficients)));
}

/** Predicts `horizon` steps with a prediction interval of probability `level`, normal errors assumed. */
export function forecast(fit: ArimaFit, horizon: number, level = 0.95): Forecast {
  const { values, order } = fit;
  const delta = differencePolynomial(order.d, order.D, order.m);
  const last = values.slice(values.length - delta.length);
  const w = differenced(values, order);
  const { points, variances } = predictArma(
    w,
    shapeOf(order),
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

export function differenced(values: Float64Array, order: ArimaOrder): Float64Array {
  return difference(difference(values, order.m, order.D), 1, order.d);
}

const shapeOf = ({ p, q, P, Q, m, d, D }: ArimaOrder): ArmaShape => ({
  p,
  q,
  seasonalP: P,
  seasonalQ: Q,
  season: m,
  hasMean: d + D === 0,
});

function describe(values: Float64Array, order: ArimaOrder, estimate: ArmaEstimate): ArimaFit {
  const { p, q, P } = order;
  const all = Array.from(estimate.coefficients);
  const hasMean = order.d + order.D === 0;
  const n = estimate.innovations.length;
  const estimated = all.length + (hasMean ? 1 : 0);
  const k = estimated + 1;
  const aic = -2 * estimate.logLikelihood + 2 * k;
  const sigma2 = estimate.sigma ** 2;
  return {
    order,
    coefficients: {
      ar: all.slice(0, p),
      ma: all.slice(p, p + q),
      sar: all.slice(p + q, p + q + P),
      sma: all.slice(p + q + P),
      mean: hasMean ? estimate.mean : null,
    },
    sigma2,
    sigma2Adjusted: n > estimated ? (sigma2 * n) / (n - estimated) : sigma2,
    logLikelihood: estimate.logLikelihood,
    aic,
    aicc: n > k + 1 ? aic + (2 * k * (k + 1)) / (n - k - 1) : null,
    bic: -2 * estimate.logLikelihood + k * Math.log(n),
    residuals: estimate.innovations,
    converged: estimate.converged,
    evaluations: estimate.evaluations,
    budgetSpent: estimate.spent,
    values,
    estimate,
  };
}
