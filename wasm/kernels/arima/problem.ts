// The function that is minimised: counts its evaluations and stops the search when the budget is used up.
import { innovate } from "./innovations";
import { run } from "./likelihood";
import { arOrder, setUnconstrained } from "./model";
import { clear } from "./columns";

export const CONDITIONAL: i32 = 0;
export const EXACT: i32 = 1;

let kind: i32 = EXACT;
let series: usize = 0;
let innovations: usize = 0;
let length: i32 = 0;
let budget: i32 = 0;
export let evaluations: i32 = 0;

export function pose(w: usize, e: usize, n: i32, maxEvaluations: i32): void {
  series = w;
  innovations = e;
  length = n;
  budget = maxEvaluations;
  evaluations = 0;
}

export function minimise(objectiveKind: i32): void {
  kind = objectiveKind;
}

// @ts-ignore: decorator
@inline
export function isSpent(): bool {
  return evaluations >= budget;
}

/** A change of the objective below this is a change of the log-likelihood below 1e-8. */
export function tolerance(): f64 {
  return 1e-8 / <f64>length;
}

export function objective(raw: usize): f64 {
  evaluations++;
  setUnconstrained(raw);
  if (kind == EXACT) return run(series, innovations, length, 0, 0);
  clear(innovations, arOrder);
  const sum = innovate(series, innovations, arOrder, length);
  const value = 0.5 * Math.log(sum / <f64>(length - arOrder));
  return isFinite(value) ? value : Infinity;
}
