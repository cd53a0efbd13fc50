// Where the searches begin. The likelihood of a smoothing model often has a maximum at a small alpha and another near
// one, so the best point of each stretch of alpha is followed for a while and the best of those to its end.
import { column } from "../arima/arena";
import { at, copy, offset, put } from "../arima/columns";
import { betaAt, gammaAt, phiAt, unknowns } from "./shape";
import { converged, descend, evaluate } from "./search";
import { isSpent } from "./work";

const ALPHAS: StaticArray<f64> = [0.3, 0.05, 0.8, 0.01];
const SHARES: StaticArray<f64> = [0.03, 0.3];
/** The last stretch is for trends that follow the level closely while both hardly move. */
const LAST_STRETCH: i32 = 3;
const LAST_SHARE: f64 = 0.9;
const FIRST_PHI: f64 = 0.96;
const FIRST_ITERATIONS: i32 = 3;
const LAST_ITERATIONS: i32 = 40;
/** Of -2 log L: who is this far behind after the first iterations is not followed. */
const FAR: f64 = 20;
const MAX_STARTS: i32 = 4;

let points: usize = 0;
let values: usize = 0;
let current: usize = 0;
let count: i32 = 0;
export let best: usize = 0;
export let bestValue: f64 = Infinity;
export let bestConverged: bool = false;

export function prepare(): void {
  points = column(MAX_STARTS * unknowns);
  values = column(MAX_STARTS);
  current = column(unknowns);
  best = column(unknowns);
  count = 0;
  bestValue = Infinity;
  bestConverged = false;
}

/** Searches from the states of `x` and so many stretches of alpha; one point is looked at in any case. */
export function solve(x: usize, stretches: i32): void {
  copy(current, x, unknowns);
  for (let i = 0; i < min(stretches, MAX_STARTS) && (i == 0 || !isSpent()); i++) screen(i);
  for (let i = 0; i < count && !isSpent(); i++) {
    const point = offset(points, i * unknowns);
    put(values, i, descend(point, at(values, i), FIRST_ITERATIONS, 0));
    keep(point, at(values, i));
  }
  const leading = bestValue;
  for (let followed = 0; followed < count && !isSpent(); followed++) {
    const i = nearest();
    if (i < 0 || at(values, i) > leading + FAR) return;
    const point = offset(points, i * unknowns);
    keep(point, descend(point, at(values, i), LAST_ITERATIONS, 0));
    put(values, i, Infinity);
  }
}

/** From `x` alone, the first `fixed` unknowns unmoved. */
export function settle(x: usize, iterations: i32, fixed: i32): void {
  keep(x, evaluate(x));
  if (iterations > 0) keep(x, descend(x, Infinity, iterations, fixed));
}

function screen(stretch: i32): void {
  const isLast = stretch == LAST_STRETCH;
  if (isLast && betaAt < 0) return;
  const slot = offset(points, count * unknowns);
  let lowest = Infinity;
  for (let i = 0; i < (betaAt < 0 || isLast ? 1 : SHARES.length); i++) {
    for (let j = 0; j < (gammaAt < 0 ? 1 : SHARES.length); j++) {
      put(current, 0, unchecked(ALPHAS[stretch]));
      if (betaAt >= 0) put(current, betaAt, isLast ? LAST_SHARE : unchecked(SHARES[i]));
      if (gammaAt >= 0) put(current, gammaAt, unchecked(SHARES[j]));
      if (phiAt >= 0) put(current, phiAt, FIRST_PHI);
      const value = evaluate(current);
      if (!(value < lowest)) continue;
      lowest = value;
      copy(slot, current, unknowns);
    }
  }
  if (!isFinite(lowest)) return;
  put(values, count, lowest);
  keep(slot, lowest);
  count++;
}

function nearest(): i32 {
  let found = -1;
  for (let i = 0; i < count; i++) if (isFinite(at(values, i)) && (found < 0 || at(values, i) < at(values, found))) found = i;
  return found;
}

function keep(x: usize, value: f64): void {
  if (!(value < bestValue)) return;
  bestValue = value;
  bestConverged = converged;
  copy(best, x, unknowns);
}
