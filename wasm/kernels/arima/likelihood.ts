// The exact Gaussian likelihood of a stationary ARMA by Chandrasekhar's form of the Kalman filter: O(r) a step instead
// of O(r^2), for the covariance changes by one rank a step, P_(t+1) = P_t - u_t u_t' / F_t (Morf, Sidhu and Kailath 1974,
// "Some new algorithms for recursive estimation in constant linear systems"; for ARMA: Pearlman 1980, Biometrika 67).
// Their M_t is -F_t / F_0^2 at every step, so with L_t in units of it a step is a rotation by one reflection rho:
//   rho = u_0 / F;   g <- g - rho T u;   u <- T u - rho g;   F <- F - rho u_0       (g: T P Z', the gain times F)
// as in Schur's algorithm. That has one division, and half the waiting of the form with M and L.
// sigma2 is concentrated out. So is the mean: innovations are linear in it, so it is the generalised least squares
// mean of the very same filter run on a column of ones.
import * as autocovariance from "./autocovariance";
import { column, isFull } from "./arena";
import { at, clear, copy, put } from "./columns";
import { addRankOne, fillSettled, fillStationary } from "./covariance";
import { innovate } from "./innovations";
import { ar, arOrder, ma, maOrder, PADDING, stateLength } from "./model";

/**
 * Settled: the variance of a prediction is that of the noise to within this, for as many steps as there are lags.
 * The log-likelihood then moves by less than about the root of it.
 */
export const SETTLED: f64 = 1e-12;

let gain: usize = 0;
let update: usize = 0;
/** Predicted state at n + 1 of the series, and of the column of ones. */
export let state: usize = 0;
export let unitState: usize = 0;
/** A column of ones and its innovations. */
let ones: usize = 0;
let unitInnovations: usize = 0;

/** Results of the last {@link run}: sums over t of v^2 / F and of log F, the mean, and the step it settled at. */
export let sumSquares: f64 = 0;
export let sumLogVariance: f64 = 0;
export let mean: f64 = 0;
/** Sum of the squared standardised innovations of ones: sigma2 over it is the mean's variance. */
export let unitInformation: f64 = 0;
export let settledAt: i32 = 0;
let withMean: bool = false;
let logProduct: f64 = 0;
let product: f64 = 1;

export function prepare(n: i32, estimatesMean: bool): void {
  const length = stateLength + PADDING;
  gain = column(length);
  update = column(length);
  state = column(length);
  unitState = column(length);
  withMean = estimatesMean;
  const units = withMean ? n : 0;
  ones = column(units);
  unitInnovations = column(units);
  autocovariance.prepare();
  if (!isFull()) for (let t = 0; t < units; t++) put(ones, t, 1.0);
}

/**
 * Runs the filter with the model's current coefficients. Writes the innovations to `e` and returns minus the
 * log-likelihood a value without its constants, (log(S / n) + sum log F / n) / 2; infinite where there is none.
 * `covariance`, where it is not 0, gets the first `size` rows and columns of the predicted state's at n + 1.
 */
export function run(w: usize, e: usize, n: i32, covariance: usize, size: i32): f64 {
  if (!autocovariance.start()) return Infinity;
  const first = autocovariance.firstColumn;
  const r = stateLength;
  for (let i = 0; i < r; i++) put(gain, i, (i < r - 1 ? at(first, i + 1) : 0.0) + at(ar, i) * at(first, 0));
  for (let i = r; i < r + PADDING; i++) put(gain, i, 0.0);
  copy(update, gain, r + PADDING);
  clear(state, r + PADDING);
  clear(unitState, r + PADDING);

  let variance = at(first, 0);
  let inverse = 1.0 / variance;
  let seriesSquares = 0.0;
  let crossProducts = 0.0;
  let unitSquares = 0.0;
  logProduct = 0.0;
  product = 1.0;
  if (covariance != 0) fillStationary(covariance, size);
  const lags = max(arOrder, maOrder);
  // The register form of the innovations reads two values back.
  const earliest = max(lags, 2);
  let settledFor = 0;
  let t = 0;
  for (; t < n; t++) {
    settledFor = variance < 1.0 + SETTLED ? settledFor + 1 : 0;
    if (settledFor > lags && t >= earliest) break;
    const head = at(state, 0);
    const v = at(w, t) - head;
    const weight = v * inverse;
    put(e, t, v);
    seriesSquares += v * weight;
    if (withMean) {
      const unit = 1.0 - at(unitState, 0);
      put(unitInnovations, t, unit);
      crossProducts += v * unit * inverse;
      unitSquares += unit * unit * inverse;
      advanceState(unitState, unit * inverse);
    }
    multiply(variance);
    if (covariance != 0) addRankOne(covariance, size, update, -inverse);
    const first0 = at(update, 0);
    const reflection = first0 * inverse;
    variance -= reflection * first0;
    if (!(variance > 0.0)) return Infinity;
    inverse = 1.0 / variance;
    advance(head, weight, first0, reflection);
  }
  settledAt = t;
  if (t < n) {
    seriesSquares += innovate(w, e, t, n);
    if (withMean) {
      innovate(ones, unitInnovations, t, n);
      for (let s = t; s < n; s++) {
        crossProducts += at(e, s) * at(unitInnovations, s);
        unitSquares += at(unitInnovations, s) * at(unitInnovations, s);
      }
    }
    if (covariance != 0) {
      fillSettled(covariance, size);
      settleState(state, w, e, n);
      if (withMean) settleState(unitState, ones, unitInnovations, n);
    }
  }
  sumLogVariance = logProduct + Math.log(product);
  mean = withMean && unitSquares > 0.0 ? crossProducts / unitSquares : 0.0;
  unitInformation = unitSquares;
  sumSquares = seriesSquares - mean * crossProducts;
  const objective = 0.5 * (Math.log(sumSquares / n) + sumLogVariance / n);
  return isFinite(objective) ? objective : Infinity;
}

/** Takes the mean out of the innovations that {@link run} left in `e`. */
export function removeMean(e: usize, n: i32): void {
  if (!withMean) return;
  for (let t = 0; t < n; t++) put(e, t, at(e, t) - mean * at(unitInnovations, t));
}

/** state <- T state + gain * weight, two elements at a time; T shifts up and adds ar times the first. */
function advanceState(x: usize, weight: f64): void {
  const head = f64x2.splat(at(x, 0));
  const weights = f64x2.splat(weight);
  const end = <usize>stateLength << 3;
  for (let o: usize = 0; o < end; o += 16) {
    const shifted = v128.load(x + o, 8);
    const own = f64x2.mul(v128.load(ar + o), head);
    v128.store(x + o, f64x2.add(shifted, f64x2.add(own, f64x2.mul(v128.load(gain + o), weights))));
  }
}

/** The step of the state and the reflection of gain and update, in one pass, two elements at a time. */
// @ts-ignore: decorator
@inline
function advance(head: f64, weight: f64, first0: f64, reflection: f64): void {
  const heads = f64x2.splat(head);
  const weights = f64x2.splat(weight);
  const firsts = f64x2.splat(first0);
  const reflections = f64x2.splat(reflection);
  const end = <usize>stateLength << 3;
  for (let o: usize = 0; o < end; o += 16) {
    const own = v128.load(ar + o);
    const old = v128.load(gain + o);
    const shifted = f64x2.add(v128.load(state + o, 8), f64x2.mul(own, heads));
    const moved = f64x2.add(v128.load(update + o, 8), f64x2.mul(own, firsts));
    v128.store(state + o, f64x2.add(shifted, f64x2.mul(old, weights)));
    v128.store(gain + o, f64x2.sub(old, f64x2.mul(moved, reflections)));
    v128.store(update + o, f64x2.sub(moved, f64x2.mul(old, reflections)));
  }
}

/** Adds log(variance) to the sum: a product until it leaves the middle of the range, for log is the dear part. */
// @ts-ignore: decorator
@inline
function multiply(variance: f64): void {
  product *= variance;
  if (product > 1e100 || product < 1e-100) {
    logProduct += Math.log(product);
    product = 1.0;
  }
}

/** The predicted state at n + 1 from the last values and innovations, for the filter stopped moving it. */
function settleState(x: usize, w: usize, e: usize, n: i32): void {
  for (let i = 0; i < stateLength; i++) {
    let sum = 0.0;
    for (let j = i + 1; j <= arOrder; j++) sum += at(ar, j - 1) * at(w, n + i - j);
    for (let j = i + 1; j <= maOrder; j++) sum += at(ma, j - 1) * at(e, n + i - j);
    put(x, i, sum);
  }
}
