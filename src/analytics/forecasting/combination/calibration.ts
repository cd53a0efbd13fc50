import { normalQuantile } from "../normal";
import type { Said } from "./rolling-origin";

/** A forecast from an earlier origin beside what came. */
export interface Outcome {
  said: Said;
  actual: Float64Array;
}

/** Models take their parameters as known; 8 / n makes up for that on the evaluation series of 14 to 4,000 values. */
const UNKNOWN_PARAMETERS = 8;
/** What intervals of a combination are too narrow by where nothing else is known. */
const PRIOR_SCALE = 1.05;
/** Trials, in whole horizons, that weigh as much as the prior. */
const PRIOR_HORIZONS = 12;
/** A single miss counts as no more than this many standard errors: breaks are rare and would widen everything. */
const LARGEST_RATIO = 6;
const LEAST_SCALE = 0.3;
/** Trials of a step and its neighbours that weigh as much as what all steps say. */
const NEIGHBOUR_TRIALS = 12;

/**
 * How much wider intervals have to be than the models say, a factor for each step: errors at rolling origins in units of
 * the standard errors stated there (conformal scores, Lei et al. 2018, "locally weighted"), by their mean square, which
 * few trials settle better than a quantile. Steps learn from their neighbours, all of them from the whole, and the whole
 * is drawn to a prior where trials are few.
 */
export function intervalScales(
  outcomes: readonly Outcome[],
  { n, horizon, level }: { n: number; horizon: number; level: number },
): Float64Array {
  const steps = squaresByStep(outcomes, horizon, level);
  const all = sumOf(steps, () => 1);
  const smallSample = 1 + UNKNOWN_PARAMETERS / n;
  if (all.count === 0) return new Float64Array(horizon).fill(PRIOR_SCALE * smallSample);
  const trust = all.count / (all.count + PRIOR_HORIZONS * horizon);
  const whole = rootMeanSquare(all);
  const overall = PRIOR_SCALE ** (1 - trust) * whole ** trust * smallSample;
  return Float64Array.from({ length: horizon }, (_, h) => {
    const near = sumOf(steps, (other) => nearness(h, other));
    const share = near.count / (near.count + NEIGHBOUR_TRIALS);
    return overall * (near.count > 0 ? rootMeanSquare(near) / whole : 1) ** (trust * share);
  });
}

interface Squares {
  sum: number;
  count: number;
}

/** Of errors in units of their standard errors. */
function squaresByStep(outcomes: readonly Outcome[], horizon: number, level: number): Squares[] {
  const steps = Array.from({ length: horizon }, () => ({ sum: 0, count: 0 }));
  for (const outcome of outcomes) {
    ratiosOf(outcome, level).forEach((ratio, h) => {
      if (ratio === null) return;
      steps[h]!.sum += ratio ** 2;
      steps[h]!.count++;
    });
  }
  return steps;
}

function sumOf(steps: readonly Squares[], weight: (step: number) => number): Squares {
  const total = { sum: 0, count: 0 };
  steps.forEach(({ sum, count }, h) => {
    total.sum += weight(h) * sum;
    total.count += weight(h) * count;
  });
  return total;
}

/** 1 for the step itself, falling to 0 at twice and half as far ahead. */
const nearness = (one: number, other: number): number =>
  Math.max(0, 1 - Math.abs(Math.log2((one + 1) / (other + 1))));

const rootMeanSquare = ({ sum, count }: Squares): number => Math.max(LEAST_SCALE, Math.sqrt(sum / count));

/** Errors in units of the standard error that the bound on their side stands for; null where that is zero. */
function ratiosOf({ said, actual }: Outcome, level: number): (number | null)[] {
  const z = normalQuantile((1 + level) / 2);
  return Array.from(actual, (value, h) => {
    const error = value - said.mean[h]!;
    const bound = error > 0 ? said.upper[h]! : said.lower[h]!;
    const standardError = Math.abs(bound - said.mean[h]!) / z;
    return standardError > 0 ? Math.min(LARGEST_RATIO, Math.abs(error) / standardError) : null;
  });
}

/** The bounds at `scales` times their distance from the mean. */
export function widened({ mean, lower, upper }: Said, scales: Float64Array): Said {
  return {
    mean,
    lower: lower.map((bound, h) => mean[h]! - scales[h]! * (mean[h]! - bound)),
    upper: upper.map((bound, h) => mean[h]! + scales[h]! * (bound - mean[h]!)),
  };
}
