// What the model is made of and where its numbers stand. The unknowns of the search are, in this order and where the
// model has them: alpha, the shares of beta and gamma, phi, the first level, the first trend, the first season.
//
// Bounds are the usual ones of R's forecast (0 < beta < alpha, 0 < gamma < 1 - alpha), made a box:
//   beta = LEAST + share (alpha - LEAST),   gamma = LEAST + share (1 - alpha - LEAST)
import { at, put } from "../arima/columns";

export const ADDITIVE: i32 = 1;
export const MULTIPLICATIVE: i32 = 2;
export const NONE: i32 = 0;

/** The smallest smoothing parameter; one less it is the largest. */
export const LEAST: f64 = 1e-4;
const LEAST_PHI: f64 = 0.8;
const MOST_PHI: f64 = 0.98;
/**
 * A longer first season is taken from the decomposition, not searched: the normal equations cost the square of it at
 * every value, and who has 25 seasons to estimate has many values in each.
 */
const LONGEST_SEARCHED_SEASON: i32 = 24;

export let hasRelativeError: bool = false;
export let hasTrend: bool = false;
export let isDamped: bool = false;
export let season: i32 = NONE;
/** Steps in a season; 1 where the model has none. */
export let period: i32 = 1;

/** Where an unknown stands, -1 where the model has none. Alpha is always the first. */
export let betaAt: i32 = -1;
export let gammaAt: i32 = -1;
export let phiAt: i32 = -1;
export let levelAt: i32 = 1;
export let trendAt: i32 = -1;
/** The first of period - 1: seasons[0] follows from the others, for they sum to nothing (or to the period). */
export let seasonsAt: i32 = -1;
/** How many of the unknowns have bounds: the smoothing parameters, which stand first. */
export let bounded: i32 = 1;
export let unknowns: i32 = 2;

export let alpha: f64 = 0;
export let beta: f64 = 0;
export let gamma: f64 = 0;
export let phi: f64 = 1;
export let betaShare: f64 = 0;
export let gammaShare: f64 = 0;

/** False where there is no such model. */
export function setShape(error: i32, trend: i32, damped: i32, seasonal: i32, steps: i32): bool {
  if (error != ADDITIVE && error != MULTIPLICATIVE) return false;
  if (trend != NONE && trend != ADDITIVE) return false;
  if (damped != 0 && trend == NONE) return false;
  if (seasonal < NONE || seasonal > MULTIPLICATIVE) return false;
  if (seasonal != NONE && steps < 2) return false;
  // The variance of (A, ., M) can be infinite where the level nears zero (Hyndman et al. 2008, section 15.2).
  if (error == ADDITIVE && seasonal == MULTIPLICATIVE) return false;
  hasRelativeError = error == MULTIPLICATIVE;
  hasTrend = trend != NONE;
  isDamped = damped != 0;
  season = seasonal;
  period = seasonal == NONE ? 1 : steps;
  layOut();
  return true;
}

function layOut(): void {
  let next = 1;
  betaAt = hasTrend ? next++ : -1;
  gammaAt = season != NONE ? next++ : -1;
  phiAt = isDamped ? next++ : -1;
  bounded = next;
  levelAt = next++;
  trendAt = hasTrend ? next++ : -1;
  const isSearched = season != NONE && period <= LONGEST_SEARCHED_SEASON;
  seasonsAt = isSearched ? next : -1;
  unknowns = isSearched ? next + period - 1 : next;
}

export function lowest(unknown: i32): f64 {
  if (unknown == 0) return LEAST;
  return unknown == phiAt ? LEAST_PHI : 0.0;
}

export function highest(unknown: i32): f64 {
  if (unknown == 0) return 1.0 - LEAST;
  return unknown == phiAt ? MOST_PHI : 1.0;
}

/** Takes the smoothing parameters from the unknowns. */
export function setSmoothing(x: usize): void {
  alpha = at(x, 0);
  betaShare = betaAt < 0 ? 0.0 : at(x, betaAt);
  gammaShare = gammaAt < 0 ? 0.0 : at(x, gammaAt);
  beta = betaAt < 0 ? 0.0 : LEAST + betaShare * (alpha - LEAST);
  gamma = gammaAt < 0 ? 0.0 : LEAST + gammaShare * (1.0 - alpha - LEAST);
  phi = phiAt < 0 ? 1.0 : at(x, phiAt);
}

/** The smoothing unknowns of given alpha, beta, gamma, phi, moved into the bounds. */
export function putSmoothing(x: usize, given: usize): void {
  const first = within(0, at(given, 0));
  put(x, 0, first);
  if (betaAt >= 0) put(x, betaAt, within(betaAt, share(at(given, 1) - LEAST, first - LEAST)));
  if (gammaAt >= 0) put(x, gammaAt, within(gammaAt, share(at(given, 2) - LEAST, 1.0 - first - LEAST)));
  if (phiAt >= 0) put(x, phiAt, within(phiAt, at(given, 3)));
}

function share(part: f64, whole: f64): f64 {
  return whole > 1e-12 ? part / whole : 0.0;
}

function within(unknown: i32, value: f64): f64 {
  return min(highest(unknown), max(lowest(unknown), value));
}
