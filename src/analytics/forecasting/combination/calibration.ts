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

/**
 * How much wider intervals have to be than the models say, by what errors at rolling origins were in units of the
 * standard errors stated there: conformal scores (Lei et al. 2018, "locally weighted"), pooled over origins and
 * horizons by their mean square and drawn to a prior where they are few.
 */
export function intervalScale(
  outcomes: readonly Outcome[],
  { n, horizon, level }: { n: number; horizon: number; level: number },
): number {
  const ratios = outcomes.flatMap((outcome) => ratiosOf(outcome, level));
  const smallSample = 1 + UNKNOWN_PARAMETERS / n;
  if (ratios.length === 0) return PRIOR_SCALE * smallSample;
  const meanSquare = ratios.reduce((sum, ratio) => sum + ratio ** 2, 0) / ratios.length;
  const horizons = ratios.length / horizon;
  const weight = horizons / (horizons + PRIOR_HORIZONS);
  const observed = Math.max(LEAST_SCALE, Math.sqrt(meanSquare));
  return PRIOR_SCALE ** (1 - weight) * observed ** weight * smallSample;
}

/** Errors in units of the standard error that the bound on their side stands for. */
function ratiosOf({ said, actual }: Outcome, level: number): number[] {
  const z = normalQuantile((1 + level) / 2);
  const ratios: number[] = [];
  actual.forEach((value, h) => {
    const error = value - said.mean[h]!;
    const bound = error > 0 ? said.upper[h]! : said.lower[h]!;
    const standardError = Math.abs(bound - said.mean[h]!) / z;
    if (standardError > 0) ratios.push(Math.min(LARGEST_RATIO, Math.abs(error) / standardError));
  });
  return ratios;
}

/** The bounds at `scale` times their distance from the mean. */
export function widened({ mean, lower, upper }: Said, scale: number): Said {
  return {
    mean,
    lower: lower.map((bound, h) => mean[h]! - scale * (mean[h]! - bound)),
    upper: upper.map((bound, h) => mean[h]! + scale * (bound - mean[h]!)),
  };
}
