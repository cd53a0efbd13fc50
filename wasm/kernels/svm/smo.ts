// Sequential minimal optimisation of the one-class dual: minimise alpha' K alpha / 2, 0 <= alpha <= 1, sum alpha = nu n.
// The pair of each step is chosen by second-order information (Fan, Chen and Lin 2005), as in LIBSVM.
import { column } from "../arima/arena";
import { at, offset as from, put } from "../arima/columns";

/** Violation of the optimality conditions at which it stops. */
const TOLERANCE: f64 = 1e-4;
/** For each row; a few are usual. */
const MOST_ITERATIONS: i32 = 100;
/** In place of a curvature that is zero: two rows that are the same. */
const LEAST_CURVATURE: f64 = 1e-12;

export let alpha: usize = 0;
/** rho: the decision is zero where the weighted similarity is this. */
export let offset: f64 = 0;
export let iterations: i32 = 0;
export let converged: bool = false;

let n: i32 = 0;
let kernel: usize = 0;
/** K alpha. */
let gradient: usize = 0;

export function prepare(count: i32): void {
  n = count;
  alpha = column(n);
  gradient = column(n);
  kernel = column(n * n);
}

/** The matrix is symmetric: both halves are set. */
export function putKernel(i: i32, j: i32, value: f64): void {
  put(kernel, i * n + j, value);
  put(kernel, j * n + i, value);
}

export function solve(nu: f64): void {
  start(nu * n);
  iterations = 0;
  converged = false;
  while (iterations < MOST_ITERATIONS * n) {
    if (!choosePair()) {
      converged = true;
      break;
    }
    step();
    iterations++;
  }
  setOffset();
}

/** A feasible point: the first rows carry all. */
function start(total: f64): void {
  const whole = <i32>total;
  for (let i = 0; i < n; i++) put(alpha, i, i < whole ? 1.0 : i == whole ? total - whole : 0.0);
  for (let i = 0; i < n; i++) {
    let sum = 0.0;
    for (let j = 0; j <= min(whole, n - 1); j++) sum += at(kernel, i * n + j) * at(alpha, j);
    put(gradient, i, sum);
  }
}

/** One that gains weight and one that loses it. */
let gaining: i32 = 0;
let losing: i32 = 0;

/** False where no pair violates the conditions any more. */
function choosePair(): bool {
  let least = Infinity;
  for (let i = 0; i < n; i++) {
    if (at(alpha, i) < 1.0 && at(gradient, i) < least) {
      least = at(gradient, i);
      gaining = i;
    }
  }
  let most = -Infinity;
  let bestGain = 0.0;
  losing = -1;
  for (let j = 0; j < n; j++) {
    if (!(at(alpha, j) > 0.0)) continue;
    const violation = at(gradient, j) - least;
    most = max(most, at(gradient, j));
    if (!(violation > 0.0)) continue;
    const gain = (violation * violation) / curvature(gaining, j);
    if (gain > bestGain) {
      bestGain = gain;
      losing = j;
    }
  }
  return losing >= 0 && most - least > TOLERANCE;
}

/** Of the objective along the line on which `i` takes from `j`: k(x, x) = 1. */
// @ts-ignore: decorator
@inline
function curvature(i: i32, j: i32): f64 {
  return max(2.0 - 2.0 * at(kernel, i * n + j), LEAST_CURVATURE);
}

function step(): void {
  const wanted = (at(gradient, losing) - at(gradient, gaining)) / curvature(gaining, losing);
  const room = min(1.0 - at(alpha, gaining), at(alpha, losing));
  const moved = min(wanted, room);
  // At a bound exactly: what is left of a difference would keep the row in the game.
  put(alpha, gaining, moved == 1.0 - at(alpha, gaining) ? 1.0 : at(alpha, gaining) + moved);
  put(alpha, losing, moved == at(alpha, losing) ? 0.0 : at(alpha, losing) - moved);
  const up = from(kernel, gaining * n);
  const down = from(kernel, losing * n);
  for (let i = 0; i < n; i++) put(gradient, i, at(gradient, i) + moved * (at(up, i) - at(down, i)));
}

/** The gradient is rho on the margin; where no row lies there, rho is anything between those in and those out. */
function setOffset(): void {
  let sum = 0.0;
  let count = 0;
  let highest = -Infinity;
  let lowest = Infinity;
  for (let i = 0; i < n; i++) {
    if (at(alpha, i) >= 1.0) highest = max(highest, at(gradient, i));
    else if (at(alpha, i) <= 0.0) lowest = min(lowest, at(gradient, i));
    else {
      sum += at(gradient, i);
      count++;
    }
  }
  if (count > 0) offset = sum / count;
  else if (isFinite(highest) && isFinite(lowest)) offset = (highest + lowest) / 2.0;
  else offset = isFinite(highest) ? highest : lowest;
}
