import type { Origin } from "./rolling-origin";

/** A power of the errors: 0 is the plain mean, infinity the best member alone. */
const POWER = 6;
/** A member whose errors are larger than the best's by this factor has no say. */
const LARGEST_ERROR = 1.5;
/** The share of equal weights: what a few origins say of the best member is partly luck. */
const EQUAL_SHARE = 0.1;
/** A member that failed at more of the origins is not judged by the easy ones it answered. */
const LEAST_COVERAGE = 0.6;

export interface Judged {
  /** Not negative, one a member, in sum 1. */
  weights: number[];
  /** Mean absolute error over origins and horizons, in the units of the series; null where there was no trial. */
  errors: (number | null)[];
}

/**
 * Weights by what members got wrong at rolling origins (Bates and Granger 1969, with the power of Pawlikowski and
 * Chorowska 2020), shrunk to equal ones (Diebold and Pauly 1990). Equal where there were no origins.
 */
export function weigh(values: Float64Array, origins: readonly Origin[], members: number): Judged {
  const trials = Array.from({ length: members }, (_, k) => errorsOf(values, origins, k));
  const most = Math.max(0, ...trials.map(({ count }) => count));
  const errors = trials.map(({ sum, count }) =>
    count > 0 && count >= LEAST_COVERAGE * most ? sum / count : null,
  );
  const best = Math.min(...errors.map((error) => error ?? Number.POSITIVE_INFINITY));
  if (most === 0 || !Number.isFinite(best)) return { weights: errors.map(() => 1 / members), errors };
  const merits = errors.map((error) => meritOf(error, best));
  const total = merits.reduce((sum, merit) => sum + merit, 0);
  const speaking = merits.filter((merit) => merit > 0).length;
  const weights = merits.map((merit) =>
    merit > 0 ? (1 - EQUAL_SHARE) * (merit / total) + EQUAL_SHARE / speaking : 0,
  );
  return { weights, errors };
}

function meritOf(error: number | null, best: number): number {
  if (error === null) return 0;
  if (best === 0) return error === 0 ? 1 : 0;
  return error > LARGEST_ERROR * best ? 0 : (best / error) ** POWER;
}

function errorsOf(values: Float64Array, origins: readonly Origin[], member: number) {
  let sum = 0;
  let count = 0;
  for (const { origin, said } of origins) {
    said[member]?.mean.forEach((predicted, h) => {
      sum += Math.abs(values[origin + h]! - predicted);
      count++;
    });
  }
  return { sum, count };
}
