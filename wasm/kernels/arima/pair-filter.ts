// The filter of likelihood.ts for two parameter vectors at once, one in each lane: gradients, curvatures and screenings
// come in pairs. The same recursion; the same numbers but for the order of rounding.
import * as autocovariance from "./autocovariance";
import { column } from "./arena";
import { at, clear, pairAt, put, putLane, putPair } from "./columns";
import { SETTLED } from "./likelihood";
import { ar, arOrder, ma, maOrder, PADDING, setCoefficients, setUnconstrained, stateLength } from "./model";
import { crossProducts, innovatePair, squares, unitSquares, useCoefficients } from "./pair-innovations";

let arPair: usize = 0;
let maPair: usize = 0;
let first: usize = 0;
let gain: usize = 0;
let update: usize = 0;
let state: usize = 0;
let unitState: usize = 0;
let innovations: usize = 0;
let unitInnovations: usize = 0;
let withMean: bool = false;
/** Recording keeps what {@link writeDifferences} needs: every innovation, and the roots of 1 / F until settled. */
let isRecording: bool = false;
let roots: usize = 0;
let settledAt: i32 = 0;
/** Which lanes are not stationary: they have no likelihood. */
let isLost0: bool = false;
let isLost1: bool = false;

/** Results of the last run, a lane each: minus the log-likelihood a value as in likelihood.ts, and the mean. */
export let objectives: v128 = f64x2.splat(0);
export let means: v128 = f64x2.splat(0);

export function prepare(n: i32, estimatesMean: bool): void {
  const length = 2 * (stateLength + PADDING);
  arPair = column(length);
  maPair = column(length);
  first = column(length);
  gain = column(length);
  update = column(length);
  state = column(length);
  unitState = column(length);
  withMean = estimatesMean;
  innovations = column(2 * n);
  unitInnovations = withMean ? column(2 * n) : 0;
  roots = column(2 * n);
  useCoefficients(arPair, maPair);
}

export function record(wanted: bool): void {
  isRecording = wanted;
}

/** Sets both lanes from unconstrained numbers. */
export function setUnconstrainedPair(a: usize, b: usize, isExact: bool): void {
  setUnconstrained(a);
  isLost0 = !takeLane(0, isExact);
  setUnconstrained(b);
  isLost1 = !takeLane(1, isExact);
}

/** Sets both lanes from coefficients, for the exact likelihood. */
export function setCoefficientPair(a: usize, b: usize): void {
  setCoefficients(a);
  isLost0 = !takeLane(0, true);
  setCoefficients(b);
  isLost1 = !takeLane(1, true);
}

/** False where the model is not stationary: its lane then runs on zeros, and its likelihood is not looked at. */
function takeLane(lane: i32, isExact: bool): bool {
  const isSound = !isExact || autocovariance.start();
  for (let i = 0; i < stateLength; i++) {
    putLane(arPair, i, lane, isSound ? at(ar, i) : 0.0);
    putLane(maPair, i, lane, isSound ? at(ma, i) : 0.0);
    if (isExact) putLane(first, i, lane, isSound ? at(autocovariance.firstColumn, i) : i == 0 ? 1.0 : 0.0);
  }
  return isSound;
}

/** The conditional sum of squares of both lanes, as in problem.ts. */
export function runConditional(w: usize, n: i32): void {
  clear(innovations, 2 * arOrder);
  settledAt = 0;
  innovatePair(w, innovations, 0, arOrder, n, isRecording);
  means = f64x2.splat(0);
  const mean = f64x2.mul(squares, f64x2.splat(1.0 / <f64>(n - arOrder)));
  setObjectives(0.5 * Math.log(f64x2.extract_lane(mean, 0)), 0.5 * Math.log(f64x2.extract_lane(mean, 1)));
}

/** The exact likelihood of both lanes. */
export function runExact(w: usize, n: i32): void {
  startLanes();
  const one = f64x2.splat(1);
  const settledBelow = f64x2.splat(1.0 + SETTLED);
  const large = f64x2.splat(1e100);
  let variance = pairAt(first, 0);
  let inverse = f64x2.div(one, variance);
  let sum = f64x2.splat(0);
  let cross = f64x2.splat(0);
  let units = f64x2.splat(0);
  let product = one;
  let smallest = variance;
  let log0 = 0.0;
  let log1 = 0.0;
  const lags = max(arOrder, maOrder);
  const earliest = max(lags, 2);
  let settledFor = 0;
  let t = 0;
  for (; t < n; t++) {
    settledFor = i64x2.bitmask(f64x2.lt(variance, settledBelow)) == 3 ? settledFor + 1 : 0;
    if (settledFor > lags && t >= earliest) break;
    const head = pairAt(state, 0);
    const v = f64x2.sub(f64x2.splat(at(w, t)), head);
    const weight = f64x2.mul(v, inverse);
    putPair(innovations, t, v);
    if (isRecording) putPair(roots, t, f64x2.sqrt(inverse));
    sum = f64x2.add(sum, f64x2.mul(v, weight));
    if (withMean) {
      const own = f64x2.sub(one, pairAt(unitState, 0));
      const ownWeight = f64x2.mul(own, inverse);
      putPair(unitInnovations, t, own);
      cross = f64x2.add(cross, f64x2.mul(v, ownWeight));
      units = f64x2.add(units, f64x2.mul(own, ownWeight));
      advanceState(unitState, ownWeight);
    }
    product = f64x2.mul(product, variance);
    if (v128.any_true(f64x2.gt(product, large))) {
      log0 += Math.log(f64x2.extract_lane(product, 0));
      log1 += Math.log(f64x2.extract_lane(product, 1));
      product = one;
    }
    const first0 = pairAt(update, 0);
    const reflection = f64x2.mul(first0, inverse);
    variance = f64x2.sub(variance, f64x2.mul(reflection, first0));
    smallest = f64x2.min(smallest, variance);
    inverse = f64x2.div(one, variance);
    advance(head, weight, first0, reflection);
  }
  settledAt = t;
  if (t < n) {
    innovatePair(w, innovations, unitInnovations, t, n, isRecording);
    sum = f64x2.add(sum, squares);
    cross = f64x2.add(cross, crossProducts);
    units = f64x2.add(units, unitSquares);
  }
  if (withMean) {
    means = f64x2.div(cross, units);
    sum = f64x2.sub(sum, f64x2.mul(means, cross));
  }
  log0 += Math.log(f64x2.extract_lane(product, 0));
  log1 += Math.log(f64x2.extract_lane(product, 1));
  const isPositive0 = !isLost0 && f64x2.extract_lane(smallest, 0) > 0.0;
  const isPositive1 = !isLost1 && f64x2.extract_lane(smallest, 1) > 0.0;
  const length = <f64>n;
  setObjectives(
    isPositive0 ? 0.5 * (Math.log(f64x2.extract_lane(sum, 0) / length) + log0 / length) : Infinity,
    isPositive1 ? 0.5 * (Math.log(f64x2.extract_lane(sum, 1) / length) + log1 / length) : Infinity,
  );
}

/**
 * After a recorded run: writes `factor` times the first lane's standardised innovations less the second's, from step
 * `from` to n, and returns the mean of their sums of squares.
 */
export function writeDifferences(out: usize, from: i32, n: i32, factor: f64): f64 {
  let squares = f64x2.splat(0);
  for (let t = from; t < n; t++) {
    let value = pairAt(innovations, t);
    if (withMean) value = f64x2.sub(value, f64x2.mul(means, pairAt(unitInnovations, t)));
    if (t < settledAt) value = f64x2.mul(value, pairAt(roots, t));
    squares = f64x2.add(squares, f64x2.mul(value, value));
    put(out, t - from, factor * (f64x2.extract_lane(value, 0) - f64x2.extract_lane(value, 1)));
  }
  return 0.5 * (f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1));
}

function startLanes(): void {
  clear(state, 2 * (stateLength + PADDING));
  clear(unitState, 2 * (stateLength + PADDING));
  const head = pairAt(first, 0);
  for (let i = 0; i < stateLength; i++) {
    const own = f64x2.mul(pairAt(arPair, i), head);
    const start = i < stateLength - 1 ? f64x2.add(pairAt(first, i + 1), own) : own;
    putPair(gain, i, start);
    putPair(update, i, start);
  }
}

/** likelihood.ts's step of the state and of the gain, a place and two lanes at a time. */
// @ts-ignore: decorator
@inline
function advance(head: v128, weight: v128, first0: v128, reflection: v128): void {
  const end = <usize>stateLength << 4;
  for (let o: usize = 0; o < end; o += 16) {
    const own = v128.load(arPair + o);
    const old = v128.load(gain + o);
    const shifted = f64x2.add(v128.load(state + o, 16), f64x2.mul(own, head));
    const moved = f64x2.add(v128.load(update + o, 16), f64x2.mul(own, first0));
    v128.store(state + o, f64x2.add(shifted, f64x2.mul(old, weight)));
    v128.store(gain + o, f64x2.sub(old, f64x2.mul(moved, reflection)));
    v128.store(update + o, f64x2.sub(moved, f64x2.mul(old, reflection)));
  }
}

function advanceState(x: usize, weight: v128): void {
  const head = pairAt(x, 0);
  const end = <usize>stateLength << 4;
  for (let o: usize = 0; o < end; o += 16) {
    const shifted = f64x2.add(v128.load(x + o, 16), f64x2.mul(v128.load(arPair + o), head));
    v128.store(x + o, f64x2.add(shifted, f64x2.mul(v128.load(gain + o), weight)));
  }
}

function setObjectives(a: f64, b: f64): void {
  objectives = f64x2.replace_lane(f64x2.splat(isFinite(a) ? a : Infinity), 1, isFinite(b) ? b : Infinity);
}
