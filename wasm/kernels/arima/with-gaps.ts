// The functions a host may call for a series with missing values. Beside the differenced series `w`, whose gaps the caller
// has filled somehow before differencing, they take the series itself: `y`, n values, not a number where missing, and
// `x`, n values whose difference is 1 everywhere, the regressor of the mean or drift (not read without one).
import { column, isFull } from "./arena";
import * as bfgs from "./bfgs";
import { centre, CONVERGED, EVALUATIONS, LOG_LIKELIHOOD, MEAN, OBSERVATIONS, open, series, SIGMA, SPENT, spread } from "./call";
import { at, copy, put } from "./columns";
import * as gaps from "./gaps";
import * as gaussNewton from "./gauss-newton";
import * as information from "./information";
import * as model from "./model";
import * as pairs from "./pair-filter";
import * as problem from "./problem";
import * as starts from "./starts";
import { NOT_STATIONARY, OK, OUT_OF_MEMORY, SINGULAR } from "./status";

/** Taken out of y: a level, which differences and a mean do not see. */
let reference: f64 = 0;

/** Estimates as `fit`: from the filled series first, then from the series with its gaps. */
export function fitWithGaps(
  w: usize, count: i32, y: usize, x: usize, n: i32, p: i32, q: i32, seasonalP: i32, seasonalQ: i32, season: i32,
  hasMean: i32, delta: usize, deltaOrder: i32, searches: i32, maxEvaluations: i32, coefficients: usize, summary: usize,
): i32 {
  const status = open(w, count, p, q, seasonalP, seasonalQ, season, hasMean);
  if (status != OK) return status;
  const unknowns = model.coefficientCount;
  const innovations = column(count);
  bfgs.prepare(unknowns);
  gaussNewton.prepare(unknowns, count);
  starts.prepare(unknowns);
  pairs.prepare(count, hasMean != 0);
  take(y, x, n, hasMean != 0, delta, deltaOrder, false);
  if (isFull()) return OUT_OF_MEMORY;
  problem.pose(series, innovations, count, maxEvaluations);
  if (starts.solve(unknowns, count, true, searches) == 0) return SINGULAR;
  const best = starts.solveWithGaps(unknowns);
  if (best == 0) return SINGULAR;
  model.setUnconstrained(best);
  if (!summarise(summary)) return SINGULAR;
  copy(coefficients, model.coefficients, unknowns);
  put(summary, EVALUATIONS, Math.ceil(problem.evaluations));
  put(summary, CONVERGED, starts.bestConverged ? 1.0 : 0.0);
  put(summary, SPENT, problem.isSpent() ? 1.0 : 0.0);
  return OK;
}

/**
 * At given coefficients, n values each: `predictions` of every step from those before it, their `variances` in units of
 * sigma2, `errors` (not a number where there is none) and the series `filled` with what is expected of its gaps given all
 * its values. Steps missing at the end are predictions of the future.
 */
export function evaluateWithGaps(
  w: usize, count: i32, y: usize, x: usize, n: i32, p: i32, q: i32, seasonalP: i32, seasonalQ: i32, season: i32,
  hasMean: i32, delta: usize, deltaOrder: i32, coefficients: usize, predictions: usize, variances: usize, errors: usize,
  filled: usize, summary: usize,
): i32 {
  const status = open(w, count, p, q, seasonalP, seasonalQ, season, hasMean);
  if (status != OK) return status;
  take(y, x, n, hasMean != 0, delta, deltaOrder, true);
  if (isFull()) return OUT_OF_MEMORY;
  model.setCoefficients(coefficients);
  if (!summarise(summary)) return NOT_STATIONARY;
  put(summary, EVALUATIONS, 1.0);
  put(summary, CONVERGED, 1.0);
  put(summary, SPENT, 0.0);
  const weight = gaps.mean;
  gaps.takeOut(weight);
  gaps.run(true);
  gaps.smooth(filled);
  for (let t = 0; t < n; t++) {
    const added = hasMean != 0 ? weight * at(x, t) : 0.0;
    put(predictions, t, (gaps.predictionAt(t) + added) * spread + reference);
    put(variances, t, gaps.varianceAt(t));
    put(errors, t, gaps.errorAt(t) * spread);
    const value = at(y, t);
    put(filled, t, value == value ? value : (at(filled, t) + added) * spread + reference);
  }
  return OK;
}

/** As `uncertainty`. */
export function uncertaintyWithGaps(
  w: usize, count: i32, y: usize, x: usize, n: i32, p: i32, q: i32, seasonalP: i32, seasonalQ: i32, season: i32,
  hasMean: i32, delta: usize, deltaOrder: i32, coefficients: usize, covariance: usize,
): i32 {
  const status = open(w, count, p, q, seasonalP, seasonalQ, season, hasMean);
  if (status != OK) return status;
  take(y, x, n, hasMean != 0, delta, deltaOrder, false);
  information.prepare(model.coefficientCount, true);
  if (isFull()) return OUT_OF_MEMORY;
  if (!information.covariance(coefficients, 0, 0, 0, hasMean != 0, covariance)) return SINGULAR;
  if (hasMean != 0) information.scaleMean(covariance, spread);
  return OK;
}

function take(y: usize, x: usize, n: i32, hasMean: bool, delta: usize, deltaOrder: i32, smooths: bool): void {
  const scaled = column(n);
  gaps.prepare(scaled, hasMean ? x : 0, n, delta, deltaOrder, smooths);
  if (isFull()) return;
  reference = deltaOrder > 0 ? firstValue(y, n) : centre;
  for (let t = 0; t < n; t++) put(scaled, t, (at(y, t) - reference) / spread);
}

function firstValue(y: usize, n: i32): f64 {
  for (let t = 0; t < n; t++) if (at(y, t) == at(y, t)) return at(y, t);
  return 0.0;
}

function summarise(summary: usize): bool {
  const objective = gaps.run(false);
  if (!isFinite(objective)) return false;
  const n = <f64>gaps.observations;
  put(summary, LOG_LIKELIHOOD, -0.5 * n * (Math.log(2.0 * Math.PI) + 1.0 + 2.0 * Math.log(spread)) - n * objective);
  put(summary, SIGMA, Math.sqrt(gaps.sumSquares / n) * spread);
  put(summary, MEAN, gaps.mean * spread + (gaps.lagCount() == 0 ? reference : 0.0));
  put(summary, OBSERVATIONS, n);
  return true;
}
