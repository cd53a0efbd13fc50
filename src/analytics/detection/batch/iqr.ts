import { byField } from "./by-field";
import { quantileOfSorted, robustSpread, soundSpread } from "./order-statistics";
import { leastSpread } from "./quiet-windows";

/** Of the standard normal: its upper quartile. */
const QUARTILE = 0.6744897501960817;
/** Tukey's fences, 1.5 interquartile ranges beyond the quartiles, in standard deviations of normal values. */
const TUKEY = QUARTILE + 1.5 * 2 * QUARTILE;

/**
 * Fences beyond the quartiles of the whole series (Tukey 1977): a threshold of 2.698 gives his 1.5 interquartile ranges,
 * 4.72 his 3. Each side has its own half of the range within the quartiles, so the score is 0 at the median.
 */
export const iqr = byField({
  id: "iqr",
  defaultThreshold: TUKEY,
  requiredPoints: () => 8,
  warmUp: 0,
  workUnits: () => 0.8,
  distances(values) {
    const { lower, median, upper, range } = quartiles(values);
    return {
      sigma: values.map((value) => {
        if (value > upper) return QUARTILE + (2 * QUARTILE * (value - upper)) / range;
        if (value < lower) return QUARTILE + (2 * QUARTILE * (lower - value)) / range;
        const half = value > median ? upper - median : median - lower;
        return half > 0 ? (QUARTILE * Math.abs(value - median)) / half : 0;
      }),
      band(_row, level) {
        const reach = ((level - QUARTILE) / (2 * QUARTILE)) * range;
        return { expected: median, lower: lower - reach, upper: upper + reach };
      },
    };
  },
});

function quartiles(values: Float64Array) {
  const sorted = values.toSorted();
  const [lower, median, upper] = [0.25, 0.5, 0.75].map((share) => quantileOfSorted(sorted, share)) as [
    number,
    number,
    number,
  ];
  if (upper - lower > 1e-9 * Math.abs(median) && upper - lower > 1e-9)
    return { lower, median, upper, range: upper - lower };
  // Half of the values are the same.
  const spread = Math.max(leastSpread(values), soundSpread(robustSpread(values, median), median));
  return { lower, median, upper, range: 2 * QUARTILE * spread };
}
