// What every call begins with: its orders and its series are checked, the series is brought to units of its own spread.
import { column, isFull } from "./arena";
import { at, put } from "./columns";
import * as likelihood from "./likelihood";
import * as model from "./model";
import { BAD_LENGTH, BAD_ORDER, MAX_OBSERVATIONS, NOT_FINITE, OK, OUT_OF_MEMORY, SINGULAR } from "./status";

/** Where the numbers of a fit stand in its summary. */
export const LOG_LIKELIHOOD: i32 = 0;
/** Root of the innovations' variance (divided by n): the variance itself overflows at 1e155. */
export const SIGMA: i32 = 1;
export const SUM_LOG_VARIANCE: i32 = 2;
export const MEAN: i32 = 3;
export const EVALUATIONS: i32 = 4;
export const CONVERGED: i32 = 5;
export const SPENT: i32 = 6;
export const SETTLED_AT: i32 = 7;
/** In the same place, for a series with gaps: values that were observed, less those that the differences take. */
export const OBSERVATIONS: i32 = 7;

/** The series is worked on in units of its own spread around its own centre, so 1e-12 and 1e12 are alike. */
export let centre: f64 = 0;
export let spread: f64 = 1;
export let series: usize = 0;

/** Checks the call, scales the series and makes room for the filter. */
export function open(
  w: usize, n: i32, p: i32, q: i32, seasonalP: i32, seasonalQ: i32, season: i32, hasMean: i32,
): i32 {
  if (n < 3 || n > MAX_OBSERVATIONS) return BAD_LENGTH;
  if (!model.shape(p, q, seasonalP, seasonalQ, season)) return isFull() ? OUT_OF_MEMORY : BAD_ORDER;
  if (n <= max(model.arOrder, model.coefficientCount + hasMean + 1)) return BAD_LENGTH;
  series = column(n);
  likelihood.prepare(n, hasMean != 0);
  if (isFull()) return OUT_OF_MEMORY;
  return standardise(w, n, hasMean != 0);
}

function standardise(w: usize, n: i32, isCentred: bool): i32 {
  let largest = 0.0;
  for (let t = 0; t < n; t++) {
    if (!isFinite(at(w, t))) return NOT_FINITE;
    largest = max(largest, abs(at(w, t)));
  }
  // Sums of values near the ends of the range of a double would leave it: they are taken relative to the largest.
  if (!(largest > 1e-290)) return SINGULAR;
  let relativeMean = 0.0;
  if (isCentred) {
    for (let t = 0; t < n; t++) relativeMean += at(w, t) / largest;
    relativeMean /= n;
  }
  let squares = 0.0;
  for (let t = 0; t < n; t++) {
    const deviation = at(w, t) / largest - relativeMean;
    squares += deviation * deviation;
  }
  const relativeSpread = Math.sqrt(squares / n);
  // What is left of a constant after rounding is no variation.
  if (!(relativeSpread > 1e-14)) return SINGULAR;
  centre = relativeMean * largest;
  spread = relativeSpread * largest;
  for (let t = 0; t < n; t++) put(series, t, (at(w, t) / largest - relativeMean) / relativeSpread);
  return OK;
}
