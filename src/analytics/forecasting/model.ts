import { normalQuantile } from "./normal";

/** What every family of models is fitted to: one value a step, without missing values unless the family says so. */
export interface TrainingSeries {
  values: Float64Array;
  /** Steps in a season; 1 where there is none. */
  season: number;
}

/** A central prediction interval, a bound a step. */
export interface Interval {
  lower: Float64Array;
  upper: Float64Array;
}

/** Predictions of the next steps, the nearest first; nothing in it is NaN or infinite. */
export interface Prediction {
  mean: Float64Array;
  /** Of the prediction, in the units of the series: parameters are taken as known. */
  standardError: Float64Array;
  /** `level`: the probability in (0, 1) that a value lies between its bounds, by the model's own word. */
  interval(level: number): Interval;
}

/**
 * A model fitted to a series: only this can predict. Every family of models ends in one, so that they can be compared,
 * combined and checked on rolling origins without knowing which is which.
 */
export interface FittedModel {
  /** As the field writes it: "ETS(M,Ad,M)", "ARIMA(0,1,1)(0,1,1)[12]", "DOTM". */
  readonly name: string;
  /** Estimated numbers: coefficients, initial states, the variance. */
  readonly parameterCount: number;
  /** One-step predictions within the sample, as long as the series; NaN where the model has none (its first values). */
  readonly fitted: Float64Array;
  predict(horizon: number): Prediction;
  /** The same parameters on another series of the same kind, e.g. one that ends earlier: nothing is searched. */
  apply(values: Float64Array): FittedModel;
}

/** A prediction whose errors are normal. */
export function normalPrediction(mean: Float64Array, standardError: Float64Array): Prediction {
  return {
    mean,
    standardError,
    interval(level) {
      const z = normalQuantile((1 + level) / 2);
      return {
        lower: mean.map((centre, h) => centre - z * standardError[h]!),
        upper: mean.map((centre, h) => centre + z * standardError[h]!),
      };
    },
  };
}
