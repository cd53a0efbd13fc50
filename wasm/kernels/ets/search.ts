// Minimises -2 log L by the method of Levenberg and Marquardt (Nocedal and Wright 2006, section 10.3) on the sum of
// squares of linearised.ts, within the box of the smoothing parameters: a step that would leave it is cut at the bound
// and solved again for the other unknowns.
import { column } from "../arima/arena";
import { at, clear, copy, put } from "../arima/columns";
import { bounded, highest, lowest, period, unknowns } from "./shape";
import { length, run } from "./filter";
import { linearise } from "./linearised";
import { gradient, matrix, width } from "./normal";
import { isSpent, spend } from "./work";

const MAX_DAMPING: f64 = 1e8;
const FIRST_DAMPING: f64 = 1e-3;
const LEAST_DAMPING: f64 = 1e-9;
/** A gain of -2 log L below this, twice in a row, is the end: models are chosen by differences of a tenth. */
const TOLERANCE: f64 = 1e-4;

/** Added to the diagonal, relative to it; grows faster with every step in a row that gains nothing. */
let damping: f64 = FIRST_DAMPING;
let growth: f64 = 2;
let factor: usize = 0;
let stepping: usize = 0;
let trial: usize = 0;
let held: usize = 0;
/** What the linear model says that the step gains in the sum of squares. */
let promised: f64 = 0;
export let converged: bool = false;

export function prepare(): void {
  factor = column(width * width);
  stepping = column(width);
  trial = column(width);
  held = column(width);
}

/** What a pass with and without derivatives costs, in steps of work. */
function linearisedWork(): f64 {
  return <f64>length * (6.0 + 1.5 * width + 0.1 * width * width) + stabilityWork();
}

function plainWork(): f64 {
  return 5.0 * length + stabilityWork();
}

/** The test of admissible.ts goes over its polynomial once for every degree. */
function stabilityWork(): f64 {
  return 0.8 * period * period;
}

function solvingWork(): f64 {
  return 100.0 + 0.5 * unknowns * unknowns * unknowns;
}

export function evaluate(x: usize): f64 {
  spend(plainWork());
  return run(x, 0);
}

/** Moves `x` downhill for at most so many linearisations, the first `fixed` unknowns unmoved; returns -2 log L there. */
export function descend(x: usize, value: f64, iterations: i32, fixed: i32): f64 {
  let small = 0;
  damping = FIRST_DAMPING;
  growth = 2.0;
  converged = false;
  for (let iteration = 0; iteration < iterations && !isSpent(); iteration++) {
    spend(linearisedWork());
    value = linearise(x);
    if (!isFinite(value)) return value;
    const next = improve(x, value, fixed);
    const gained = value - next;
    value = next;
    small = gained < TOLERANCE ? small + 1 : 0;
    // Heavily damped steps are short, so that a small gain of one says little.
    if (gained > 0.0 && small < 2 && (small == 0 || damping >= FIRST_DAMPING)) continue;
    converged = !isSpent();
    return value;
  }
  return value;
}

/** Damps the step until it gains, and takes it; returns the value at `x`, the same where no step gains. */
function improve(x: usize, value: f64, fixed: i32): f64 {
  while (damping < MAX_DAMPING && !isSpent()) {
    spend(solvingWork());
    if (solve(x, damping, fixed)) {
      for (let i = 0; i < unknowns; i++) put(trial, i, at(x, i) + at(stepping, i));
      clampTrial();
      const next = evaluate(trial);
      if (next < value) {
        copy(x, trial, unknowns);
        damping = max(damping * 0.2, LEAST_DAMPING);
        growth = 2.0;
        return next;
      }
      // Nothing is left to gain where even the promise is rounding.
      if (promised < 1e-9) return value;
    }
    damping *= growth;
    growth *= 2.0;
  }
  return value;
}

/** Rounding may carry a cut step over its bound. */
function clampTrial(): void {
  for (let i = 0; i < bounded; i++) put(trial, i, min(highest(i), max(lowest(i), at(trial, i))));
}

/** A step of the damped normal equations inside the box; false where they are singular. */
function solve(x: usize, damping: f64, fixed: i32): bool {
  clear(stepping, width);
  for (let i = 0; i < unknowns; i++) put(held, i, i < fixed ? 1.0 : 0.0);
  for (let i = fixed; i < bounded; i++) {
    const isLow = at(x, i) <= lowest(i) && at(gradient, i) > 0.0;
    const isHigh = at(x, i) >= highest(i) && at(gradient, i) < 0.0;
    if (isLow || isHigh) put(held, i, 1.0);
  }
  for (let round = 0; round <= bounded; round++) {
    if (!factorise(damping) || !substitute()) return false;
    let isInside = true;
    for (let i = fixed; i < bounded; i++) {
      if (at(held, i) != 0.0) continue;
      const aim = at(x, i) + at(stepping, i);
      if (aim >= lowest(i) && aim <= highest(i)) continue;
      put(stepping, i, (aim < lowest(i) ? lowest(i) : highest(i)) - at(x, i));
      put(held, i, 1.0);
      isInside = false;
    }
    if (isInside) break;
  }
  promised = 0.0;
  for (let i = 0; i < unknowns; i++) promised -= at(gradient, i) * at(stepping, i);
  promised = abs(promised);
  return true;
}

/** The Cholesky factor of the damped matrix; rows and columns of held unknowns are those of the identity. */
function factorise(damping: f64): bool {
  let largest = 0.0;
  for (let i = 0; i < unknowns; i++) largest = max(largest, at(matrix, i * width + i));
  if (!(largest > 0.0) || !isFinite(largest)) return false;
  const least = largest * 1e-14;
  for (let i = 0; i < unknowns; i++) {
    const isHeld = at(held, i) != 0.0;
    for (let j = 0; j <= i; j++) {
      let sum = isHeld || at(held, j) != 0.0 ? (i == j ? 1.0 : 0.0) : at(matrix, i * width + j);
      if (i == j && !isHeld) sum += damping * sum + least;
      for (let k = 0; k < j; k++) sum -= at(factor, i * width + k) * at(factor, j * width + k);
      if (i > j) {
        put(factor, i * width + j, sum / at(factor, j * width + j));
      } else {
        if (!(sum > 0.0)) return false;
        put(factor, i * width + i, Math.sqrt(sum));
      }
    }
  }
  return true;
}

/** The steps of the unknowns that are free, given those of the held ones. */
function substitute(): bool {
  for (let i = 0; i < unknowns; i++) {
    if (at(held, i) != 0.0) continue;
    let sum = -at(gradient, i);
    for (let j = 0; j < bounded; j++) if (at(held, j) != 0.0) sum -= at(matrix, i * width + j) * at(stepping, j);
    put(trial, i, sum);
  }
  for (let i = 0; i < unknowns; i++) {
    let sum = at(held, i) != 0.0 ? 0.0 : at(trial, i);
    for (let k = 0; k < i; k++) sum -= at(factor, i * width + k) * at(trial, k);
    put(trial, i, sum / at(factor, i * width + i));
  }
  for (let i = unknowns - 1; i >= 0; i--) {
    let sum = at(trial, i);
    for (let k = i + 1; k < unknowns; k++) sum -= at(factor, k * width + i) * at(trial, k);
    put(trial, i, sum / at(factor, i * width + i));
    if (!isFinite(at(trial, i))) return false;
  }
  for (let i = 0; i < unknowns; i++) if (at(held, i) == 0.0) put(stepping, i, at(trial, i));
  return true;
}
