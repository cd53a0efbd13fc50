import { fail } from "../../core/errors";
import type { Strategy, StrategyInput, StrategyResult } from "../contract";
import { type ArimaFit, DEFAULT_FIT, fitArima, forecast } from "../forecasting/arima";
import { type RegularSeries, regularise } from "../forecasting/regularise";
import { largest } from "../forecasting/standardise";
import {
  accuracy,
  modelParams,
  nameOf,
  outlookOf,
  predictionData,
  signalOf,
  stationarityOf,
} from "./arima/answer";
import {
  type ArimaConfig,
  arimaConfigSchema,
  evaluationsOf,
  LIMITS,
  REFERENCE_ORDER,
  requiredPoints,
  workUnits,
} from "./arima/config";
import { constantAfter, deterministic } from "./arima/deterministic";
import { type ChosenOrder, chooseOrder } from "./arima/order";
import { rollingOrigins } from "./arima/rolling-origins";
import { calibrate, explainTrials } from "./confidence";
import { finite } from "./result";
import { judge } from "./signal";

export const arimaPrediction: Strategy<ArimaConfig> = {
  id: "arima_prediction",
  title: "ARIMA prediction",
  description: "Predicts a series with prediction intervals and a signal: ARIMA by exact maximum likelihood.",
  configSchema: arimaConfigSchema,
  requiredPoints,
  workUnits,
  run,
};

function run(config: ArimaConfig, input: StrategyInput): StrategyResult {
  const required = requiredPoints(config);
  const from = Math.max(0, input.values.length - config.maxDataPoints);
  const series = regularise(input.times.subarray(from), input.values.subarray(from));
  const available = input.values.length - from;
  if (available < required) {
    const detail = `The model needs ${required} values; ${input.field} has ${available}.`;
    throw fail("not_enough_data", detail, { extra: { required, available } });
  }
  if (largest(series.values) > LIMITS.magnitude) {
    throw fail(
      "malformed_data",
      `${input.field} has values beyond ${LIMITS.magnitude}: they cannot be modelled.`,
    );
  }
  const requested = config.auto ? config : { ...REFERENCE_ORDER, ...withoutUndefined(config) };
  const fixed = { d: requested.d ?? 0, D: config.seasonal?.D ?? 0, m: config.seasonal?.m ?? 1 };
  const constant = constantAfter(
    series.values,
    requested.d === undefined ? undefined : fixed.d,
    fixed.D,
    fixed.m,
  );
  if (constant !== null) return deterministic(config, series, constant);
  const chosen = chooseOrder(series.values, { ...requested, seasonal: config.seasonal });
  const fit = fitArima(series.values, chosen.order, {
    method: config.optimizationMethod,
    searches: config.quick ? 1 : DEFAULT_FIT.searches,
    maxEvaluations: evaluationsOf(config, chosen.order, series.values.length),
  });
  return answer(config, series, chosen, fit);
}

function withoutUndefined(config: ArimaConfig): Partial<ArimaConfig> {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined));
}

function answer(
  config: ArimaConfig,
  series: RegularSeries,
  chosen: ChosenOrder,
  fit: ArimaFit,
): StrategyResult {
  const predicted = forecast(fit, config.steps, config.level);
  const outlook = outlookOf(series.values, predicted);
  const judgement = judge(outlook, config.min_move);
  const trials = config.quick ? [] : rollingOrigins(config, series.values, chosen.order);
  const confidence = calibrate(judgement.strength, trials);
  const inSample = accuracy(fit, series.values);
  return {
    type: "PREDICTION",
    data: {
      ...predictionData(config, series, predicted),
      signal: signalOf(config, judgement),
      modelParams: modelParams(chosen.order),
      stationarity: stationarityOf(series.values, chosen.order),
    },
    confidence,
    metrics: {
      mape: finite(inSample.mape),
      rmse: finite(inSample.rmse),
      aic: finite(fit.aic),
      bic: finite(fit.bic),
      aicc: finite(fit.aicc),
      logLikelihood: finite(fit.logLikelihood),
      sigma2: finite(fit.sigma2Adjusted),
    },
    explain: {
      model: { name: nameOf(chosen.order), chosen: chosen.reason, candidates: chosen.candidates.slice(0, 3) },
      coefficients: { ...fit.coefficients },
      estimation: {
        method: config.optimizationMethod,
        converged: fit.converged,
        evaluations: fit.evaluations,
        budgetSpent: fit.budgetSpent,
      },
      signal: {
        probabilityUp: judgement.probabilityUp,
        movePercent: judgement.movePercent,
        minMovePercent: config.min_move,
      },
      confidence: explainTrials(trials, config.steps),
      accuracy: "mape and rmse are of the one-step predictions within the sample",
      sampling: { ...series.sampling },
      points: series.values.length,
    },
  };
}
