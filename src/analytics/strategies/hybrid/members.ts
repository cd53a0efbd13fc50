import { nameOfArima } from "../../forecasting/arima";
import type { Budget } from "../../forecasting/budget";
import type { FittedMember } from "../../forecasting/combination/members";
import { differencePolynomial } from "../../forecasting/differencing";
import { type FittedModel, normalPrediction, type Prediction } from "../../forecasting/model";
import { type ArimaConfig, givenOrder } from "../arima/config";
import { constantAfter, type Deterministic } from "../arima/deterministic";
import { type Estimated, estimate } from "../arima/estimate";
import type { Reading } from "../arima/read";

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
