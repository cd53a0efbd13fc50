// The recursion of exponential smoothing in innovations form (Hyndman, Koehler, Ord and Snyder 2008, table 2.2 and 2.3)
// and its likelihood. With q = l + phi b the prediction is q, q + s or q s; errors additive or relative to it lead to
// the same recursion and differ in their likelihood:
//   -2 log L = n log sum r^2 + 2 sum log |f|, the second sum for relative errors only   (equation 5.3, as R counts it)
import { column } from "../arima/arena";
import { at, copy, put } from "../arima/columns";
import {
  alpha, beta, gamma, hasRelativeError, levelAt, MULTIPLICATIVE, NONE, period, phi, season, seasonsAt, setSmoothing, trendAt,
} from "./shape";
import * as expectation from "./expectation";
import { isAdmissible } from "./admissible";

/**
 * Errors smaller than this, in units of the spread of the series (or relative), are rounding: a perfect fit has a
 * finite likelihood, and of perfect fits the smallest model wins.
 */
const ROUNDING: f64 = 1e-11;

export let series: usize = 0;
export let length: i32 = 0;

/** The states before the first value, or after the last once a run is over. `seasons[i]` is that of step i. */
export let level: f64 = 0;
export let trend: f64 = 0;
export let seasons: usize = 0;
/** The first season where it is not searched. */
export let givenSeasons: usize = 0;
export let sumSquares: f64 = 0;
export let sumLogScale: f64 = 0;

export function prepare(y: usize, n: i32): void {
  series = y;
  length = n;
  seasons = column(period);
  givenSeasons = column(period);
}

/** Takes smoothing parameters and first states from the unknowns; false where they are no model. */
export function start(x: usize): bool {
  setSmoothing(x);
  level = at(x, levelAt);
  trend = trendAt < 0 ? 0.0 : at(x, trendAt);
  if (season == NONE) return true;
  if (seasonsAt < 0) {
    copy(seasons, givenSeasons, period);
  } else {
    let sum = 0.0;
    for (let i = 1; i < period; i++) {
      const value = at(x, seasonsAt + i - 1);
      put(seasons, i, value);
      sum += value;
    }
    put(seasons, 0, season == MULTIPLICATIVE ? period - sum : -sum);
  }
  if (season == MULTIPLICATIVE) for (let i = 0; i < period; i++) if (!(at(seasons, i) > 0.0)) return false;
  return isAdmissible();
}

/**
 * -2 log L of the unknowns less its constants, or what is expected added to it; Infinity where they are no model.
 * One-step predictions go to `fitted`.
 */
export function run(x: usize, fitted: usize): f64 {
  if (!start(x)) return Infinity;
  openSums();
  const isFine = season == MULTIPLICATIVE ? filterProduct(fitted) : filterSum(fitted);
  return isFine ? objective(x) : Infinity;
}

/** What is minimised, after a run. */
export function objective(x: usize): f64 {
  const squares = sumSquares + expectation.squares(x) + <f64>length * ROUNDING * ROUNDING;
  const value = <f64>length * Math.log(squares) + 2.0 * sumLogScale + expectation.penalty(x);
  return isFinite(value) ? value : Infinity;
}

/** Sums of logarithms as logarithms of products: a logarithm costs more than all else in a step. */
let product: f64 = 1;

export function openSums(): void {
  sumSquares = 0.0;
  sumLogScale = 0.0;
  product = 1.0;
}

// @ts-ignore: decorator
@inline
export function addScale(value: f64): void {
  product *= value;
  if (product > 1e100 || product < 1e-100) closeScales();
}

function closeScales(): void {
  sumLogScale += Math.log(product);
  product = 1.0;
}

export function close(squares: f64, lastLevel: f64, lastTrend: f64): void {
  closeScales();
  sumSquares = squares;
  level = lastLevel;
  trend = lastTrend;
}

/** No season, or one that is added. */
function filterSum(fitted: usize): bool {
  let l = level;
  let b = trend;
  let squares = 0.0;
  let place = 0;
  for (let t = 0; t < length; t++) {
    const damped = phi * b;
    const q = l + damped;
    const s = at(seasons, place);
    const f = q + s;
    const e = at(series, t) - f;
    if (fitted != 0) put(fitted, t, f);
    if (hasRelativeError) {
      if (!(f > 1e-12)) return false;
      squares += (e / f) * (e / f);
      addScale(f);
    } else {
      squares += e * e;
    }
    l = q + alpha * e;
    b = damped + beta * e;
    put(seasons, place, s + gamma * e);
    place = place + 1 == period ? 0 : place + 1;
  }
  close(squares, l, b);
  return true;
}

/** A season that is multiplied; errors are relative and the series is positive. */
function filterProduct(fitted: usize): bool {
  let l = level;
  let b = trend;
  let squares = 0.0;
  let place = 0;
  for (let t = 0; t < length; t++) {
    const damped = phi * b;
    const q = l + damped;
    const s = at(seasons, place);
    const f = q * s;
    // Both are positive, or the states have lost their meaning.
    if (!(q > 1e-12 && s > 1e-12)) return false;
    const relative = at(series, t) / f - 1.0;
    if (fitted != 0) put(fitted, t, f);
    squares += relative * relative;
    addScale(f);
    l = q + alpha * q * relative;
    b = damped + beta * q * relative;
    put(seasons, place, s + gamma * s * relative);
    place = place + 1 == period ? 0 : place + 1;
  }
  close(squares, l, b);
  return true;
}
