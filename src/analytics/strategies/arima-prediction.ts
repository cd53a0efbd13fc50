import type { Strategy, StrategyInput, StrategyResult } from "../contract";
import { Budget } from "../forecasting/budget";
import { accuracy, modelParams, outlookOf, predictionData, signalOf, stationarityOf } from "./arima/answer";
import {
  type ArimaConfig,
  arimaConfigSchema,
  fitUnits,
  givenOrder,
  requiredPoints,
  workUnits,
} from "./arima/config";
import { constantAfter, deterministic } from "./arima/deterministic";
import { type Estimated, estimate } from "./arima/estimate";
import { explainEstimation, explainIntervals, explainModel, explainReading } from "./arima/explain";
import { predict } from "./arima/predict";
import { type Reading, read } from "./arima/read";
import { rollingOrigins } from "./arima/rolling-origins";
import { CALIBRATIONS } from "./calibrations";
import { calibrate } from "./confidence";
import { finite } from "./result";
import { explainSignal, judge } from "./signal";

export const arimaPrediction: Strategy<ArimaConfig> = {
  id: "arima_prediction",
  title: "ARIMA prediction",
  description:
    "Predicts a series with prediction intervals and a signal: ARIMA by exact maximum likelihood, its order as given or chosen automatically.",
  configSchema: arimaConfigSchema,
  requiredPoints,
  workUnits,
  run,
};

function run(config: ArimaConfig, input: StrategyInput): StrategyResult {
  const reading = read(config, input);
  const { values } = reading.series;
  const { d, D = 0, m = 1 } = givenOrder(config);
  const constant = constantAfter(values, d, D, m);
  if (constant !== null) return deterministic(config, reading, constant);
  const budget = new Budget(fitUnits(config, values.length));
  return answer(config, reading, estimate(config, reading, budget), budget);
}

function answer(config: ArimaConfig, reading: Reading, estimated: Estimated, budget: Budget): StrategyResult {
  const { series } = reading;
  const { fit, member, order } = estimated;
  const predicted = predict(config, series.values, estimated, budget);
  const widening = predicted.intervalScales.at(-1)!;
  const standardError = widening * member.model.predict(config.steps).standardError.at(-1)!;
  const outlook = outlookOf(series.values, predicted.mean.at(-1)!, standardError);
  const judgement = judge(outlook, config.min_move);
  const trials = config.quick ? [] : rollingOrigins(config, series.values, member, widening, budget);
  const stated = { calibration: CALIBRATIONS.arima_prediction, horizon: config.steps };
  const confidence = calibrate(judgement, trials, stated);
  const inSample = accuracy(series.values, member.model.fitted);
  return {
    type: "PREDICTION",
    data: {
      ...predictionData(config, series, predicted),
      signal: signalOf(config, judgement),
      modelParams: modelParams(order),
      stationarity: stationarityOf(series.values, order),
    },
    confidence: confidence.value,
    metrics: {
      mape: finite(inSample.mape),
      rmse: finite(inSample.rmse),
      aic: finite(fit?.aic ?? null),
      bic: finite(fit?.bic ?? null),
      aicc: finite(fit?.aicc ?? null),
      logLikelihood: finite(fit?.logLikelihood ?? null),
      sigma2: finite(fit?.sigma2Adjusted ?? null),
    },
    explain: {
      ...explainModel(estimated, member.model.name),
      estimation: explainEstimation(config, fit),
      intervals: explainIntervals(predicted),
      signal: explainSignal(judgement, config.min_move),
      confidence: confidence.explain,
      accuracy: "mape and rmse are of the one-step predictions within the sample",
      ...explainReading(reading),
    },
  };
}
