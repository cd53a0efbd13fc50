import { WARM_UP } from "../trailing-z";
import { byField } from "./by-field";
import { soundSpread } from "./order-statistics";
import { OrderedWindow } from "./ordered-window";
import { probabilityOf, studentQuantile } from "./tail-probability";

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
    const widening = wideningAt(level);
    const window = new OrderedWindow(windowSize);
    for (const [t, value] of values.entries()) {
      if (t >= WARM_UP) {
        centre[t] = window.median();
        unit[t] = soundSpread(window.spread(centre[t]!), centre[t]!) * widening(window.length);
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

/** Degrees of freedom for each value, from the asymptotic variance of the deviation; and the median's own variance. */
const DEGREES = 0.37;
const MEDIAN_VARIANCE = Math.PI / 2;

/** How many times wider the level is than it would be with the deviation known. */
function wideningAt(level: number): (count: number) => number {
  const known = new Map<number, number>();
  return (count) => {
    const before = known.get(count);
    if (before !== undefined) return before;
    const degrees = Math.max(3, Math.round(DEGREES * count));
    const quantile = studentQuantile(probabilityOf(level), degrees);
    const wider = (quantile / level) * Math.sqrt(1 + MEDIAN_VARIANCE / count);
    known.set(count, wider);
    return wider;
  };
}
