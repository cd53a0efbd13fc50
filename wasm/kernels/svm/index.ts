// One-class support vector machine (Schoelkopf, Platt, Shawe-Taylor, Smola and Williamson 2001, "Estimating the Support
// of a High-Dimensional Distribution"): the function a host may call. Conventions: ../../README.md.
import { column, isFull } from "../arima/arena";
import { at, put } from "../arima/columns";
import { BAD_LENGTH, BAD_ORDER, MAX_OBSERVATIONS, NOT_FINITE, OK, OUT_OF_MEMORY } from "../arima/status";
import * as smo from "./smo";

export { allocate, reset } from "../arima/arena";

/** Its matrix of kernel values takes 8 MB. */
const MAX_TRAINING: i32 = 1024;
const MAX_FEATURES: i32 = 64;

/** Where the numbers of a fit stand in its summary. */
const OFFSET: i32 = 0;
const SUPPORT: i32 = 1;
const ITERATIONS: i32 = 2;
const CONVERGED: i32 = 3;

/**
 * Fits on the `n` rows of `train` (columns one after the other, in units in which the features are alike) with the
 * kernel exp(-gamma |x - y|^2), and judges the `m` rows of `query`: `similarities` gets sum alpha_i k(x_i, x) with
 * 0 <= alpha <= 1 and sum alpha = nu n, as LIBSVM scales it; below the offset rho is outside.
 */
export function separate(
  train: usize, n: i32, query: usize, m: i32, features: i32, gamma: f64, nu: f64, similarities: usize, summary: usize,
): i32 {
  if (n < 2 || n > MAX_TRAINING || m < 1 || m > MAX_OBSERVATIONS) return BAD_LENGTH;
  if (features < 1 || features > MAX_FEATURES || !(gamma > 0.0) || !(nu > 0.0) || !(nu <= 1.0)) return BAD_ORDER;
  const rows = column(n * features);
  const row = column(features);
  smo.prepare(n);
  if (isFull()) return OUT_OF_MEMORY;
  if (!isFiniteColumn(train, n * features) || !isFiniteColumn(query, m * features)) return NOT_FINITE;
  for (let i = 0; i < n; i++) gather(train, n, features, i, rows + (<usize>(i * features) << 3));
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) smo.putKernel(i, j, similarity(rows, i, rows, j, features, gamma));
  smo.solve(nu);
  const support = keepSupport(rows, n, features);
  for (let i = 0; i < m; i++) {
    gather(query, m, features, i, row);
    let sum = 0.0;
    for (let k = 0; k < support; k++) sum += at(smo.alpha, k) * similarity(rows, k, row, 0, features, gamma);
    put(similarities, i, sum);
  }
  put(summary, OFFSET, smo.offset);
  put(summary, SUPPORT, <f64>support);
  put(summary, ITERATIONS, <f64>smo.iterations);
  put(summary, CONVERGED, smo.converged ? 1.0 : 0.0);
  return OK;
}

/** Row `i` of columns. */
function gather(columns: usize, n: i32, features: i32, i: i32, row: usize): void {
  for (let f = 0; f < features; f++) put(row, f, at(columns, f * n + i));
}

function similarity(a: usize, i: i32, b: usize, j: i32, features: i32, gamma: f64): f64 {
  let squares = 0.0;
  for (let f = 0; f < features; f++) {
    const difference = at(a, i * features + f) - at(b, j * features + f);
    squares += difference * difference;
  }
  return Math.exp(-gamma * squares);
}

/** Moves the rows that count, and their coefficients, to the front; how many they are. */
function keepSupport(rows: usize, n: i32, features: i32): i32 {
  let kept = 0;
  for (let i = 0; i < n; i++) {
    if (!(at(smo.alpha, i) > 0.0)) continue;
    put(smo.alpha, kept, at(smo.alpha, i));
    for (let f = 0; f < features; f++) put(rows, kept * features + f, at(rows, i * features + f));
    kept++;
  }
  return kept;
}

function isFiniteColumn(values: usize, count: i32): bool {
  for (let i = 0; i < count; i++) if (!isFinite(at(values, i))) return false;
  return true;
}
