// Predictions of the undifferenced series, exact for the sample at hand: the state at n + 1 and its covariance come
// from the filter, the differences are summed up again. With y's difference polynomial
//   1 - delta_1 B - ... = (1 - B)^d (1 - B^m)^D
// and s the impulse response of 1 / (ar(B) delta(B)), the error of the h-step prediction has the variance
//   sum_ij s_(h-1-i) s_(h-1-j) P_ij + sum_(k < h-1) psi_k^2       (psi: responses to an innovation, Box and Jenkins 5.1)
// for an element of the state reaches y one step later than the one before it. P already holds the innovation of n + 1.
import { at, offset, put } from "./columns";
import { mean, state, unitState } from "./likelihood";
import { ar, arOrder, maOrder, stateLength, theta } from "./model";

/**
 * `history`: the last deltaOrder values of y, oldest first, with room for `horizon` more. `centre`: what was taken out of
 * the differenced series before. `impulse` and `response`: scratch of `horizon` values. Writes point predictions and
 * variances in units of sigma2.
 */
export function predict(
  centre: f64, history: usize, delta: usize, deltaOrder: i32, covariance: usize, size: i32, impulse: usize, response: usize,
  horizon: i32, points: usize, variances: usize,
): void {
  means(centre, history, delta, deltaOrder, horizon, points);
  for (let h = 0; h < horizon; h++) put(impulse, h, h == 0 ? 1.0 : convolved(impulse, h, ar, arOrder));
  sumUp(impulse, horizon, delta, deltaOrder);
  for (let h = 0; h < horizon; h++) {
    let sum = 0.0;
    for (let j = 0; j <= min(h, maOrder); j++) sum += theta(j) * at(impulse, h - j);
    put(response, h, sum);
  }
  let noise = 0.0;
  for (let h = 1; h <= horizon; h++) {
    if (h >= 2) noise += at(response, h - 2) * at(response, h - 2);
    put(variances, h - 1, quadraticForm(impulse, h, covariance, size) + noise);
  }
}

function means(centre: f64, history: usize, delta: usize, deltaOrder: i32, horizon: i32, points: usize): void {
  // The state forgets its head at every step: T shifts up and adds ar times the head.
  for (let h = 0; h < horizon; h++) {
    const head = at(state, 0);
    const unitHead = at(unitState, 0);
    for (let i = 0; i < stateLength; i++) {
      put(state, i, at(state, i + 1) + at(ar, i) * head);
      put(unitState, i, at(unitState, i + 1) + at(ar, i) * unitHead);
    }
    let value = centre + mean + head - mean * unitHead;
    for (let k = 1; k <= deltaOrder; k++) value += at(delta, k - 1) * at(history, deltaOrder + h - k);
    put(history, deltaOrder + h, value);
    put(points, h, value);
  }
}

/** impulse <- impulse / delta(B), in place. */
function sumUp(impulse: usize, horizon: i32, delta: usize, deltaOrder: i32): void {
  for (let h = 1; h < horizon; h++) put(impulse, h, at(impulse, h) + convolved(impulse, h, delta, deltaOrder));
}

function convolved(x: usize, h: i32, polynomial: usize, order: i32): f64 {
  let sum = 0.0;
  for (let k = 1; k <= min(h, order); k++) sum += at(polynomial, k - 1) * at(x, h - k);
  return sum;
}

function quadraticForm(impulse: usize, h: i32, covariance: usize, size: i32): f64 {
  const count = min(h, size);
  let sum = 0.0;
  for (let i = 0; i < count; i++) {
    const row = offset(covariance, i * size);
    let inner = 0.0;
    for (let j = 0; j < count; j++) inner += at(row, j) * at(impulse, h - 1 - j);
    sum += inner * at(impulse, h - 1 - i);
  }
  return sum;
}
