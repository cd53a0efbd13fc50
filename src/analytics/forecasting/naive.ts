import { fitInOwnUnit } from "./decompose/transformed";
import { type FittedModel, normalPrediction, type TrainingSeries } from "./model";

/** What a benchmark consists of: a forecast made from the values so far, and how its variance grows. */
interface Benchmark {
  name: string;
  parameterCount: number;
  /** Of its one-step errors. */
  sigma: number;
  /** The prediction of the step `ahead` of the first `known` values; NaN where they are too few. */
  forecast(values: Float64Array, known: number, ahead: number): number;
  /** In units of sigma squared. */
  variance(known: number, ahead: number): number;
}

/** The last value: best for a random walk. Null for fewer than two values. */
export const naive = (series: TrainingSeries): FittedModel | null => seasonalRandomWalk(series, 1, "Naive");

/** The last value of the same phase. Null where there is no season or not more than one cycle. */
export const seasonalNaive = (series: TrainingSeries): FittedModel | null =>
  series.season > 1 ? seasonalRandomWalk(series, series.season, `SeasonalNaive[${series.season}]`) : null;

function seasonalRandomWalk(series: TrainingSeries, lag: number, name: string): FittedModel | null {
  if (series.values.length <= lag) return null;
  return fitInOwnUnit(series, ({ values }) => {
    const cycles = (ahead: number) => Math.floor((ahead - 1) / lag);
    return benchmark(values, 0, {
      name,
      parameterCount: 1,
      forecast: (all, known, ahead) => all[known + ahead - 1 - (cycles(ahead) + 1) * lag] ?? Number.NaN,
      variance: (_, ahead) => cycles(ahead) + 1,
    });
  });
}

/** A random walk with drift, the mean of all changes. Null for fewer than three values. */
export function drift(series: TrainingSeries): FittedModel | null {
  if (series.values.length < 3) return null;
  return fitInOwnUnit(series, ({ values }) => {
    const n = values.length;
    const slope = (values[n - 1]! - values[0]!) / (n - 1);
    return benchmark(values, 1, {
      name: "Drift",
      parameterCount: 2,
      forecast: (all, known, ahead) => (all[known - 1] ?? Number.NaN) + ahead * slope,
      variance: (known, ahead) => ahead * (1 + ahead / Math.max(1, known - 1)),
    });
  });
}

/** `estimated`: numbers that the one-step errors were made smaller by, so that their variance is not (Hyndman and Athanasopoulos 2021, 5.5). */
function benchmark(values: Float64Array, estimated: number, method: Omit<Benchmark, "sigma">): FittedModel {
  const fitted = oneStepForecasts(values, method);
  let squares = 0;
  let count = 0;
  for (const [t, forecast] of fitted.entries()) {
    if (Number.isNaN(forecast)) continue;
    squares += (values[t]! - forecast) ** 2;
    count++;
  }
  return model(values, { ...method, sigma: Math.sqrt(squares / Math.max(1, count - estimated)) });
}

const oneStepForecasts = (values: Float64Array, { forecast }: Omit<Benchmark, "sigma">): Float64Array =>
  values.map((_, t) => forecast(values, t, 1));

function model(values: Float64Array, method: Benchmark): FittedModel {
  const n = values.length;
  return {
    name: method.name,
    parameterCount: method.parameterCount,
    fitted: oneStepForecasts(values, method),
    predict(horizon) {
      const ahead = Array.from({ length: horizon }, (_, h) => h + 1);
      return normalPrediction(
        Float64Array.from(ahead, (h) => method.forecast(values, n, h)),
        Float64Array.from(ahead, (h) => method.sigma * Math.sqrt(method.variance(n, h))),
      );
    },
    apply: (other) => model(other, method),
  };
}
