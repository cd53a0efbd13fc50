// Where the searches begin. A likelihood of order (2, ., 2) has several maxima: from zero alone AirPassengers (2,1,2)
// ends at -688.70, the best is near -671.67. So points spread over the space are screened by one evaluation each, and
// the best of them are searched from as well.
import { column } from "./arena";
import { at, clear, copy, offset, put } from "./columns";
import { CONDITIONAL, EXACT, isSpent, minimise, objective } from "./problem";
import { converged, search } from "./bfgs";

/** Points screened for each unknown. */
const SCREENED_PER_UNKNOWN: i32 = 24;
/** The cube that is screened: tanh(2.5) is a partial autocorrelation of 0.987. */
const SCREENED_RANGE: f64 = 2.5;
const MAX_SEARCHES: i32 = 8;
/** Half of what two maxima must differ by, in log-likelihood a value, to count as two. */
const SAME: f64 = 1e-7;

let current: usize = 0;
let best: usize = 0;
let candidates: usize = 0;
let candidateValues: usize = 0;
export let bestConverged: bool = false;
let bestValue: f64 = Infinity;

export function prepare(unknowns: i32): void {
  current = column(unknowns + 1);
  best = column(unknowns + 1);
  candidates = column(MAX_SEARCHES * unknowns + 1);
  candidateValues = column(MAX_SEARCHES);
}

/**
 * The unknowns of the best of `searches` searches: from the conditional estimate, from zero, then from the best
 * screened points. 0 where no start has a finite objective.
 */
export function solve(unknowns: i32, isExact: bool, searches: i32): usize {
  bestValue = Infinity;
  bestConverged = false;
  clear(best, unknowns + 1);
  clear(current, unknowns + 1);
  const kind = isExact ? EXACT : CONDITIONAL;
  minimise(CONDITIONAL);
  search(current, unknowns);
  minimise(kind);
  if (isExact) attempt(unknowns);
  else keep(objective(current), unknowns, converged);
  if (unknowns > 0 && searches > 1) {
    clear(current, unknowns);
    attempt(unknowns);
  }
  const others = min(searches - 2, MAX_SEARCHES);
  // One ARMA unknown has one maximum inside the cube that the two searches above have not missed.
  if (unknowns > 1 && others > 0) {
    const found = screen(unknowns, others);
    for (let i = 0; i < found && !isSpent(); i++) {
      copy(current, offset(candidates, i * unknowns), unknowns);
      attempt(unknowns);
    }
  }
  return isFinite(bestValue) ? best : 0;
}

function attempt(unknowns: i32): void {
  keep(search(current, unknowns), unknowns, converged);
}

function keep(value: f64, unknowns: i32, isConverged: bool): void {
  if (!(value < bestValue)) return;
  // A search that ends at the same place without convergence does not undo that of an earlier one.
  bestConverged = isConverged || (bestConverged && bestValue - value < SAME);
  bestValue = value;
  copy(best, current, unknowns);
}

/** Leaves the `wanted` best points of a Halton sequence (Halton 1960) in `candidates`, best first. */
function screen(unknowns: i32, wanted: i32): i32 {
  let found = 0;
  for (let point = 1; point <= SCREENED_PER_UNKNOWN * unknowns && !isSpent(); point++) {
    for (let i = 0; i < unknowns; i++) put(current, i, SCREENED_RANGE * (2.0 * halton(point, i) - 1.0));
    const value = objective(current);
    if (!isFinite(value)) continue;
    let place = found;
    while (place > 0 && at(candidateValues, place - 1) > value) place--;
    if (place >= wanted) continue;
    found = min(found + 1, wanted);
    for (let i = found - 1; i > place; i--) {
      put(candidateValues, i, at(candidateValues, i - 1));
      copy(offset(candidates, i * unknowns), offset(candidates, (i - 1) * unknowns), unknowns);
    }
    put(candidateValues, place, value);
    copy(offset(candidates, place * unknowns), current, unknowns);
  }
  return found;
}

/** Digits of `point` in the prime of the dimension, mirrored behind the point. */
function halton(point: i32, dimension: i32): f64 {
  const base = prime(dimension);
  let fraction = 1.0;
  let value = 0.0;
  for (let rest = point; rest > 0; rest /= base) {
    fraction /= <f64>base;
    value += fraction * <f64>(rest % base);
  }
  return value;
}

function prime(index: i32): i32 {
  let found = -1;
  let candidate = 1;
  while (found < index) {
    candidate++;
    let isPrime = true;
    for (let divisor = 2; divisor * divisor <= candidate; divisor++) if (candidate % divisor == 0) isPrime = false;
    if (isPrime) found++;
  }
  return candidate;
}
