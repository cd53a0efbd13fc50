// The stationary start of the state in Harvey's form (Harvey 1993, "Time Series Models", section 4.4): element 0 is
// y_t, element i >= 1 is  sum_(j>i) ar_j y_(t+i-j) + sum_(j>=i) ma_j e_(t+i-j).
// Chandrasekhar needs the first column of its covariance only, in units of sigma2.
import { column } from "./arena";
import { at, copy, put } from "./columns";
import { ar, arLagCount, arLags, arOrder, lagAt, maLagCount, maLags, maOrder, stateLength, theta } from "./model";

/** cov(state, y_t): the first column of P0. */
export let firstColumn: usize = 0;
/** Responses of y to an innovation, lags 0 to maOrder. */
export let impulse: usize = 0;

let reflection: usize = 0;
let polynomial: usize = 0;
let previous: usize = 0;
/** Autocovariances of the autoregression alone, and of the whole process. */
let arCovariance: usize = 0;
let covariance: usize = 0;
let maProducts: usize = 0;

export function prepare(): void {
  const r = stateLength;
  firstColumn = column(r + 4);
  impulse = column(r + 1);
  reflection = column(r + 1);
  polynomial = column(r + 1);
  previous = column(r + 1);
  arCovariance = column(2 * r + 2);
  covariance = column(r + 1);
  maProducts = column(r + 1);
}

/** False where the autoregression is not stationary, as far as a double can tell. */
export function start(): bool {
  if (!autoregression()) return false;
  for (let lag = 0; lag <= maOrder; lag++) {
    let sum = theta(lag);
    for (let i = 0; i < maLagCount && lagAt(maLags, i) + lag <= maOrder; i++) {
      const j = lagAt(maLags, i);
      sum += theta(j) * theta(j + lag);
    }
    put(maProducts, lag, sum);
  }
  for (let lag = 0; lag <= arOrder; lag++) {
    let sum = at(maProducts, 0) * at(arCovariance, lag);
    // Without an autoregression the covariances are the products themselves.
    for (let j = 1; j <= maOrder && arOrder > 0; j++) {
      const product = at(maProducts, j);
      if (product != 0.0) sum += product * (at(arCovariance, lag + j) + at(arCovariance, abs(lag - j)));
    }
    put(covariance, lag, sum);
  }
  for (let lag = 0; lag <= maOrder; lag++) {
    let sum = theta(lag);
    for (let i = 0; i < arLagCount && lagAt(arLags, i) <= lag; i++) {
      const j = lagAt(arLags, i);
      sum += at(ar, j - 1) * at(impulse, lag - j);
    }
    put(impulse, lag, sum);
  }
  put(firstColumn, 0, at(covariance, 0));
  for (let i = 1; i < stateLength; i++) {
    let sum = 0.0;
    for (let k = arLagCount - 1; k >= 0 && lagAt(arLags, k) > i; k--) {
      const j = lagAt(arLags, k);
      sum += at(ar, j - 1) * at(covariance, j - i);
    }
    for (let k = maLagCount - 1; k >= 0 && lagAt(maLags, k) >= i; k--) {
      const j = lagAt(maLags, k);
      sum += theta(j) * at(impulse, j - i);
    }
    put(firstColumn, i, sum);
  }
  return isFinite(at(firstColumn, 0)) && at(firstColumn, 0) > 0.0;
}

/**
 * Autocovariances of ar(B) y = e with unit variance to lag arOrder + maOrder, in O(order^2): Levinson downwards gives
 * the reflection coefficients, upwards the covariances (Brockwell and Davis 1991, "Time Series", section 5.2).
 */
function autoregression(): bool {
  copy(polynomial, ar, arOrder);
  let variance = 1.0;
  for (let k = arOrder; k >= 1; k--) {
    const kappa = at(polynomial, k - 1);
    const remainder = 1.0 - kappa * kappa;
    if (!(remainder > 1e-14)) return false;
    put(reflection, k, kappa);
    const inverse = 1.0 / remainder;
    variance *= inverse;
    copy(previous, polynomial, k);
    for (let j = 1; j < k; j++) put(polynomial, j - 1, (at(previous, j - 1) + kappa * at(previous, k - j - 1)) * inverse);
  }
  put(arCovariance, 0, variance);
  for (let k = 1; k <= arOrder; k++) {
    const kappa = at(reflection, k);
    let sum = kappa * variance;
    for (let j = 1; j < k; j++) sum += at(polynomial, j - 1) * at(arCovariance, k - j);
    put(arCovariance, k, sum);
    copy(previous, polynomial, k - 1);
    for (let j = 1; j < k; j++) put(polynomial, j - 1, at(previous, j - 1) - kappa * at(previous, k - j - 1));
    put(polynomial, k - 1, kappa);
    variance *= 1.0 - kappa * kappa;
  }
  for (let k = arOrder + 1; k <= arOrder + maOrder; k++) {
    let sum = 0.0;
    for (let j = 1; j <= arOrder; j++) sum += at(ar, j - 1) * at(arCovariance, k - j);
    put(arCovariance, k, sum);
  }
  return true;
}
