import { autocorrelations } from "./autocorrelation";

/** A season is seen so many times before it is believed, or, where it is a usual one, so many times. */
export const CYCLES = 4;
const CYCLES_OF_USUAL = 2.5;

/** Of quarters, weeks, months, days in hours, ... : tried whatever the autocorrelations say. */
export const USUAL = [4, 7, 12, 24, 48, 52, 96, 144, 168, 288, 336, 672, 1008, 1440, 2016];

const MOST_CANDIDATES = 24;

/** Those that a series of `n` values can show. */
export function givenCandidates(given: readonly number[], n: number): number[] {
  return given.filter((period) => Number.isInteger(period) && period >= 2 && CYCLES_OF_USUAL * period <= n);
}

/**
 * Usual periods, and lags at which the autocorrelation has a peak, the highest first; after the first season only such
 * as are made of it.
 */
export function likelyCandidates(noise: Float64Array, n: number, found: readonly number[]): number[] {
  const correlation = autocorrelations(noise);
  const longest = Math.floor(n / CYCLES);
  const peaks: number[] = [];
  for (let lag = 2; lag <= longest && lag + 1 < correlation.length; lag++) {
    const here = correlation[lag]!;
    const isPeak = here > 0 && here >= correlation[lag - 1]! && here >= correlation[lag + 1]!;
    if (isPeak && found.every((period) => lag % period === 0 || period % lag === 0)) peaks.push(lag);
  }
  peaks.sort((a, b) => correlation[b]! - correlation[a]!);
  const usual = USUAL.filter((period) => CYCLES_OF_USUAL * period <= n);
  return [...new Set([...peaks.slice(0, MOST_CANDIDATES), ...usual])];
}
