// First states to search from: a classical decomposition of the first cycles, then a line (or a mean) through the first
// values without their season (Hyndman et al. 2008, section 2.6.1).
import { column } from "../arima/arena";
import { at, put } from "../arima/columns";
import { hasTrend, levelAt, MULTIPLICATIVE, NONE, period, season, seasonsAt, trendAt } from "./shape";
import { givenSeasons, length, series } from "./filter";

/** Cycles that are averaged: later ones say little of the first season where seasons change. */
export const CYCLES: i32 = 5;
/** A season that is multiplied stays this far from nothing. */
const LEAST_FACTOR: f64 = 0.01;

let counts: usize = 0;
let intercept: f64 = 0;
let slope: f64 = 0;

export function prepare(): void {
  counts = column(period);
}

/** Writes level, trend and first season into the unknowns `x`, the season into `givenSeasons` as well. */
export function putFirstStates(x: usize): void {
  if (season != NONE) estimateSeason();
  const count = firstValues();
  fitLine(count, true);
  if (hasTrend) {
    put(x, levelAt, intercept);
    put(x, trendAt, slope);
  } else {
    let sum = 0.0;
    for (let t = 0; t < count; t++) sum += adjusted(t);
    put(x, levelAt, sum / count);
  }
  // A level that is not positive has no relative errors.
  if (season == MULTIPLICATIVE && hasTrend && !(intercept + slope > 0.0)) {
    put(x, levelAt, max(adjusted(0), LEAST_FACTOR));
    put(x, trendAt, 0.0);
  }
  if (seasonsAt >= 0) for (let i = 1; i < period; i++) put(x, seasonsAt + i - 1, at(givenSeasons, i));
}

/** How many values the first level and trend are taken from. */
export function firstValues(): i32 {
  return min(length, max(10, 2 * period));
}

function estimateSeason(): void {
  const used = min(length, CYCLES * period + (period & 1));
  const isProduct = season == MULTIPLICATIVE;
  const hasTwoCycles = length >= 2 * period + 1;
  if (!hasTwoCycles) fitLine(length, false);
  for (let i = 0; i < period; i++) {
    put(givenSeasons, i, 0.0);
    put(counts, i, 0.0);
  }
  const half = hasTwoCycles ? period >> 1 : 0;
  for (let t = half; t < used - half; t++) {
    const centre = hasTwoCycles ? movingAverage(t, half) : intercept + slope * (t + 1);
    const y = at(series, t);
    const i = t % period;
    put(givenSeasons, i, at(givenSeasons, i) + (isProduct ? y / max(centre, LEAST_FACTOR) : y - centre));
    put(counts, i, at(counts, i) + 1.0);
  }
  let sum = 0.0;
  for (let i = 0; i < period; i++) {
    const mean = at(counts, i) > 0.0 ? at(givenSeasons, i) / at(counts, i) : isProduct ? 1.0 : 0.0;
    put(givenSeasons, i, isProduct ? max(mean, LEAST_FACTOR) : mean);
    sum += at(givenSeasons, i);
  }
  for (let i = 0; i < period; i++) {
    const value = at(givenSeasons, i);
    put(givenSeasons, i, isProduct ? (value * period) / sum : value - sum / period);
  }
}

/** Over a whole season around `t`; an even one takes half of the value at either end. */
function movingAverage(t: i32, half: i32): f64 {
  let sum = 0.0;
  for (let k = -half; k <= half; k++) sum += at(series, t + k);
  if ((period & 1) == 0) sum -= 0.5 * (at(series, t - half) + at(series, t + half));
  return sum / period;
}

function adjusted(t: i32): f64 {
  const y = at(series, t);
  if (season == NONE) return y;
  const s = at(givenSeasons, t % period);
  return season == MULTIPLICATIVE ? y / s : y - s;
}

/** Least squares through the first values; time 1 is that of the first. */
function fitLine(count: i32, isAdjusted: bool): void {
  const middle = 0.5 * (count + 1);
  let sum = 0.0;
  let products = 0.0;
  let squares = 0.0;
  for (let t = 0; t < count; t++) {
    const y = isAdjusted ? adjusted(t) : at(series, t);
    const time = t + 1 - middle;
    sum += y;
    products += time * y;
    squares += time * time;
  }
  slope = squares > 0.0 ? products / squares : 0.0;
  intercept = sum / count - slope * middle;
}
