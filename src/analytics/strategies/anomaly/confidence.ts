/** Never certain, and never certain of nothing. */
const CONFIDENCE = { least: 0.05, most: 0.99 };
/** More than this outside is no matter of anomalies but of a method that does not fit the series. */
const PLAUSIBLE_RATE = 0.1;

/**
 * The mean over the anomalies of the probability that one is more than noise: 1 less the share of those at least as far
 * out that noise accounts for (the false discovery rate of Benjamini and Hochberg 1995). `ratios`: how far out, in alert
 * levels; noise passes a level with `expectedRate`, and r of them with its r-th power at most.
 */
export function confidenceOf(rows: number, expectedRate: number, ratios: Float64Array): number {
  if (ratios.length === 0) return (rows + 1) / (rows + 2);
  const furthestFirst = ratios.toSorted().reverse();
  const shares = furthestFirst.map((ratio, i) => Math.min(1, (rows * expectedRate ** ratio) / (i + 1)));
  const beyondNoise = shares.reduce((sum, share) => sum + (1 - share) / ratios.length, 0);
  // What is outside of bounds that were given needs no method to fit.
  const misfit = expectedRate > 0 ? Math.min(1, (PLAUSIBLE_RATE * rows) / ratios.length) : 1;
  return Math.min(CONFIDENCE.most, Math.max(CONFIDENCE.least, misfit * beyondNoise));
}

export const confidenceRule = (found: number): string =>
  found === 0
    ? "(rows + 1) / (rows + 2): no row of those judged was outside"
    : "the mean over the anomalies of 1 - the share of those at least as far out that noise accounts for; less where more than a tenth of the rows are outside";
