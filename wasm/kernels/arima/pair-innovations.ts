// The recursion of innovations.ts for two parameter vectors at once, one in each lane: it waits for its previous
// innovation, not for arithmetic, so the second costs nothing.
import { at, offset, pairAt, putPair } from "./columns";
import { arLagCount, arLags, arOrder, lagAt, maLagCount, maLags, maOrder } from "./model";

/** Expanded coefficients, lag k at place k - 1; set by pair-filter.ts. */
export let arPair: usize = 0;
export let maPair: usize = 0;

/** Sums over the steps of {@link innovatePair}: of e^2, of e times the column of ones' innovation, of its square. */
export let squares: v128 = f64x2.splat(0);
export let crossProducts: v128 = f64x2.splat(0);
export let unitSquares: v128 = f64x2.splat(0);

export function useCoefficients(ar: usize, ma: usize): void {
  arPair = ar;
  maPair = ma;
}

/**
 * Continues the innovations `e` of `w`, and with a mean those of a column of ones in `unit`, from step `from` to n.
 * `unit` is 0 where there is no mean. They are written only if `isWriting`, or where the order wants them.
 */
export function innovatePair(w: usize, e: usize, unit: usize, from: i32, n: i32, isWriting: bool): void {
  squares = f64x2.splat(0);
  crossProducts = f64x2.splat(0);
  unitSquares = f64x2.splat(0);
  const isLow = arOrder <= 2 && maOrder <= 2 && !isWriting;
  // The register forms read two values back and take two steps a turn.
  const earliest = max(from, 2);
  const registersFrom = isLow ? min(earliest + ((n - earliest) & 1), n) : n;
  anyOrder(w, e, unit, from, registersFrom);
  if (registersFrom >= n) return;
  if (unit == 0) lowOrder(w, e, registersFrom, n);
  else lowOrderWithMean(w, e, unit, registersFrom, n);
}

// @ts-ignore: decorator
@inline
function coefficient(pair: usize, lag: i32, order: i32): v128 {
  return lag <= order ? pairAt(pair, lag - 1) : f64x2.splat(0);
}

/** Two steps a turn, so that no value has to move from one name to the next: that alone doubles the speed. */
function lowOrder(w: usize, e: usize, from: i32, n: i32): void {
  const ar1 = coefficient(arPair, 1, arOrder);
  const ar2 = coefficient(arPair, 2, arOrder);
  const ma1 = coefficient(maPair, 1, maOrder);
  const ma2 = coefficient(maPair, 2, maOrder);
  let e1 = pairAt(e, from - 1);
  let e2 = pairAt(e, from - 2);
  let sum = squares;
  const end = w + (<usize>n << 3);
  for (let pointer = w + (<usize>from << 3); pointer < end; pointer += 16) {
    const w2 = v128.load_splat<f64>(pointer - 16);
    const w1 = v128.load_splat<f64>(pointer - 8);
    const w0 = v128.load_splat<f64>(pointer);
    const next = v128.load_splat<f64>(pointer, 8);
    // What does not wait for the previous innovation stands first.
    const known = f64x2.sub(f64x2.sub(w0, f64x2.mul(ar1, w1)), f64x2.add(f64x2.mul(ar2, w2), f64x2.mul(ma2, e2)));
    e2 = f64x2.sub(known, f64x2.mul(ma1, e1));
    const later = f64x2.sub(f64x2.sub(next, f64x2.mul(ar1, w0)), f64x2.add(f64x2.mul(ar2, w1), f64x2.mul(ma2, e1)));
    e1 = f64x2.sub(later, f64x2.mul(ma1, e2));
    sum = f64x2.add(sum, f64x2.add(f64x2.mul(e1, e1), f64x2.mul(e2, e2)));
  }
  squares = sum;
}

function lowOrderWithMean(w: usize, e: usize, unit: usize, from: i32, n: i32): void {
  const ar1 = coefficient(arPair, 1, arOrder);
  const ar2 = coefficient(arPair, 2, arOrder);
  const ma1 = coefficient(maPair, 1, maOrder);
  const ma2 = coefficient(maPair, 2, maOrder);
  const unitInput = f64x2.sub(f64x2.splat(1), f64x2.add(ar1, ar2));
  let e1 = pairAt(e, from - 1);
  let e2 = pairAt(e, from - 2);
  let u1 = pairAt(unit, from - 1);
  let u2 = pairAt(unit, from - 2);
  let sum = squares;
  let cross = crossProducts;
  let units = unitSquares;
  const end = w + (<usize>n << 3);
  for (let pointer = w + (<usize>from << 3); pointer < end; pointer += 16) {
    const w2 = v128.load_splat<f64>(pointer - 16);
    const w1 = v128.load_splat<f64>(pointer - 8);
    const w0 = v128.load_splat<f64>(pointer);
    const next = v128.load_splat<f64>(pointer, 8);
    const known = f64x2.sub(f64x2.sub(w0, f64x2.mul(ar1, w1)), f64x2.add(f64x2.mul(ar2, w2), f64x2.mul(ma2, e2)));
    e2 = f64x2.sub(known, f64x2.mul(ma1, e1));
    u2 = f64x2.sub(f64x2.sub(unitInput, f64x2.mul(ma2, u2)), f64x2.mul(ma1, u1));
    const later = f64x2.sub(f64x2.sub(next, f64x2.mul(ar1, w0)), f64x2.add(f64x2.mul(ar2, w1), f64x2.mul(ma2, e1)));
    e1 = f64x2.sub(later, f64x2.mul(ma1, e2));
    u1 = f64x2.sub(f64x2.sub(unitInput, f64x2.mul(ma2, u1)), f64x2.mul(ma1, u2));
    sum = f64x2.add(sum, f64x2.add(f64x2.mul(e1, e1), f64x2.mul(e2, e2)));
    cross = f64x2.add(cross, f64x2.add(f64x2.mul(e1, u1), f64x2.mul(e2, u2)));
    units = f64x2.add(units, f64x2.add(f64x2.mul(u1, u1), f64x2.mul(u2, u2)));
  }
  squares = sum;
  crossProducts = cross;
  unitSquares = units;
}

/** As in innovations.ts: the previous innovation is subtracted last, and no lag reaches before the first value. */
function anyOrder(w: usize, e: usize, unit: usize, from: i32, n: i32): void {
  const ma1 = coefficient(maPair, 1, maOrder);
  let arCount = 0;
  let maCount = maLagCount > 0 && lagAt(maLags, 0) == 1 ? 1 : 0;
  const firstFar = maCount;
  let previous = from > 0 ? pairAt(e, from - 1) : f64x2.splat(0);
  let previousUnit = from > 0 && unit != 0 ? pairAt(unit, from - 1) : f64x2.splat(0);
  let sum = squares;
  for (let t = from; t < n; t++) {
    while (arCount < arLagCount && lagAt(arLags, arCount) <= t) arCount++;
    while (maCount < maLagCount && lagAt(maLags, maCount) <= t) maCount++;
    let value = f64x2.splat(at(w, t));
    for (let i = 0; i < arCount; i++) {
      const lag = lagAt(arLags, i);
      value = f64x2.sub(value, f64x2.mul(pairAt(arPair, lag - 1), v128.load_splat<f64>(offset(w, t - lag))));
    }
    value = f64x2.sub(lessFar(value, e, t, firstFar, maCount), f64x2.mul(ma1, previous));
    putPair(e, t, value);
    previous = value;
    sum = f64x2.add(sum, f64x2.mul(value, value));
    if (unit == 0) continue;
    let own = f64x2.splat(1);
    for (let i = 0; i < arCount; i++) own = f64x2.sub(own, pairAt(arPair, lagAt(arLags, i) - 1));
    own = f64x2.sub(lessFar(own, unit, t, firstFar, maCount), f64x2.mul(ma1, previousUnit));
    putPair(unit, t, own);
    previousUnit = own;
    crossProducts = f64x2.add(crossProducts, f64x2.mul(value, own));
    unitSquares = f64x2.add(unitSquares, f64x2.mul(own, own));
  }
  squares = sum;
}

/** The value less its moving average of lags two and more. */
// @ts-ignore: decorator
@inline
function lessFar(value: v128, e: usize, t: i32, from: i32, count: i32): v128 {
  let rest = value;
  for (let i = from; i < count; i++) {
    const lag = lagAt(maLags, i);
    rest = f64x2.sub(rest, f64x2.mul(pairAt(maPair, lag - 1), pairAt(e, t - lag)));
  }
  return rest;
}
