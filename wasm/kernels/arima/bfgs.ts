// Quasi-Newton minimisation with the update of Broyden, Fletcher, Goldfarb and Shanno (Nocedal and Wright 2006,
// "Numerical Optimization", algorithm 6.1), central differences and a backtracking line search. The unknowns are
// unconstrained and of the order of 1, which is what the fixed steps below rely on.
import { column } from "./arena";
import { at, clear, copy, put } from "./columns";
import { invertCurvature, note } from "./gauss-newton";
import { record } from "./pair-filter";
import { first, isSpent, length, objective, objectivePair, second } from "./problem";

/** The error of a central difference is about step^2, that of rounding about 1e-15 / step. */
const DIFFERENCE_STEP: f64 = 1e-4;
const SUFFICIENT_DECREASE: f64 = 1e-4;
const SHRINK: f64 = 0.25;
const MAX_BACKTRACKS: i32 = 24;
/** A first step along the gradient goes no further than this. */
const FIRST_STEP: f64 = 0.5;
/** In any unknown: the whole cube is 5 wide. */
const LONGEST_STEP: f64 = 1.5;

/** Kept from one search to the next: two likelihoods of one series curve alike. */
export let inverseHessian: usize = 0;
let gradient: usize = 0;
let previousGradient: usize = 0;
let direction: usize = 0;
let previous: usize = 0;
let product: usize = 0;
let above: usize = 0;
let below: usize = 0;

/** Whether the last search ended at a minimum, not at a limit. */
export let converged: bool = false;

export function prepare(unknowns: i32): void {
  inverseHessian = column(unknowns * unknowns);
  gradient = column(unknowns);
  previousGradient = column(unknowns);
  direction = column(unknowns);
  previous = column(unknowns);
  product = column(unknowns);
  above = column(unknowns);
  below = column(unknowns);
}

/**
 * Moves `x` to a minimum near it and returns the objective there. Ends where a step gains less than `tolerance`.
 * `isWarm`: begins with the curvature in {@link inverseHessian}.
 */
export function search(x: usize, unknowns: i32, tolerance: f64, maxIterations: i32, isWarm: bool): f64 {
  let value = objective(x);
  converged = false;
  if (!isFinite(value) || isSpent()) return value;
  differentiate(x, unknowns, !isWarm);
  let isGuessed = false;
  for (let iteration = 0; iteration < maxIterations && !isSpent(); iteration++) {
    const slope = aim(unknowns);
    // Half the slope is what a step along the true curvature would gain.
    let isLittle = !(-slope >= tolerance);
    if (!isLittle || isGuessed) {
      copy(previous, x, unknowns);
      const next = walk(x, unknowns, value, slope, isGuessed ? min(1.0, FIRST_STEP / Math.sqrt(-slope)) : 1.0);
      isLittle = !(value - next >= tolerance);
      value = next;
      if (isLittle && isGuessed) {
        converged = true;
        return value;
      }
      copy(previousGradient, gradient, unknowns);
      differentiate(x, unknowns, false);
      if (!isLittle) {
        learnCurvature(x, unknowns, isGuessed);
        isGuessed = false;
        continue;
      }
    }
    // Gauss and Newton's curvature is too large where a moving average comes near the unit circle, and a learned one may be
    // wrong: a step that gains nothing proves nothing. Once more along the gradient itself.
    forgetCurvature(unknowns);
    isGuessed = true;
  }
  return value;
}

/** The gradient at `x`, and with it the curvature, if wanted. */
function differentiate(x: usize, unknowns: i32, withCurvature: bool): void {
  copy(above, x, unknowns);
  copy(below, x, unknowns);
  record(withCurvature);
  for (let i = 0; i < unknowns; i++) {
    const centre = at(x, i);
    put(above, i, centre + DIFFERENCE_STEP);
    put(below, i, centre - DIFFERENCE_STEP);
    objectivePair(above, below);
    put(above, i, centre);
    put(below, i, centre);
    const slope = (first - second) / (2.0 * DIFFERENCE_STEP);
    put(gradient, i, isFinite(slope) ? slope : 0.0);
    if (withCurvature) note(i, length, DIFFERENCE_STEP);
  }
  record(false);
  if (withCurvature && !invertCurvature(inverseHessian, unknowns)) forgetCurvature(unknowns);
}

function forgetCurvature(unknowns: i32): void {
  clear(inverseHessian, unknowns * unknowns);
  for (let i = 0; i < unknowns; i++) put(inverseHessian, i * unknowns + i, 1.0);
}

/** Sets the direction of descent and returns the slope along it. */
function aim(unknowns: i32): f64 {
  let slope = 0.0;
  for (let i = 0; i < unknowns; i++) {
    let sum = 0.0;
    for (let j = 0; j < unknowns; j++) sum -= at(inverseHessian, i * unknowns + j) * at(gradient, j);
    put(direction, i, sum);
    slope += sum * at(gradient, i);
  }
  return slope;
}

/** Steps from `previous` along the direction until the objective has fallen enough; stays where it never does. */
function walk(x: usize, unknowns: i32, value: f64, slope: f64, first: f64): f64 {
  let longest = 0.0;
  for (let i = 0; i < unknowns; i++) longest = max(longest, abs(at(direction, i)));
  let step = longest * first > LONGEST_STEP ? LONGEST_STEP / longest : first;
  for (let tries = 0; tries < MAX_BACKTRACKS && !isSpent(); tries++) {
    for (let i = 0; i < unknowns; i++) put(x, i, at(previous, i) + step * at(direction, i));
    const next = objective(x);
    if (next <= value + SUFFICIENT_DECREASE * step * slope) return next;
    step *= SHRINK;
  }
  copy(x, previous, unknowns);
  return value;
}

/** The BFGS update of the inverse, unless the curvature along the step is not positive. */
function learnCurvature(x: usize, unknowns: i32, isFirst: bool): void {
  let curvature = 0.0;
  let changeSquares = 0.0;
  for (let i = 0; i < unknowns; i++) {
    put(previous, i, at(x, i) - at(previous, i));
    put(previousGradient, i, at(gradient, i) - at(previousGradient, i));
    curvature += at(previous, i) * at(previousGradient, i);
    changeSquares += at(previousGradient, i) * at(previousGradient, i);
  }
  if (!(curvature > 1e-14 * changeSquares)) return;
  // A guess takes the size of the curvature just met (Nocedal and Wright, equation 6.20).
  if (isFirst) for (let i = 0; i < unknowns; i++) put(inverseHessian, i * unknowns + i, curvature / changeSquares);
  let form = 0.0;
  for (let i = 0; i < unknowns; i++) {
    let sum = 0.0;
    for (let j = 0; j < unknowns; j++) sum += at(inverseHessian, i * unknowns + j) * at(previousGradient, j);
    put(product, i, sum);
    form += sum * at(previousGradient, i);
  }
  const factor = 1.0 + form / curvature;
  for (let i = 0; i < unknowns; i++) {
    for (let j = 0; j < unknowns; j++) {
      const cross = at(previous, i) * at(product, j) + at(product, i) * at(previous, j);
      const change = (factor * at(previous, i) * at(previous, j) - cross) / curvature;
      put(inverseHessian, i * unknowns + j, at(inverseHessian, i * unknowns + j) + change);
    }
  }
}
