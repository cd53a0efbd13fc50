import type { FittedModel, TrainingSeries } from "../model";
import { largest } from "../standardise";

/** A strictly increasing change of the values in which a model is fitted. */
export interface Transformation {
  forward(value: number): number;
  back(value: number): number;
  /** The standard error of what a prediction is turned back into. */
  spread(mean: number, standardError: number): number;
}

/** Below the largest double by enough for a bound of many standard errors. */
const LARGEST_PREDICTION = 1e306;

const finite = (value: number): number =>
  Math.min(LARGEST_PREDICTION, Math.max(-LARGEST_PREDICTION, Number.isNaN(value) ? 0 : value));

/** Sums of squares neither overflow nor vanish in units of a power of two, by which division is exact. */
export const inUnitsOf = (unit: number): Transformation => ({
  forward: (value) => value / unit,
  back: (value) => finite(value * unit),
  spread: (_, standardError) => finite(standardError * unit),
});

/** The median of the prediction is kept, and so are its quantiles; the mean of a log-normal would be higher. */
export const logarithm: Transformation = {
  // A model may be applied to values that it would not have been fitted to.
  forward: (value) => Math.log(Math.max(value, Number.MIN_VALUE)),
  back: (value) => finite(Math.exp(value)),
  spread: (mean, standardError) => {
    const variance = standardError * standardError;
    return finite(Math.exp(mean + variance / 2) * Math.sqrt(Math.expm1(variance)));
  },
};

/** `model` is of the transformed values, what is returned is of the values themselves. */
export function transformed(model: FittedModel, transformation: Transformation): FittedModel {
  const { forward, back, spread } = transformation;
  return {
    name: model.name,
    parameterCount: model.parameterCount,
    fitted: model.fitted.map((value) => (Number.isNaN(value) ? value : back(value))),
    predict(horizon) {
      const inner = model.predict(horizon);
      return {
        mean: inner.mean.map(back),
        standardError: inner.standardError.map((error, h) => spread(inner.mean[h]!, error)),
        interval(level) {
          const { lower, upper } = inner.interval(level);
          return { lower: lower.map(back), upper: upper.map(back) };
        },
      };
    },
    apply: (values) => transformed(model.apply(values.map(forward)), transformation),
  };
}

/** A power of two, in which the largest value is about one. */
export function unitOf(values: Float64Array): number {
  const size = largest(values);
  return size > 0 ? 2 ** Math.floor(Math.log2(size)) : 1;
}

/** Fits in a unit in which the largest value is about one; null where a value is not finite. */
export function fitInOwnUnit(
  { values, season }: TrainingSeries,
  fitScaled: (series: TrainingSeries) => FittedModel | null,
): FittedModel | null {
  if (!values.every((value) => Number.isFinite(value))) return null;
  const unit = inUnitsOf(unitOf(values));
  const model = fitScaled({ values: values.map(unit.forward), season });
  return model && transformed(model, unit);
}
