import { armaCovariance } from "../../kernel/arima";
import { armaCovarianceWithGaps } from "../../kernel/arima-gaps";
import type { ArimaCoefficients, ArimaFit } from "./fit";
import { gapSeries, hasGaps } from "./gaps";
import { differenced, shapeOf } from "./order";

/** How well the coefficients are known, by the inverse of the observed information (Harvey 1993, section 5.2). */
export interface Uncertainty {
  /** In the shape of the coefficients. */
  standardErrors: ArimaCoefficients;
  /** Rows and columns in the order ar, ma, sar, sma, mean or drift. */
  covariance: number[][];
}

/**
 * Null where the information is not positive definite, as at a moving average on the unit circle or with factors that
 * cancel. k (k + 3) / 2 pairs of evaluations of the likelihood for k coefficients.
 */
export function uncertaintyOf(
  fit: Pick<ArimaFit, "order" | "constant" | "values" | "estimate">,
): Uncertainty | null {
  const { order, constant, values, estimate } = fit;
  const { p, q, P, Q, d, D, m } = order;
  const shape = shapeOf(order, constant);
  const flat = hasGaps(values)
    ? armaCovarianceWithGaps(gapSeries(values, order), shape, estimate.coefficients)
    : armaCovariance(differenced(values, order), shape, estimate.coefficients);
  if (flat === null) return null;
  const size = p + q + P + Q + (constant ? 1 : 0);
  // The drift is the change of a step, the mean of a seasonal difference that of m.
  const scale = (i: number) => (constant && i === size - 1 && D > 0 ? 1 / m : 1);
  const covariance = Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (_, j) => flat[i * size + j]! * scale(i) * scale(j)),
  );
  const errors = covariance.map((row, i) => Math.sqrt(row[i]!));
  if (!errors.every(Number.isFinite)) return null;
  const ofConstant = constant ? errors[size - 1]! : null;
  return {
    standardErrors: {
      ar: errors.slice(0, p),
      ma: errors.slice(p, p + q),
      sar: errors.slice(p + q, p + q + P),
      sma: errors.slice(p + q + P, p + q + P + Q),
      mean: d + D === 0 ? ofConstant : null,
      drift: d + D > 0 ? ofConstant : null,
    },
    covariance,
  };
}

/** Evaluations of the likelihood that it takes. */
export const uncertaintyEvaluations = ({ p, q, P, Q }: ArimaFit["order"]): number => {
  const k = p + q + P + Q;
  return k * (k + 3) + 1;
};
