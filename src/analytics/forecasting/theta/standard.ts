import type { Budget } from "../budget";
import { fitInOwnUnit } from "../decompose/transformed";
import { type FittedModel, normalPrediction, type TrainingSeries } from "../model";
import { estimateTheta } from "./estimate";
import { leastSquaresLine, slopeVariance, type ThetaParameters } from "./recursion";
import { withClassicalSeason } from "./season";

/**
 * The theta method (Assimakopoulos and Nikolopoulos 2000) in the form Hyndman and Billah (2003) proved equal: simple
 * exponential smoothing with half of the slope of the line through all values as drift, as R's `thetaf`. Null for fewer
 * than three values.
 */
export function standardTheta(series: TrainingSeries, budget: Budget): FittedModel | null {
  return fitInOwnUnit(series, (scaled) =>
    withClassicalSeason(scaled, (values) => fitAdjusted(values, budget)),
  );
}

function fitAdjusted(values: Float64Array, budget: Budget): FittedModel | null {
  if (values.length < 3) return null;
  const line = leastSquaresLine(values);
  const estimate = estimateTheta({ values, line, lineWeight: 0, skipped: 0 }, budget);
  const sigma = Math.sqrt(estimate.squaredErrors / Math.max(1, values.length - 2));
  return model(values, estimate, sigma);
}

function model(values: Float64Array, theta: ThetaParameters, sigma: number): FittedModel {
  const { alpha } = theta;
  const halfLine = { ...theta, lineWeight: 0.5 };
  const fitted = new Float64Array(values.length);
  let level = theta.initialLevel;
  for (const [t, value] of values.entries()) {
    fitted[t] = level;
    level += alpha * (value - level);
  }
  const drift = leastSquaresLine(values).slope / 2;
  const start = level + (drift * (1 - (1 - alpha) ** values.length)) / alpha;
  return {
    name: "Theta",
    parameterCount: 4,
    fitted,
    predict: (horizon) =>
      normalPrediction(
        Float64Array.from({ length: horizon }, (_, h) => start + h * drift),
        Float64Array.from(
          { length: horizon },
          (_, h) => sigma * Math.sqrt(1 + h * alpha * alpha + slopeVariance(halfLine, values.length, h + 1)),
        ),
      ),
    apply: (other) => model(other, theta, sigma),
  };
}
