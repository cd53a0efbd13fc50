import { medianOf, quantileOfSorted, robustSpread } from "./order-statistics";
import { fitParetoTail, tailProbability, tailQuantile, type Valley } from "./pareto-tail";
import { probabilityOf, sigmaOf } from "./tail-probability";

export interface Calibration {
  /** A distance for each score. */
  sigma: Float64Array;
  /** The score at a distance. */
  scoreAt(sigma: number): number;
}

/**
 * Brings scores without a unit to standard deviations: a score that a share p of the rows reach is as far out as a
 * normal value that is passed with probability p. Within the bulk p is counted, beyond it is that of the tail's
 * generalised Pareto distribution, so anomalies among the rows hardly move it. Scores of which too few differ are
 * measured in robust standard deviations of at least `leastSpread`.
 */
export function calibrated(scores: Float64Array, leastSpread: number, valley?: Valley): Calibration {
  const tail = fitParetoTail(scores, valley);
  if (tail === null) {
    const centre = medianOf(scores);
    const spread = Math.max(leastSpread, robustSpread(scores, centre));
    return {
      sigma: scores.map((score) => Math.max(0, (score - centre) / spread)),
      scoreAt: (sigma) => centre + sigma * spread,
    };
  }
  const sorted = scores.toSorted();
  const n = scores.length;
  return {
    sigma: scores.map((score) => {
      if (score > tail.threshold) return sigmaOf(tailProbability(tail, score));
      // Ties get the probability of the largest of them, so equal scores are equally far.
      return sigmaOf(1 - (firstAbove(sorted, score) - 1) / n);
    }),
    scoreAt(sigma) {
      const probability = probabilityOf(sigma);
      return probability < tail.share
        ? tailQuantile(tail, probability)
        : quantileOfSorted(sorted, 1 - probability);
    },
  };
}

/**
 * Of the level that normal noise would have: nearer is no anomaly even where the tail is so light that it is rare, and
 * counts and rounded readings, of which many are equally far, seem to have such tails.
 */
const LEAST_SHARE = 0.75;
/** A level beyond comes of a window that does not fit the series. */
const MOST = 20;

/**
 * The level that a share `rate` of normal rows passes, from the distances of all; where the tail cannot be told, that of
 * normal noise.
 */
export function levelOf(distances: Float64Array, rate: number, valley?: Valley): number {
  const ofNoise = sigmaOf(rate);
  const tail = fitParetoTail(distances, valley);
  if (tail === null) return ofNoise;
  return Math.min(MOST, Math.max(LEAST_SHARE * ofNoise, tailQuantile(tail, rate)));
}

function firstAbove(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
