import { type ArmaEstimate, type ArmaSearch, evaluateArma, fitArma } from "../../kernel/arima";
import { fitArmaWithGaps } from "../../kernel/arima-gaps";
import { type Budget, unlimited } from "../budget";
import { evaluateGaps, gapEvaluationMicros, gapSeries, hasGaps, MOST_EVALUATIONS_WITH_GAPS } from "./gaps";
import { type ArimaOrder, differenced, evaluationMicros, resolveConstant, shapeOf } from "./order";
import { type Uncertainty, uncertaintyEvaluations, uncertaintyOf } from "./uncertainty";

export interface FitOptions extends ArmaSearch {
  /** A mean, or a drift after one difference. By default a mean where nothing is differenced, and no drift. */
  constant?: boolean;
  /** Standard errors and their covariance; false where a search over orders does not want them. */
  standardErrors: boolean;
}

/**
 * Several starting points, for a (2,1,2) has several maxima (measured on AirPassengers: -688.7 from zero alone, -671.7
 * from a screened point).
 */
export const DEFAULT_FIT: FitOptions = {
  method: "ml",
  searches: 5,
  maxEvaluations: 6_000,
  standardErrors: true,
};

export interface ArimaCoefficients {
  ar: number[];
  /** With plus signs: w_t = ... + e_t + ma_1 e_(t-1). */
  ma: number[];
  sar: number[];
  sma: number[];
  /** Mean of the series, not the constant of its recursion; null without one and where the series was differenced. */
  mean: number | null;
  /** Mean change a step; null without one. */
  drift: number | null;
}

/** A fitted model: only this can predict. */
export interface ArimaFit {
  order: ArimaOrder;
  /** Whether a mean or a drift was estimated. */
  constant: boolean;
  coefficients: ArimaCoefficients;
  /** Variance of the innovations, divided by n: the maximum likelihood estimate. */
  sigma2: number;
  /** Divided by n less the number of coefficients, as R's forecast does: what intervals are made of. */
  sigma2Adjusted: number;
  logLikelihood: number;
  /** n counts the values after differencing that are not missing; k counts the coefficients, the mean or drift, and sigma2. */
  aic: number;
  /** Null where n <= k + 1: it is not defined there. */
  aicc: number | null;
  bic: number;
  /** One-step errors of the differenced series, the first value's first; NaN where a value is missing. */
  residuals: Float64Array;
  converged: boolean;
  /** Evaluations of the likelihood that the fit took. */
  evaluations: number;
  /** The budget of evaluations ran out; the fit is the best met until then. */
  budgetSpent: boolean;
  /** Null where it was not asked for, does not fit into the budget, or the information is not positive definite. */
  uncertainty: Uncertainty | null;
  /** The series it stands on. */
  values: Float64Array;
  estimate: ArmaEstimate;
}

/**
 * Fits by exact Gaussian maximum likelihood of the differenced series; values that are NaN are missing, and the
 * likelihood is that of the others. Stops with the best so far at `maxEvaluations`, or when what they cost
 * ({@link evaluationMicros}) has used up the budget, and may pass either by one gradient.
 * Fails with `not_enough_data`, `invalid_request` (orders), `malformed_data` (infinite, or constant once differenced) or
 * `work_budget_exceeded` (missing values in a series too long for its season).
 */
export function fitArima(
  values: Float64Array,
  order: ArimaOrder,
  options: Partial<FitOptions> = {},
  budget: Budget = unlimited(),
): ArimaFit {
  const constant = resolveConstant(order, options.constant);
  const withGaps = hasGaps(values);
  const cost = (withGaps ? gapEvaluationMicros : evaluationMicros)(order, values.length);
  const most = withGaps ? MOST_EVALUATIONS_WITH_GAPS : DEFAULT_FIT.maxEvaluations;
  const wanted = options.maxEvaluations ?? most;
  const maxEvaluations = Math.max(1, Math.min(wanted, Math.floor(budget.left / cost)));
  const settings = { ...DEFAULT_FIT, ...options, maxEvaluations };
  const estimate = (withGaps ? estimateWithGaps : estimated)(values, order, constant, settings);
  budget.spend(estimate.evaluations * cost);
  const fit = describe(values, order, constant, estimate);
  const price = uncertaintyEvaluations(order) * cost;
  if (!settings.standardErrors || price > budget.left) return fit;
  budget.spend(price);
  return { ...fit, uncertainty: uncertaintyOf(fit) };
}

const estimated = (values: Float64Array, order: ArimaOrder, constant: boolean, search: ArmaSearch) =>
  fitArma(differenced(values, order), shapeOf(order, constant), search);

function estimateWithGaps(values: Float64Array, order: ArimaOrder, constant: boolean, search: ArmaSearch) {
  const found = fitArmaWithGaps(gapSeries(values, order), shapeOf(order, constant), search);
  return { ...evaluateGaps(values, order, constant, found.coefficients), ...found };
}

function evaluated(values: Float64Array, order: ArimaOrder, constant: boolean, coefficients: Float64Array) {
  if (hasGaps(values)) return evaluateGaps(values, order, constant, coefficients);
  return evaluateArma(differenced(values, order), shapeOf(order, constant), coefficients);
}

/** The same coefficients on another series, e.g. one that has gone on: nothing is estimated but the constant and sigma2. */
export function applyArima(fit: ArimaFit, values: Float64Array): ArimaFit {
  const { order, constant, estimate } = fit;
  return describe(values, order, constant, evaluated(values, order, constant, estimate.coefficients));
}

/** The model of given coefficients (ar, ma, sar, sma): for checks of the likelihood itself. */
export function evaluateArima(
  values: Float64Array,
  order: ArimaOrder,
  coefficients: number[],
  options: Pick<FitOptions, "constant"> = {},
): ArimaFit {
  const constant = resolveConstant(order, options.constant);
  const estimate = evaluated(values, order, constant, Float64Array.from(coefficients));
  return describe(values, order, constant, estimate);
}

function describe(
  values: Float64Array,
  order: ArimaOrder,
  constant: boolean,
  estimate: ArmaEstimate,
): ArimaFit {
  const n = estimate.observations;
  const estimated = estimate.coefficients.length + (constant ? 1 : 0);
  const k = estimated + 1;
  const aic = -2 * estimate.logLikelihood + 2 * k;
  const sigma2 = estimate.sigma ** 2;
  return {
    order,
    constant,
    coefficients: named(order, constant, estimate),
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
    uncertainty: null,
    values,
    estimate,
  };
}

function named(
  { p, d, q, P, D, m }: ArimaOrder,
  constant: boolean,
  estimate: ArmaEstimate,
): ArimaCoefficients {
  const all = Array.from(estimate.coefficients);
  const isDifferenced = d + D > 0;
  return {
    ar: all.slice(0, p),
    ma: all.slice(p, p + q),
    sar: all.slice(p + q, p + q + P),
    sma: all.slice(p + q + P),
    mean: constant && !isDifferenced ? estimate.mean : null,
    // A seasonal difference is the change of m steps.
    drift: constant && isDifferenced ? estimate.mean / (D > 0 ? m : 1) : null,
  };
}
