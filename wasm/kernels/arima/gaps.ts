// The exact likelihood of a series with missing values: the Kalman filter of the undifferenced series, whose start is
// exactly diffuse (Durbin and Koopman 2012, "Time Series Analysis by State Space Methods", chapter 5). The state is that of
// the differenced series (autocovariance.ts) and behind it the last values of y, one for each lag of the differences:
//   y_t = state_0 + delta_1 y_(t-1) + ...
// A missing value is a step without an update. O(s^2) a step for a state of length s = r + lags: far dearer than the
// filter of a series without gaps, whose likelihood it is where there are none.
import * as autocovariance from "./autocovariance";
import { column } from "./arena";
import { at, clear, copy, offset, put } from "./columns";
import { fillStationary } from "./covariance";
import { ar, stateLength, theta } from "./model";

/** What is left of a diffuse variance after rounding. */
const NO_LONGER_DIFFUSE: f64 = 1e-9;

/** The series, not a number where missing, and the regressor of the mean or drift; 0 where there is none. */
let series: usize = 0;
let regressor: usize = 0;
let length: i32 = 0;
let delta: usize = 0;
let lags: i32 = 0;
let size: i32 = 0;
/** Which lags of the differences are not zero: three of thirteen for the airline model. */
let usedLags: usize = 0;
let usedCount: i32 = 0;

let state: usize = 0;
let regressorState: usize = 0;
let moved: usize = 0;
/** The finite part of the state's covariance and the infinite one. */
let covariance: usize = 0;
let diffuse: usize = 0;
let block: usize = 0;
let scratch: usize = 0;

/** What smoothing reads, a row or a number a step: P Z' of both parts, v, both F. Zero where nothing is kept. */
let loads: usize = 0;
let diffuseLoads: usize = 0;
let predictions: usize = 0;
let errors: usize = 0;
let finiteVariances: usize = 0;
let diffuseVariances: usize = 0;
let cumulant: usize = 0;
let diffuseCumulant: usize = 0;

export let mean: f64 = 0;
export let sumSquares: f64 = 0;
export let sumLogVariance: f64 = 0;
export let meanInformation: f64 = 0;
/** Observed values less those that the diffuse start took. */
export let observations: i32 = 0;

/** After model.shape: `y` has n values, `x` the regressor or 0, `polynomial` the coefficients of the differences. */
export function prepare(y: usize, x: usize, n: i32, polynomial: usize, order: i32, smooths: bool): void {
  series = y;
  regressor = x;
  length = n;
  delta = polynomial;
  lags = order;
  size = stateLength + lags;
  usedLags = column(lags);
  usedCount = 0;
  for (let k = 0; k < lags && usedLags != 0; k++) {
    if (at(delta, k) == 0.0) continue;
    store<i32>(usedLags + (<usize>usedCount << 2), k);
    usedCount++;
  }
  state = column(size);
  regressorState = column(size);
  moved = column(size);
  covariance = column(size * size);
  diffuse = column(size * size);
  block = column(stateLength * stateLength);
  scratch = column(2 * size);
  autocovariance.prepare();
  const kept = smooths ? n : 1;
  loads = column(kept * size);
  diffuseLoads = column(kept * size);
  predictions = column(n);
  errors = column(n);
  finiteVariances = column(n);
  diffuseVariances = column(n);
  cumulant = column(size);
  diffuseCumulant = column(size);
}

/**
 * Runs the filter with the model's coefficients: minus the log-likelihood an observation as in likelihood.ts, with the
 * mean concentrated out. `keeps`: leaves what {@link smooth} needs.
 */
export function run(keeps: bool): f64 {
  if (!autocovariance.start()) return Infinity;
  start();
  let squares = 0.0;
  let cross = 0.0;
  let units = 0.0;
  let diffuseLeft = lags;
  observations = 0;
  sumLogVariance = 0.0;
  for (let t = 0; t < length; t++) {
    const row = keeps ? t : 0;
    const load = offset(loads, row * size);
    const diffuseLoad = offset(diffuseLoads, row * size);
    const variance = multiplyLoad(covariance, load);
    const diffuseVariance = diffuseLeft > 0 ? multiplyLoad(diffuse, diffuseLoad) : 0.0;
    const value = at(series, t);
    const prediction = observe(state);
    const error = value - prediction;
    put(predictions, t, prediction);
    put(errors, t, error);
    put(finiteVariances, t, variance);
    put(diffuseVariances, t, 0.0);
    if (value == value) {
      const unit = regressor != 0 ? at(regressor, t) - observe(regressorState) : 0.0;
      if (diffuseVariance > NO_LONGER_DIFFUSE) {
        put(diffuseVariances, t, diffuseVariance);
        correct(diffuseLoad, error / diffuseVariance, unit / diffuseVariance);
        correctDiffuse(load, variance, diffuseLoad, diffuseVariance);
        sumLogVariance += Math.log(diffuseVariance);
        diffuseLeft--;
      } else {
        if (!(variance > 0.0)) return Infinity;
        const inverse = 1.0 / variance;
        correct(load, error * inverse, unit * inverse);
        addOuter(covariance, load, load, -inverse);
        squares += error * error * inverse;
        cross += error * unit * inverse;
        units += unit * unit * inverse;
        sumLogVariance += Math.log(variance);
        observations++;
      }
    }
    advance(state);
    if (regressor != 0) advance(regressorState);
    advanceCovariance(covariance);
    addNoise();
    if (diffuseLeft > 0) advanceCovariance(diffuse);
  }
  meanInformation = units;
  mean = regressor != 0 && units > 0.0 ? cross / units : 0.0;
  sumSquares = squares - mean * cross;
  const objective = 0.5 * (Math.log(sumSquares / observations) + sumLogVariance / observations);
  return diffuseLeft == 0 && isFinite(objective) ? objective : Infinity;
}

function start(): void {
  clear(state, size);
  clear(regressorState, size);
  clear(covariance, size * size);
  clear(diffuse, size * size);
  fillStationary(block, stateLength);
  for (let i = 0; i < stateLength; i++) {
    copy(offset(covariance, i * size), offset(block, i * stateLength), stateLength);
  }
  for (let i = stateLength; i < size; i++) put(diffuse, i * size + i, 1.0);
}

/** Z x: what the state says of y. */
function observe(x: usize): f64 {
  let sum = at(x, 0);
  for (let i = 0; i < usedCount; i++) {
    const k = load<i32>(usedLags + (<usize>i << 2));
    sum += at(delta, k) * at(x, stateLength + k);
  }
  return sum;
}

/** load <- P Z', and Z P Z'. */
function multiplyLoad(matrix: usize, load: usize): f64 {
  for (let i = 0; i < size; i++) put(load, i, observe(offset(matrix, i * size)));
  return observe(load);
}

function correct(load: usize, weight: f64, unitWeight: f64): void {
  for (let i = 0; i < size; i++) put(state, i, at(state, i) + weight * at(load, i));
  if (regressor == 0) return;
  for (let i = 0; i < size; i++) put(regressorState, i, at(regressorState, i) + unitWeight * at(load, i));
}

/** The finite part with the gain of the infinite one, and the infinite part less what was learned. */
function correctDiffuse(load: usize, variance: f64, diffuseLoad: usize, diffuseVariance: f64): void {
  const inverse = 1.0 / diffuseVariance;
  addOuter(covariance, load, diffuseLoad, -inverse);
  addOuter(covariance, diffuseLoad, load, -inverse);
  addOuter(covariance, diffuseLoad, diffuseLoad, variance * inverse * inverse);
  addOuter(diffuse, diffuseLoad, diffuseLoad, -inverse);
}

function addOuter(matrix: usize, a: usize, b: usize, factor: f64): void {
  for (let i = 0; i < size; i++) {
    const row = offset(matrix, i * size);
    const weight = factor * at(a, i);
    for (let j = 0; j < size; j++) put(row, j, at(row, j) + weight * at(b, j));
  }
}

/** x <- T x. */
function advance(x: usize): void {
  const value = observe(x);
  const head = at(x, 0);
  for (let i = 0; i < stateLength - 1; i++) put(x, i, at(ar, i) * head + at(x, i + 1));
  put(x, stateLength - 1, at(ar, stateLength - 1) * head);
  if (lags == 0) return;
  const first = offset(x, stateLength);
  memory.copy(offset(first, 1), first, <usize>(lags - 1) << 3);
  put(first, 0, value);
}

/** P <- T P T': T on every row as a vector, then on the rows as elements, which are whole and lie together. */
function advanceCovariance(matrix: usize): void {
  for (let i = 0; i < size; i++) advance(offset(matrix, i * size));
  const head = scratch;
  const observed = offset(scratch, size);
  copy(head, matrix, size);
  copy(observed, matrix, size);
  for (let k = 0; k < lags; k++) addRow(observed, offset(matrix, (stateLength + k) * size), at(delta, k));
  memory.copy(matrix, offset(matrix, size), <usize>((stateLength - 1) * size) << 3);
  clear(offset(matrix, (stateLength - 1) * size), size);
  for (let i = 0; i < stateLength; i++) addRow(offset(matrix, i * size), head, at(ar, i));
  if (lags == 0) return;
  const first = offset(matrix, stateLength * size);
  memory.copy(offset(first, size), first, <usize>((lags - 1) * size) << 3);
  copy(first, observed, size);
}

/** row <- row + factor * other. */
function addRow(row: usize, other: usize, factor: f64): void {
  if (factor == 0.0) return;
  for (let j = 0; j < size; j++) put(row, j, at(row, j) + factor * at(other, j));
}

function addNoise(): void {
  for (let i = 0; i < stateLength; i++) {
    for (let j = 0; j < stateLength; j++) {
      put(covariance, i * size + j, at(covariance, i * size + j) + theta(i) * theta(j));
    }
  }
}

/**
 * After a run: what was expected of step t from those before, its variance in units of sigma2, and the error: not a number
 * where there is no value or the diffuse start took it.
 */
export function predictionAt(t: i32): f64 {
  return at(predictions, t);
}

export function varianceAt(t: i32): f64 {
  return at(finiteVariances, t);
}

export function errorAt(t: i32): f64 {
  return at(diffuseVariances, t) > 0.0 ? NaN : at(errors, t);
}

export function lagCount(): i32 {
  return lags;
}

/** The same series less `weight` times the regressor, which is then gone. */
export function takeOut(weight: f64): void {
  if (regressor == 0) return;
  for (let t = 0; t < length; t++) put(series, t, at(series, t) - weight * at(regressor, t));
  regressor = 0;
}

/**
 * After run(true) on a series without a regressor: writes the values expected of the missing steps given all others,
 * and the others as they are (Durbin and Koopman, sections 4.4 and 5.3).
 */
export function smooth(out: usize): void {
  clear(cumulant, size);
  clear(diffuseCumulant, size);
  for (let t = length - 1; t >= 0; t--) {
    const load = offset(loads, t * size);
    const diffuseLoad = offset(diffuseLoads, t * size);
    transpose(cumulant);
    transpose(diffuseCumulant);
    const error = at(errors, t);
    const value = at(series, t);
    const variance = at(finiteVariances, t);
    const diffuseVariance = at(diffuseVariances, t);
    const pull = inner(load, cumulant);
    if (value != value) {
      put(out, t, at(predictions, t) + pull + inner(diffuseLoad, diffuseCumulant));
      continue;
    }
    put(out, t, value);
    if (diffuseVariance > 0.0) {
      const diffusePull = inner(diffuseLoad, cumulant);
      const left = error - inner(diffuseLoad, diffuseCumulant) - pull + (variance / diffuseVariance) * diffusePull;
      addObservation(diffuseCumulant, left / diffuseVariance);
      addObservation(cumulant, -diffusePull / diffuseVariance);
    } else {
      addObservation(cumulant, (error - pull) / variance);
    }
  }
}

function inner(a: usize, b: usize): f64 {
  let sum = 0.0;
  for (let i = 0; i < size; i++) sum += at(a, i) * at(b, i);
  return sum;
}

/** x <- x + Z' weight. */
function addObservation(x: usize, weight: f64): void {
  put(x, 0, at(x, 0) + weight);
  for (let k = 0; k < lags; k++) put(x, stateLength + k, at(x, stateLength + k) + weight * at(delta, k));
}

/** x <- T' x. */
function transpose(x: usize): void {
  const last = lags > 0 ? at(x, stateLength) : 0.0;
  let head = last;
  for (let i = 0; i < stateLength; i++) head += at(ar, i) * at(x, i);
  for (let i = stateLength - 1; i > 0; i--) put(x, i, at(x, i - 1));
  put(x, 0, head);
  for (let k = 0; k < lags; k++) {
    const next = k + 1 < lags ? at(x, stateLength + k + 1) : 0.0;
    put(x, stateLength + k, next + at(delta, k) * last);
  }
}
