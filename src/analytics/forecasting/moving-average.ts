import type { Budget } from "./budget";
import type { Estimate } from "./combination/members";
import { decomposed } from "./decompose/decomposed";
import { fitInOwnUnit } from "./decompose/transformed";
import { type FittedModel, normalPrediction } from "./model";
import { leastSquaresLine } from "./theta/recursion";
import { withClassicalSeason } from "./theta/season";

/** An exponential moving average with drift, as chosen. */
interface AverageRule {
  /** alpha = 2 / (period + 1); 1: the last value. */
  period: number;
  /** Added at each step, in the units of the series. */
  drift: number;
  /** Standard deviation of the one-step errors. */
  sigma: number;
}

/** Averages over fewer values are chosen more finely: alpha from 1 to 0.05. */
const PERIODS = [1, 2, 3, 4, 6, 9, 13, 20, 40];
/** Of the slope of the line through all values: half of it is what the theta method takes. */
const DRIFT_SHARES = [0, 0.5, 1];
/** Steps ahead that choices are judged by: an error far ahead shows what a drift is worth, one step hardly does. */
const LEADS = [1, 2, 4, 8];
/** Choices are judged on the newest values up to this. */
const JUDGED = 2_000;
/** A work unit for so many values averaged and judged at one choice. */
const VALUES_PER_UNIT = 60;

/**
 * A forecast by moving averages alone: seasons taken off by them, and the exponential average of what is left carried on
 * with a part of the long-run slope; how long an average and how much of the slope, by the absolute errors one to eight
 * steps ahead within the sample. Null for fewer than three values. `periods`: seasons in steps, ascending.
 */
export function fitMovingAverage(
  values: Float64Array,
  periods: readonly number[],
  budget: Budget,
): FittedModel | null {
  const fitRest = (rest: Float64Array) => fitAverage(rest, budget);
  if (periods.length > 1) {
    const model = decomposed(values, periods, fitRest, { scale: "linear" });
    if (model !== null) return model;
  }
  return fitInOwnUnit({ values, season: periods[0] ?? 1 }, (scaled) => withClassicalSeason(scaled, fitRest));
}

export const fitMovingAverageMember: Estimate = (values, { periods }, budget) => {
  const model = fitMovingAverage(values, periods, budget);
  return (
    model && { id: "moving-average", model, refit: (other, left) => fitMovingAverage(other, periods, left) }
  );
};

function fitAverage(values: Float64Array, budget: Budget): FittedModel | null {
  if (values.length < 3) return null;
  const slope = leastSquaresLine(values).slope;
  const judged = values.subarray(Math.max(0, values.length - JUDGED));
  let best = { period: 1, drift: 0, error: Number.POSITIVE_INFINITY };
  for (const period of PERIODS) {
    if (period > 1 && 3 * period > values.length) break;
    for (const share of slope === 0 ? [0] : DRIFT_SHARES) {
      const drift = share * slope;
      const error = errorOf(judged, period, drift);
      budget.spend(judged.length / VALUES_PER_UNIT);
      if (error < best.error) best = { period, drift, error };
    }
  }
  const { period, drift } = best;
  const fitted = oneStepForecasts(values, period, drift);
  let squares = 0;
  for (let t = 1; t < values.length; t++) squares += (values[t]! - fitted[t]!) ** 2;
  const sigma = Math.sqrt(squares / Math.max(1, values.length - 2));
  return averageModel(values, { period, drift, sigma });
}

/** In units of what a random walk's error grows by, so that far steps do not decide alone. */
function errorOf(values: Float64Array, period: number, drift: number): number {
  const levels = oneStepForecasts(values, period, drift);
  let sum = 0;
  for (const lead of LEADS) {
    const count = values.length - lead;
    if (count < 1) break;
    let errors = 0;
    for (let t = 1; t <= count; t++) {
      errors += Math.abs(values[t + lead - 1]! - levels[t]! - (lead - 1) * drift);
    }
    sum += errors / count / Math.sqrt(lead);
  }
  return sum;
}

/** What the average of the values before each says of it; NaN for the first. */
function oneStepForecasts(values: Float64Array, period: number, drift: number): Float64Array {
  const alpha = 2 / (period + 1);
  const forecasts = new Float64Array(values.length).fill(Number.NaN);
  let average = values[0] ?? 0;
  for (let t = 1; t < values.length; t++) {
    forecasts[t] = average + drift;
    // The plain mean of what there is until there are as many values as the average wants.
    const weight = Math.max(alpha, 1 / (t + 1));
    average = forecasts[t]! + weight * (values[t]! - forecasts[t]!);
  }
  return forecasts;
}

function averageModel(values: Float64Array, rule: AverageRule): FittedModel {
  const { period, drift, sigma } = rule;
  const alpha = 2 / (period + 1);
  const fitted = oneStepForecasts(values, period, drift);
  const last = values.length - 1;
  const weight = Math.max(alpha, 1 / values.length);
  const before = last > 0 ? fitted[last]! : (values[0] ?? 0);
  const level = before + weight * ((values[last] ?? 0) - before);
  return {
    name: `EMA(${period})${drift === 0 ? "" : " with drift"}`,
    parameterCount: drift === 0 ? 2 : 3,
    fitted,
    predict: (horizon) =>
      normalPrediction(
        Float64Array.from({ length: horizon }, (_, h) => level + (h + 1) * drift),
        Float64Array.from({ length: horizon }, (_, h) => sigma * Math.sqrt(1 + h * alpha * alpha)),
      ),
    apply: (other) => averageModel(other, rule),
  };
}
