// The covariance of the estimates: the inverse of the observed information, by central differences of the exact
// log-likelihood in the coefficients themselves. sigma2 and the mean are concentrated out, which leaves the block of the
// coefficients as it is in the inverse of the whole; the mean's row follows from how it moves with them:
//   var(mean) = sigma2 / u'u + m' C m,   cov(mean, c) = C m,   m = d mean / d c,   u the innovations of ones.
import { column } from "./arena";
import { at, copy, put } from "./columns";
import { invertPositive } from "./gauss-newton";
import * as gaps from "./gaps";
import * as likelihood from "./likelihood";
import { setCoefficients } from "./model";
import { means, objectives, runExact, setCoefficientPair } from "./pair-filter";

/** A first step tells the curvature; the second is this part of a standard error, where rounding and bending are least. */
const PROBE: f64 = 1e-4;
const PART_OF_ERROR: f64 = 0.03;
const SMALLEST_STEP: f64 = 1e-6;
const LARGEST_STEP: f64 = 5e-3;
/** A step that leaves the stationary region is taken again, shorter. */
const SHRINKS: i32 = 6;

let count: i32 = 0;
let centre: usize = 0;
let above: usize = 0;
let below: usize = 0;
let steps: usize = 0;
/** Sums of the objectives to both sides. */
let bothSides: usize = 0;
let meanSlopes: usize = 0;
let information: usize = 0;
let inverse: usize = 0;
let meanChange: f64 = 0;
/** Values that the likelihood is of. */
let observed: f64 = 0;
/** Whether the series has missing values: gaps.ts is the filter then, and the series its own. */
let hasGaps: bool = false;

export function prepare(coefficientCount: i32, isWithGaps: bool): void {
  hasGaps = isWithGaps;
  count = coefficientCount;
  centre = column(count);
  above = column(count);
  below = column(count);
  steps = column(count);
  bothSides = column(count);
  meanSlopes = column(count);
  information = column(count * count);
  inverse = column(count * count);
}

/**
 * Writes the covariance of the coefficients, and of the mean behind them, row by row; false where the information is not
 * positive definite. `w`: n values, of which the likelihood is a function; `e`: scratch as long. The mean is in units of the series that is given.
 */
export function covariance(given: usize, w: usize, e: usize, n: i32, hasMean: bool, out: usize): bool {
  copy(centre, given, count);
  copy(above, given, count);
  copy(below, given, count);
  setCoefficients(centre);
  const value = hasGaps ? gaps.run(false) : likelihood.run(w, e, n, 0, 0);
  if (!isFinite(value)) return false;
  observed = <f64>(hasGaps ? gaps.observations : n);
  const sigma2 = (hasGaps ? gaps.sumSquares : likelihood.sumSquares) / observed;
  const ownVariance = sigma2 / (hasGaps ? gaps.meanInformation : likelihood.unitInformation);
  for (let i = 0; i < count; i++) if (!probe(i, w, n, value)) return false;
  for (let i = 0; i < count; i++) for (let j = 0; j < i; j++) cross(i, j, w, n, value);
  if (!invertPositive(information, inverse, count)) return false;
  const size = hasMean ? count + 1 : count;
  for (let i = 0; i < count; i++) for (let j = 0; j < count; j++) put(out, i * size + j, at(inverse, i * count + j));
  if (hasMean) addMean(ownVariance, out);
  return true;
}

/** The diagonal: at a first step, then at a small part of the standard error that it shows. */
function probe(i: i32, w: usize, n: i32, value: f64): bool {
  const rough = bend(i, PROBE, w, n, value);
  if (!isFinite(rough)) return false;
  const error = 1.0 / Math.sqrt(max(rough, 1e-8) * observed);
  const curvature = bend(i, max(SMALLEST_STEP, min(LARGEST_STEP, PART_OF_ERROR * error)), w, n, value);
  put(information, i * count + i, observed * curvature);
  return isFinite(curvature);
}

/** The second difference in coefficient `i` at `step`, or at the largest part of it that is stationary to both sides. */
function bend(i: i32, step: f64, w: usize, n: i32, value: f64): f64 {
  const middle = at(centre, i);
  for (let tries = 0; tries < SHRINKS; tries++, step *= 0.25) {
    put(above, i, middle + step);
    put(below, i, middle - step);
    const both = evaluateBoth(w, n);
    if (!isFinite(both)) continue;
    put(above, i, middle);
    put(below, i, middle);
    put(steps, i, step);
    put(bothSides, i, both);
    put(meanSlopes, i, meanChange / (2.0 * step));
    return (both - 2.0 * value) / (step * step);
  }
  return Infinity;
}

/** The objectives above and below summed; leaves the means' difference. */
function evaluateBoth(w: usize, n: i32): f64 {
  if (!hasGaps) {
    setCoefficientPair(above, below);
    runExact(w, n);
    meanChange = f64x2.extract_lane(means, 0) - f64x2.extract_lane(means, 1);
    return f64x2.extract_lane(objectives, 0) + f64x2.extract_lane(objectives, 1);
  }
  setCoefficients(above);
  const upper = gaps.run(false);
  meanChange = gaps.mean;
  setCoefficients(below);
  const lower = gaps.run(false);
  meanChange -= gaps.mean;
  return upper + lower;
}

function cross(i: i32, j: i32, w: usize, n: i32, value: f64): void {
  put(above, i, at(centre, i) + at(steps, i));
  put(above, j, at(centre, j) + at(steps, j));
  put(below, i, at(centre, i) - at(steps, i));
  put(below, j, at(centre, j) - at(steps, j));
  const both = evaluateBoth(w, n);
  const bent = (both - at(bothSides, i) - at(bothSides, j) + 2.0 * value) / (2.0 * at(steps, i) * at(steps, j));
  put(information, i * count + j, observed * bent);
  for (let k = 0; k < count; k++) {
    put(above, k, at(centre, k));
    put(below, k, at(centre, k));
  }
}

/** The last row and column. `ownVariance`: the mean's where the coefficients are known. */
function addMean(ownVariance: f64, out: usize): void {
  const size = count + 1;
  let variance = ownVariance;
  for (let i = 0; i < count; i++) {
    let sum = 0.0;
    for (let j = 0; j < count; j++) sum += at(inverse, i * count + j) * at(meanSlopes, j);
    put(out, i * size + count, sum);
    put(out, count * size + i, sum);
    variance += sum * at(meanSlopes, i);
  }
  put(out, count * size + count, variance);
}

/** The mean's row and column in units of the series as it was. */
export function scaleMean(out: usize, spread: f64): void {
  const size = count + 1;
  for (let i = 0; i < size; i++) {
    put(out, i * size + count, at(out, i * size + count) * spread);
    put(out, count * size + i, at(out, count * size + i) * spread);
  }
}
