import { byField } from "./by-field";
import { medianOf, SIGMA_BY_MAD, soundSpread } from "./order-statistics";
import { leastSpreads } from "./quiet-windows";
import { WARM_UP, wideningAt } from "./trailing";

/**
 * Against the mean and standard deviation of the window before the value, by Student's t. An anomaly enters them cut
 * back to the bound it broke, so it does not hide the next one, while a lasting shift is learned in time.
 */
export const zScore = byField({
  id: "z_score",
  requiredPoints: () => WARM_UP + 1,
  warmUp: WARM_UP,
  workUnits: ({ windowSize, adaptive }) => (1 + windowSize * 0.006) * (adaptive === null ? 1 : 2),
  distances(values, level, { windowSize }) {
    const { centre, unit } = trailing(values, level, windowSize);
    return {
      sigma: values.map((value, t) => (t < WARM_UP ? 0 : Math.abs(value - centre[t]!) / unit[t]!)),
      band(row, at) {
        if (row < WARM_UP) return { expected: null, lower: null, upper: null };
        const half = at * unit[row]!;
        return { expected: centre[row]!, lower: centre[row]! - half, upper: centre[row]! + half };
      },
    };
  },
});

/** Of each row, what the window before it says: the mean, and the distance from it that is one standard deviation. */
function trailing(values: Float64Array, level: number, windowSize: number) {
  const centre = new Float64Array(values.length);
  const unit = new Float64Array(values.length);
  const widening = wideningAt(level, { degrees: (count) => count - 1, centreVariance: 1 });
  const least = leastSpreads(values, windowSize);
  const kept = values.slice();
  kept.set(cleanedWarmUp(values.subarray(0, WARM_UP)));
  for (let t = WARM_UP; t < values.length; t++) {
    const window = kept.subarray(Math.max(0, t - windowSize), t);
    const { mean, spread } = momentsOf(window);
    centre[t] = mean;
    unit[t] = Math.max(least[t]!, soundSpread(spread, mean)) * widening(window.length);
    const band = level * unit[t]!;
    kept[t] = Math.min(mean + band, Math.max(mean - band, values[t]!));
  }
  return { centre, unit };
}

function momentsOf(window: Float64Array): { mean: number; spread: number } {
  let mean = 0;
  for (const value of window) mean += value / window.length;
  let squares = 0;
  for (const value of window) squares += (value - mean) ** 2;
  return { mean, spread: Math.sqrt(squares / (window.length - 1)) };
}

/** The first window has no past to be cleaned by: it is cut to this many robust spreads around its own median. */
const WARM_UP_BAND = 4;

function cleanedWarmUp(first: Float64Array): Float64Array {
  const centre = medianOf(first);
  const spread = SIGMA_BY_MAD * medianOf(first.map((value) => Math.abs(value - centre)));
  if (!(spread > 0)) return first.map(() => centre);
  const band = WARM_UP_BAND * spread;
  return first.map((value) => Math.min(centre + band, Math.max(centre - band, value)));
}
