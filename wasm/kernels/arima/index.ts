// ARIMA by exact maximum likelihood: the functions a host may call. Memory, units and status codes: wasm/README.md.
import { column, isFull } from "./arena";
import { at, copy, put } from "./columns";
import {
  centre, CONVERGED, EVALUATIONS, LOG_LIKELIHOOD, MEAN, open, series, SETTLED_AT, SIGMA, SPENT, spread, SUM_LOG_VARIANCE,
} from "./call";
import * as gaussNewton from "./gauss-newton";
import * as information from "./information";
import * as likelihood from "./likelihood";
import * as model from "./model";
import * as pairs from "./pair-filter";
import { predict } from "./predict";
import * as problem from "./problem";
import * as bfgs from "./bfgs";
import * as starts from "./starts";
import { BAD_HORIZON, MAX_HORIZON, NOT_STATIONARY, OK, OUT_OF_MEMORY, SINGULAR } from "./status";

export { allocate, reset } from "./arena";
export { evaluateWithGaps, fitWithGaps, uncertaintyWithGaps } from "./with-gaps";

/**
 * Estimates the coefficients of the differenced series `w` (n values): `coefficients` gets p + q + P + Q values in the
 * order ar, ma, seasonal ar, seasonal ma; `innovations` gets n one-step errors in the units of w; `summary` 8 values.
 */
export function fit(
  w: usize, n: i32, p: i32, q: i32, seasonalP: i32, seasonalQ: i32, season: i32, hasMean: i32, isExact: i32,
  searches: i32, maxEvaluations: i32, coefficients: usize, innovations: usize, summary: usize,
): i32 {
  const status = open(w, n, p, q, seasonalP, seasonalQ, season, hasMean);
  if (status != OK) return status;
  const unknowns = model.coefficientCount;
  bfgs.prepare(unknowns);
  gaussNewton.prepare(unknowns, n);
  starts.prepare(unknowns);
  pairs.prepare(n, hasMean != 0);
  if (isFull()) return OUT_OF_MEMORY;
  problem.pose(series, innovations, n, maxEvaluations);
  const best = starts.solve(unknowns, n, isExact != 0, searches);
  if (best == 0) return SINGULAR;
  model.setUnconstrained(best);
  // A conditional estimate may stand where the exact likelihood has no finite value: it is drawn in until it has.
  let isClosed = close(n, innovations, summary);
  for (let tries = 0; tries < 40 && !isClosed; tries++) {
    for (let i = 0; i < unknowns; i++) put(best, i, 0.95 * at(best, i));
    model.setUnconstrained(best);
    isClosed = close(n, innovations, summary);
  }
  if (!isClosed) return SINGULAR;
  copy(coefficients, model.coefficients, unknowns);
  put(summary, EVALUATIONS, Math.ceil(problem.evaluations));
  put(summary, CONVERGED, starts.bestConverged ? 1.0 : 0.0);
  put(summary, SPENT, problem.isSpent() ? 1.0 : 0.0);
  return OK;
}

/** The likelihood of given coefficients: the same outputs as `fit`. */
export function evaluate(
  w: usize, n: i32, p: i32, q: i32, seasonalP: i32, seasonalQ: i32, season: i32, hasMean: i32,
  coefficients: usize, innovations: usize, summary: usize,
): i32 {
  const status = open(w, n, p, q, seasonalP, seasonalQ, season, hasMean);
  if (status != OK) return status;
  model.setCoefficients(coefficients);
  if (!close(n, innovations, summary)) return NOT_STATIONARY;
  put(summary, EVALUATIONS, 1.0);
  put(summary, CONVERGED, 1.0);
  put(summary, SPENT, 0.0);
  return OK;
}

/**
 * The covariance of the estimates: (p + q + P + Q + hasMean)^2 values in `covariance`, the mean last. SINGULAR where the
 * observed information is not positive definite.
 */
export function uncertainty(
  w: usize, n: i32, p: i32, q: i32, seasonalP: i32, seasonalQ: i32, season: i32, hasMean: i32,
  coefficients: usize, covariance: usize,
): i32 {
  const status = open(w, n, p, q, seasonalP, seasonalQ, season, hasMean);
  if (status != OK) return status;
  const innovations = column(n);
  pairs.prepare(n, hasMean != 0);
  information.prepare(model.coefficientCount, false);
  if (isFull()) return OUT_OF_MEMORY;
  if (!information.covariance(coefficients, series, innovations, n, hasMean != 0, covariance)) return SINGULAR;
  if (hasMean != 0) information.scaleMean(covariance, spread);
  return OK;
}

/**
 * Predicts `horizon` values of the undifferenced series. `delta`: deltaOrder coefficients of the difference polynomial
 * 1 - delta_1 B - ...; `last`: the last deltaOrder values of the series, oldest first. `points` and `variances` (in
 * units of sigma2) get `horizon` values.
 */
export function forecast(
  w: usize, n: i32, p: i32, q: i32, seasonalP: i32, seasonalQ: i32, season: i32, hasMean: i32, coefficients: usize,
  delta: usize, deltaOrder: i32, last: usize, horizon: i32, points: usize, variances: usize,
): i32 {
  if (horizon < 1 || horizon > MAX_HORIZON || deltaOrder < 0) return BAD_HORIZON;
  const status = open(w, n, p, q, seasonalP, seasonalQ, season, hasMean);
  if (status != OK) return status;
  const size = min(model.stateLength, horizon);
  const innovations = column(n);
  const covariance = column(size * size);
  const history = column(deltaOrder + horizon);
  const impulse = column(horizon);
  const response = column(horizon);
  if (isFull()) return OUT_OF_MEMORY;
  model.setCoefficients(coefficients);
  if (!isFinite(likelihood.run(series, innovations, n, covariance, size))) return NOT_STATIONARY;
  for (let k = 0; k < deltaOrder; k++) put(history, k, at(last, k) / spread);
  predict(centre / spread, history, delta, deltaOrder, covariance, size, impulse, response, horizon, points, variances);
  for (let h = 0; h < horizon; h++) put(points, h, at(points, h) * spread);
  return OK;
}

/** The last run of the filter, whose numbers go out in the units of w. */
function close(n: i32, innovations: usize, summary: usize): bool {
  const objective = likelihood.run(series, innovations, n, 0, 0);
  if (!isFinite(objective)) return false;
  likelihood.removeMean(innovations, n);
  for (let t = 0; t < n; t++) put(innovations, t, at(innovations, t) * spread);
  // log L = -n/2 (log 2 pi + log(S/n) + 1) - (sum log F)/2, and a change of scale adds its logarithm for each value.
  const constant = Math.log(2.0 * Math.PI) + 1.0 + 2.0 * Math.log(spread);
  put(summary, LOG_LIKELIHOOD, -0.5 * n * constant - n * objective);
  put(summary, SIGMA, Math.sqrt(likelihood.sumSquares / n) * spread);
  put(summary, SUM_LOG_VARIANCE, likelihood.sumLogVariance);
  put(summary, MEAN, centre + likelihood.mean * spread);
  put(summary, SETTLED_AT, <f64>likelihood.settledAt);
  return true;
}
