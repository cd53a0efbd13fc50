// The function that is minimised: counts its evaluations and stops the search when the budget is used up.
import { clear, offset } from "./columns";
import * as gaps from "./gaps";
import { innovate } from "./innovations";
import { run } from "./likelihood";
import { arOrder, setUnconstrained } from "./model";
import * as pairs from "./pair-filter";

export const CONDITIONAL: i32 = 0;
export const EXACT: i32 = 1;
/** Exact, with missing values: the series is that of gaps.ts. */
export const WITH_GAPS: i32 = 2;

let kind: i32 = EXACT;
let whole: usize = 0;
let wholeLength: i32 = 0;
let innovations: usize = 0;
let budget: f64 = 0;
/** The part that is looked at, and what an evaluation of it counts. */
let series: usize = 0;
export let length: i32 = 0;
let share: f64 = 1;
/** Evaluations of the whole series; those of a part count for their share. */
export let evaluations: f64 = 0;
/** Results of {@link objectivePair}. */
export let first: f64 = 0;
export let second: f64 = 0;

export function pose(w: usize, e: usize, n: i32, maxEvaluations: i32): void {
  whole = w;
  wholeLength = n;
  innovations = e;
  budget = <f64>maxEvaluations;
  evaluations = 0.0;
  lookAtLast(n);
}

/** Of the series only the last `count` values are looked at from now on. */
export function lookAtLast(count: i32): void {
  series = offset(whole, wholeLength - count);
  length = count;
  share = <f64>count / <f64>wholeLength;
}

export function minimise(objectiveKind: i32): void {
  kind = objectiveKind;
}

// @ts-ignore: decorator
@inline
export function isSpent(): bool {
  return evaluations >= budget;
}

/** What a change of the log-likelihood by `change` is in the objective. */
export function inObjective(change: f64): f64 {
  return change / <f64>length;
}

export function objective(raw: usize): f64 {
  evaluations += share;
  setUnconstrained(raw);
  if (kind == WITH_GAPS) return gaps.run(false);
  if (kind == EXACT) return run(series, innovations, length, 0, 0);
  clear(innovations, arOrder);
  const sum = innovate(series, innovations, arOrder, length);
  const value = 0.5 * Math.log(sum / <f64>(length - arOrder));
  return isFinite(value) ? value : Infinity;
}

/** Two evaluations at little more than the cost of one, into {@link first} and {@link second}. */
export function objectivePair(a: usize, b: usize): void {
  if (kind == WITH_GAPS) {
    first = objective(a);
    second = objective(b);
    return;
  }
  evaluations += 2.0 * share;
  pairs.setUnconstrainedPair(a, b, kind == EXACT);
  if (kind == EXACT) pairs.runExact(series, length);
  else pairs.runConditional(series, length);
  first = f64x2.extract_lane(pairs.objectives, 0);
  second = f64x2.extract_lane(pairs.objectives, 1);
}
