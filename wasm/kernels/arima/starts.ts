// Where the searches begin, and which of their ends are followed up. A likelihood of order (2, ., 2) has several maxima:
// from zero alone AirPassengers (2,1,2) ends at -688.70, the best is near -671.67. So points spread over the space are
// screened by one evaluation each, and the best of them are searched from as well: coarsely, on the last part of a long
// series. What they find is then finished on all of it.
import { column } from "./arena";
import { inverseHessian, search, converged } from "./bfgs";
import { at, clear, copy, offset, put } from "./columns";
import { stateLength } from "./model";
import {
  CONDITIONAL, EXACT, first, inObjective, isSpent, lookAtLast, minimise, objective, objectivePair, second, WITH_GAPS,
} from "./problem";

/** Points screened for each unknown. */
const SCREENED_PER_UNKNOWN: i32 = 24;
/** The cube that is screened: tanh(2.5) is a partial autocorrelation of 0.987. */
const SCREENED_RANGE: f64 = 2.5;
const MAX_SEARCHES: i32 = 8;
/** A search stops where a step gains less log-likelihood than this: at first, and at last. */
const COARSE: f64 = 1e-2;
const FINE: f64 = 1e-7;
/** Its evaluations are dear. */
const GAPS_TOLERANCE: f64 = 1e-6;
const COARSE_ITERATIONS: i32 = 30;
const FINE_ITERATIONS: i32 = 200;
/** tanh(1.8) is a partial autocorrelation of 0.947. */
const DRAWN_IN: f64 = 1.8;
/** Two ends no further apart than this in log-likelihood and in every unknown are one. */
const SAME_VALUE: f64 = 0.1;
const SAME_PLACE: f64 = 0.1;
/**
 * An end this much below the best, in log-likelihood, is not finished: a coarse search leaves less. An estimate from one
 * value in k has on average k / 2 for each unknown to gain on all of them.
 */
const HOPELESS: f64 = 3.0;
/** Of the way from an end to the best one, looked at before it is finished. */
const STEPS_TO_BEST: i32 = 5;
/** Further away, in an unknown, another maximum may lie beside that way. */
const NEAR: f64 = 0.5;
/** Values that the first searches look at, and how many states' lengths at least. */
const PART: i32 = 400;
const PART_STATES: i32 = 20;

let current: usize = 0;
let other: usize = 0;
/** The conditional estimate of the part. */
let conditional: usize = 0;
let candidates: usize = 0;
let candidateValues: usize = 0;
/** Ends of the first searches: places, objectives, inverse curvatures. */
let ends: usize = 0;
let endValues: usize = 0;
let endCurvatures: usize = 0;
let endCount: i32 = 0;
let best: usize = 0;
let bestValue: f64 = Infinity;
export let bestConverged: bool = false;

export function prepare(unknowns: i32): void {
  const most = MAX_SEARCHES + 5;
  current = column(unknowns + 1);
  other = column(unknowns + 1);
  conditional = column(unknowns + 1);
  best = column(unknowns + 1);
  candidates = column(MAX_SEARCHES * unknowns + 1);
  candidateValues = column(MAX_SEARCHES);
  ends = column(most * unknowns + 1);
  endValues = column(most);
  endCurvatures = column(most * unknowns * unknowns + 1);
}

/**
 * The unknowns of the best of `searches` searches over n values: from the conditional estimate, from zero, then from the
 * best screened points. 0 where no start has a finite objective.
 */
export function solve(unknowns: i32, n: i32, isExact: bool, searches: i32): usize {
  bestValue = Infinity;
  bestConverged = false;
  endCount = 0;
  clear(current, unknowns + 1);
  const kind = isExact ? EXACT : CONDITIONAL;
  const part = min(n, max(PART, PART_STATES * stateLength));
  lookAtLast(part);
  minimise(CONDITIONAL);
  search(current, unknowns, inObjective(COARSE), COARSE_ITERATIONS, false);
  copy(conditional, current, unknowns);
  if (searches < 2) {
    lookAtLast(n);
    minimise(kind);
    noteConditional(unknowns);
  } else {
    minimise(kind);
    explore(unknowns, searches);
    if (part < n) widen(unknowns, n, kind);
  }
  const parts = <f64>n / <f64>part;
  finish(unknowns, part < n ? parts * (HOPELESS + unknowns) : HOPELESS);
  return isFinite(bestValue) ? best : 0;
}

/** The unknowns that {@link solve} found for a series whose gaps were filled, finished on the series with its gaps. */
export function solveWithGaps(unknowns: i32): usize {
  minimise(WITH_GAPS);
  copy(current, best, unknowns);
  drawIn(unknowns);
  bestValue = search(current, unknowns, inObjective(GAPS_TOLERANCE), FINE_ITERATIONS, true);
  bestConverged = converged;
  copy(best, current, unknowns);
  return isFinite(bestValue) ? best : 0;
}

/** Coarse searches from everywhere, the conditional estimate in `current` first. */
function explore(unknowns: i32, searches: i32): void {
  attempt(unknowns, true);
  copy(current, conditional, unknowns);
  if (drawIn(unknowns)) attempt(unknowns, true);
  clear(current, unknowns);
  attempt(unknowns, false);
  // One unknown has one maximum inside the cube that the two searches above have not missed.
  const others = min(searches - 2, MAX_SEARCHES);
  if (unknowns < 2 || others < 1) return;
  const found = screen(unknowns, others);
  for (let i = 0; i < found && !isSpent(); i++) {
    copy(current, offset(candidates, i * unknowns), unknowns);
    attempt(unknowns, false);
  }
}

/** From a part to the whole: the ends are judged anew, and the conditional estimate of all values is one more. */
function widen(unknowns: i32, n: i32, kind: i32): void {
  lookAtLast(n);
  for (let i = 0; i < endCount; i++) put(endValues, i, objective(offset(ends, i * unknowns)));
  copy(current, conditional, unknowns);
  minimise(CONDITIONAL);
  search(current, unknowns, inObjective(COARSE), COARSE_ITERATIONS, false);
  minimise(kind);
  noteConditional(unknowns);
}

/** The conditional estimate in `current` as an end to be finished. */
function noteConditional(unknowns: i32): void {
  note(objective(current), unknowns);
  if (drawIn(unknowns)) note(objective(current), unknowns);
}

/**
 * The conditional sum of squares likes moving averages on the unit circle, where the exact likelihood is flat (it is the
 * same for a root and its inverse): a search that begins there may end there. True where that is so.
 */
function drawIn(unknowns: i32): bool {
  let isDrawn = false;
  for (let i = 0; i < unknowns; i++) {
    const drawn = max(-DRAWN_IN, min(DRAWN_IN, at(current, i)));
    if (drawn != at(current, i)) isDrawn = true;
    put(current, i, drawn);
  }
  return isDrawn;
}

/** Searches from `current` and notes the end, unless it is known. */
function attempt(unknowns: i32, isWarm: bool): void {
  note(search(current, unknowns, inObjective(COARSE), COARSE_ITERATIONS, isWarm), unknowns);
}

function note(value: f64, unknowns: i32): void {
  if (!isFinite(value)) return;
  let slot = endCount;
  for (let i = 0; i < endCount; i++) {
    if (abs(at(endValues, i) - value) > inObjective(SAME_VALUE) || isApart(offset(ends, i * unknowns), unknowns)) continue;
    if (at(endValues, i) <= value) return;
    slot = i;
    break;
  }
  copy(offset(ends, slot * unknowns), current, unknowns);
  copy(offset(endCurvatures, slot * unknowns * unknowns), inverseHessian, unknowns * unknowns);
  put(endValues, slot, value);
  endCount = max(endCount, slot + 1);
}

function isApart(end: usize, unknowns: i32): bool {
  for (let i = 0; i < unknowns; i++) if (abs(at(end, i) - at(current, i)) > SAME_PLACE) return true;
  return false;
}

/** Finishes the ends, the best first, that are not worse than the best by more than `margin`. */
function finish(unknowns: i32, margin: f64): void {
  for (let done = 0; done < endCount; done++) {
    let next = 0;
    for (let i = 1; i < endCount; i++) if (at(endValues, i) < at(endValues, next)) next = i;
    const value = at(endValues, next);
    if (value > bestValue + inObjective(margin) || (done > 0 && isSpent())) return;
    put(endValues, next, Infinity);
    copy(current, offset(ends, next * unknowns), unknowns);
    if (done > 0 && bestConverged && isNear(unknowns) && isDownhill(value, unknowns)) continue;
    copy(inverseHessian, offset(endCurvatures, next * unknowns * unknowns), unknowns * unknowns);
    const finished = search(current, unknowns, inObjective(FINE), FINE_ITERATIONS, true);
    if (!(finished < bestValue)) continue;
    bestValue = finished;
    bestConverged = converged;
    copy(best, current, unknowns);
  }
}

function isNear(unknowns: i32): bool {
  for (let i = 0; i < unknowns; i++) if (abs(at(best, i) - at(current, i)) > NEAR) return false;
  return true;
}

/** Whether it goes down all the way from `current` to the best: then no maximum of its own is near, and it is passed over. */
function isDownhill(value: f64, unknowns: i32): bool {
  let above = value;
  for (let step = 1; step < STEPS_TO_BEST; step++) {
    const share = <f64>step / <f64>STEPS_TO_BEST;
    for (let i = 0; i < unknowns; i++) put(other, i, at(current, i) + share * (at(best, i) - at(current, i)));
    const below = objective(other);
    if (!(below < above)) return false;
    above = below;
  }
  return bestValue < above;
}

/** Leaves the `wanted` best points of a Halton sequence (Halton 1960) in `candidates`, best first. */
function screen(unknowns: i32, wanted: i32): i32 {
  let found = 0;
  for (let point = 1; point <= SCREENED_PER_UNKNOWN * unknowns && !isSpent(); point += 2) {
    place(point, current, unknowns);
    place(point + 1, other, unknowns);
    objectivePair(current, other);
    const value = second;
    found = rank(current, first, unknowns, found, wanted);
    found = rank(other, value, unknowns, found, wanted);
  }
  return found;
}

function place(point: i32, x: usize, unknowns: i32): void {
  for (let i = 0; i < unknowns; i++) put(x, i, SCREENED_RANGE * (2.0 * halton(point, i) - 1.0));
}

/** Puts a point among the best `wanted`, of which there are `found`; returns how many there are then. */
function rank(x: usize, value: f64, unknowns: i32, found: i32, wanted: i32): i32 {
  if (!isFinite(value)) return found;
  let rank = found;
  while (rank > 0 && at(candidateValues, rank - 1) > value) rank--;
  if (rank >= wanted) return found;
  const count = min(found + 1, wanted);
  for (let i = count - 1; i > rank; i--) {
    put(candidateValues, i, at(candidateValues, i - 1));
    copy(offset(candidates, i * unknowns), offset(candidates, (i - 1) * unknowns), unknowns);
  }
  put(candidateValues, rank, value);
  copy(offset(candidates, rank * unknowns), x, unknowns);
  return count;
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
