import type { StrategyResult } from "../../contract";
import { differenced, nameOfArima } from "../../forecasting/arima";
import { differencePolynomial } from "../../forecasting/differencing";
import { largest } from "../../forecasting/standardise";
import { varies } from "../../forecasting/stationarity";
import { explainSignal, judge } from "../signal";
import { modelParams, outlookOf, predictionData, signalOf, stationarityOf } from "./answer";
import type { ArimaConfig } from "./config";
import { explainReading } from "./explain";
import type { Reading } from "./read";

export interface Deterministic {
  d: number;
  D: number;
  m: number;
  step: number;
}

/** The differences after which nothing varies, if so: then there is no noise to estimate and no model but the rule. */
export function constantAfter(
  values: Float64Array,
  d: number | undefined,
  D: number,
  m: number,
): Deterministic | null {
  const magnitude = largest(values);
  // Too small for squares: no noise can be told from none, so the last value is all there is.
  if (!varies(values) && magnitude < 1e-250) return { d: 0, D: 0, m: 1, step: values.at(-1)! };
  for (const tried of d === undefined ? [0, 1] : [d]) {
    const w = differenced(values, { p: 0, d: tried, q: 0, P: 0, D, Q: 0, m });
    if (w.length > 0 && !varies(w, magnitude)) return { d: tried, D, m, step: w.at(-1)! };
  }
  return null;
}

export function deterministic(config: ArimaConfig, reading: Reading, rule: Deterministic): StrategyResult {
  const { series } = reading;
  const delta = differencePolynomial(rule.d, rule.D, rule.m);
  const known = Array.from(series.values);
  for (let h = 0; h < config.steps; h++) {
    known.push(delta.reduce((sum, factor, k) => sum + factor * known.at(-1 - k)!, rule.step));
  }
  const mean = Float64Array.from(known.slice(-config.steps));
  const predicted = { mean, lower: mean, upper: mean };
  const judgement = judge(outlookOf(series.values, mean.at(-1)!, 0), config.min_move);
  const order = { p: 0, d: rule.d, q: 0, P: 0, D: rule.D, Q: 0, m: rule.m };
  return {
    type: "PREDICTION",
    data: {
      ...predictionData(config, series, predicted),
      signal: signalOf(config, judgement),
      modelParams: modelParams(order),
      stationarity: stationarityOf(series.values, order),
    },
    // A series without noise shows no error, and nothing about the day it will change.
    confidence: Math.min(0.8, judgement.strength),
    metrics: { mape: 0, rmse: 0, aic: null, bic: null, aicc: null, logLikelihood: null, sigma2: 0 },
    explain: {
      model: {
        name: nameOfArima(order, false),
        chosen: "the series is exactly regular: its rule is continued",
        candidates: [],
      },
      signal: explainSignal(judgement, config.min_move),
      confidence: {
        method: "fixed: a series without noise cannot be checked",
        origins: 0,
        right: 0,
        horizon: config.steps,
      },
      ...explainReading(reading),
    },
  };
}
