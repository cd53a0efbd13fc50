import type { FittedModel, TrainingSeries } from "../model";
import { classicalAdjustment, isSeasonal, withSeason } from "../seasonal-adjustment";

/** What the theta method does about seasons: a test, and a classical decomposition where it finds one. */
export function withClassicalSeason(
  { values, season }: TrainingSeries,
  fitAdjusted: (values: Float64Array) => FittedModel | null,
): FittedModel | null {
  const adjust = (of: Float64Array) => classicalAdjustment(of, season);
  const adjustment = isSeasonal(values, season) ? adjust(values) : null;
  if (adjustment === null) return fitAdjusted(values);
  const rest = fitAdjusted(adjustment.adjusted);
  return rest && withSeason(rest, adjustment, adjust);
}
