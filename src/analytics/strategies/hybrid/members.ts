import { fail } from "../../../core/errors";
import { nameOfArima } from "../../forecasting/arima";
import type { Budget } from "../../forecasting/budget";
import { type FittedMember, fitNaiveMember } from "../../forecasting/combination/members";
import { differencePolynomial } from "../../forecasting/differencing";
import { type FittedModel, normalPrediction, type Prediction } from "../../forecasting/model";
import { fitMovingAverageMember } from "../../forecasting/moving-average";
import { largest } from "../../forecasting/standardise";
import { type ArimaConfig, givenOrder } from "../arima/config";
import { constantAfter, type Deterministic } from "../arima/deterministic";
import { type Estimated, estimate } from "../arima/estimate";
import type { Reading } from "../arima/read";
import { movingAverages } from "../averages";
import type { AverageConfig } from "./config";

/** What a member says of the steps after `known`; null where these values are none it can have. */
export type Forecaster = (known: Float64Array) => Prediction | null;

export interface HybridMember {
  name: string;
  now: Forecaster;
  /** With everything estimated on the first values only. */
  trainedOn(first: Float64Array, budget: Budget): Forecaster | null;
}

/** ARIMA as `arima_prediction` estimates it; the rule itself where a series is exactly regular. */
export function estimateArima(
  config: ArimaConfig,
  reading: Reading,
  budget: Budget,
): Estimated & { isRegular: boolean } {
  const { values } = reading.series;
  const { d, D = 0, m = 1 } = givenOrder(config);
  const rule = constantAfter(values, d, D, m);
  if (rule === null) return { ...estimate(config, reading, budget), isRegular: false };
  const order = { p: 0, d: rule.d, q: 0, P: 0, D: rule.D, Q: 0, m: rule.m };
  const model = ruleModel(values, rule, nameOfArima(order, false));
  return {
    order,
    fit: null,
    member: { model, refit: (other) => model.apply(other) },
    reason: "the series is exactly regular: its rule is continued",
    candidates: [],
    boxCox: null,
    isRegular: true,
  };
}

function ruleModel(values: Float64Array, rule: Deterministic, name: string): FittedModel {
  const delta = differencePolynomial(rule.d, rule.D, rule.m);
  const continued = (known: number[]) =>
    delta.reduce((sum, factor, k) => sum + factor * (known.at(-1 - k) ?? 0), rule.step);
  return {
    name,
    parameterCount: 1,
    fitted: values.slice(),
    predict(horizon) {
      const known = Array.from(values.subarray(-delta.length));
      for (let h = 0; h < horizon; h++) known.push(continued(known));
      return normalPrediction(Float64Array.from(known.slice(-horizon)), new Float64Array(horizon));
    },
    apply: (other) => ruleModel(other, rule, name),
  };
}

/** Moving averages: the slope of the given one, else the best forecast that they make. */
export function averageMember(
  { period, type }: AverageConfig,
  { series: { values }, season }: Reading,
  steps: number,
  budget: Budget,
): HybridMember {
  if (period !== undefined) {
    // Fewer than were asked for may be left of uneven readings, and by maxDataPoints.
    if (values.length <= period) {
      const detail = `An average of ${period} needs ${period + 1} values; ${values.length} are left on the series' steps.`;
      throw fail("not_enough_data", detail, { extra: { required: period + 1, available: values.length } });
    }
    const carryOn: Forecaster = (known) =>
      known.length > period ? slopeCarriedOn(known, period, type, steps) : null;
    const name = `the slope of ${type.toUpperCase()}(${period})`;
    return { name, now: carryOn, trainedOn: () => carryOn };
  }
  const rhythm = { season, periods: season > 1 ? [season] : [] };
  const found = fitMovingAverageMember(values, rhythm, budget) ?? fitNaiveMember(values, rhythm, budget);
  if (found === null) {
    throw fail("not_enough_data", "No average can be had of so few values.", {
      extra: { available: values.length },
    });
  }
  return memberOf(found, steps);
}

export function memberOf({ model, refit }: FittedMember, steps: number): HybridMember {
  return {
    name: model.name,
    now: () => model.predict(steps),
    trainedOn(first, budget) {
      const trained = refit(first, budget);
      return trained && ((known) => trained.apply(known).predict(steps));
    },
  };
}

/** As moving_average does: its average's last change goes on, with the noise of the changes around it. */
function slopeCarriedOn(
  known: Float64Array,
  period: number,
  type: AverageConfig["type"],
  steps: number,
): Prediction {
  // An exponential average remembers everything, the others their period.
  const tail = type === "ema" ? known : known.subarray(-period - 1);
  const averages = movingAverages(tail, period, type);
  const slope = averages.at(-1)! - averages.at(-2)!;
  const recent = known.subarray(-period - 1);
  const scale = largest(recent) || 1;
  let squares = 0;
  for (let t = 1; t < recent.length; t++) squares += ((recent[t]! - recent[t - 1]! - slope) / scale) ** 2;
  const spread = scale * Math.sqrt(squares / period);
  const ahead = Float64Array.from({ length: steps }, (_, h) => h + 1);
  return normalPrediction(
    ahead.map((h) => known.at(-1)! + slope * h),
    ahead.map((h) => spread * Math.sqrt(h)),
  );
}

/** The period of the average that is shown where none was asked for. */
const SHOWN_PERIOD = 20;

/** The average of the newest values, which the current one is held against. */
export function shownAverage({ period: wanted, type }: AverageConfig, values: Float64Array) {
  const period = wanted ?? Math.max(2, Math.min(SHOWN_PERIOD, Math.floor(values.length / 3)));
  const tail = type === "ema" ? values : values.subarray(-period);
  return { value: movingAverages(tail, period, type).at(-1)!, period };
}
