import { byField } from "./by-field";
import { soundSpread } from "./order-statistics";
import { OrderedWindow } from "./ordered-window";
import { leastSpreads } from "./quiet-windows";
import { WARM_UP, wideningAt } from "./trailing";

/** Degrees of freedom for each value, from the asymptotic variance of the deviation; and the median's own variance. */
const DEGREES = 0.37;
const MEDIAN_VARIANCE = Math.PI / 2;

/**
 * Against the median and the median absolute deviation of the window before the value (Iglewicz and Hoaglin 1993): half
 * of the window may be anomalies. A deviation known from n values is known as badly as a standard deviation from 0.37 n,
 * so the distance is Student's with as many degrees of freedom.
 */
export const robustZ = byField({
  id: "robust_z",
  requiredPoints: () => WARM_UP + 1,
  warmUp: WARM_UP,
  workUnits: ({ windowSize, adaptive }) => (1 + windowSize * 0.003) * (adaptive === null ? 1 : 2),
  distances(values, level, { windowSize }) {
    const centre = new Float64Array(values.length);
    const unit = new Float64Array(values.length);
    const degrees = (count: number) => Math.max(3, DEGREES * count);
    const widening = wideningAt(level, { degrees, centreVariance: MEDIAN_VARIANCE });
    const least = leastSpreads(values, windowSize);
    const window = new OrderedWindow(windowSize);
    for (const [t, value] of values.entries()) {
      if (t >= WARM_UP) {
        centre[t] = window.median();
        const spread = soundSpread(window.spread(centre[t]!), centre[t]!);
        unit[t] = Math.max(least[t]!, spread) * widening(window.length);
      }
      window.push(value);
    }
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
