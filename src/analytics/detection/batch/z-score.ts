import { trailingZ, WARM_UP } from "../trailing-z";
import { byField } from "./by-field";

/** Against the mean and standard deviation of the window before the value: trailing-z.ts. */
export const zScore = byField({
  id: "z_score",
  requiredPoints: () => WARM_UP + 1,
  warmUp: WARM_UP,
  workUnits: ({ windowSize, adaptive }) => (1 + windowSize * 0.006) * (adaptive === null ? 1 : 2),
  distances(values, level, { windowSize }) {
    const judged = trailingZ(values, windowSize, level);
    return {
      sigma: Float64Array.from(judged, (one) => (one === null ? 0 : one.ratio * level)),
      band(row) {
        const { expected, lower, upper } = judged[row] ?? { expected: null, lower: null, upper: null };
        return { expected, lower, upper };
      },
    };
  },
});
