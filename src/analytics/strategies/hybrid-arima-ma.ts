import { fail } from "../../core/errors";
import type { JsonObject } from "../../core/json";
import type { Strategy, StrategyInput, StrategyResult } from "../contract";
import { Budget } from "../forecasting/budget";
import { modelParams, predictionData, signalOf } from "./arima/answer";
import { fitUnits } from "./arima/config";
import { explainEstimation, explainModel, explainReading } from "./arima/explain";
import { read } from "./arima/read";
import { explainTrials } from "./confidence";
import { bandOf, explainView, explainWeights, rounded } from "./hybrid/answer";
import { combinedPastOf, mixed, pastOf, REGULAR_CEILING, viewOf } from "./hybrid/combine";
import { type HybridConfig, hybridConfigSchema, membersOf, requiredPoints, workUnits } from "./hybrid/config";
import { alignmentOf, consensusOf, reasonOf } from "./hybrid/consensus";
import { averageMember, estimateArima, type HybridMember, memberOf, shownAverage } from "./hybrid/members";
import { accuracyOf, rollMembers, type Stated, statedBy } from "./hybrid/rolling-origins";
import { weightsAt } from "./hybrid/weights";
import { finite, numbers } from "./result";
import { actionOf } from "./signal";

export const hybridArimaMa: Strategy<HybridConfig> = {
  id: "hybrid_arima_ma",
  title: "Hybrid: ARIMA and moving average",
  description:
    "One prediction and signal of ARIMA and moving averages, weighed by what each of them got wrong of late, and how far they agree.",
  configSchema: hybridConfigSchema,
  requiredPoints,
  workUnits,
  run,
};

function run(config: HybridConfig, input: StrategyInput): StrategyResult {
  const required = requiredPoints(config);
  if (input.values.length < required) {
    const detail = `Both models need ${required} values; ${input.field} has ${input.values.length}.`;
    throw fail("not_enough_data", detail, { extra: { required, available: input.values.length } });
  }
  const { arima: arimaConfig, average: averageConfig } = membersOf(config);
  const { steps, level, min_move, signal_style } = arimaConfig;
  const reading = read(arimaConfig, input);
  const { values, times } = reading.series;
  const budget = new Budget(fitUnits(arimaConfig, values.length));
  const estimated = estimateArima(arimaConfig, reading, budget);
  const members = {
    arima: memberOf(estimated.member, steps),
    ma: averageMember(averageConfig, reading, steps, budget),
  };
  const trials = arimaConfig.quick ? [] : rollMembers(values, members, { steps, level }, budget);
  const moments = [...trials.map(({ origin }) => origin), values.length];
  const { inForce, history } = weightsAt(moments, config.weights, config.rebalancingFrequency, {
    times,
    horizon: steps,
    trials,
  });
  const weights = inForce.at(-1)!;
  const options = {
    level,
    min_move,
    isCalibrated: arimaConfig.intervals === "calibrated" && !arimaConfig.quick,
    ceiling: estimated.isRegular ? REGULAR_CEILING : 1,
  };
  const now = { arima: stated(members.arima, values, level), ma: stated(members.ma, values, level) };
  const arima = viewOf(values, now.arima, pastOf(trials, "arima"), options);
  const ma = viewOf(values, now.ma, pastOf(trials, "ma"), options);
  const both = viewOf(values, mixed(now.arima, now.ma, weights), combinedPastOf(trials, inForce), options);

  const directions = { arima: arima.judgement.direction, ma: ma.judgement.direction };
  const combinedScore = weights.arima * arima.confidence + weights.ma * ma.confidence;
  const { direction, strength } = both.judgement;
  const combinedSignal: JsonObject = {
    action: actionOf(direction, signal_style),
    strength,
    reason: reasonOf(directions, direction, weights),
  };
  const shown = shownAverage(averageConfig, values);
  return {
    type: "HYBRID",
    data: {
      ...predictionData(arimaConfig, reading.series, both.said),
      arima: {
        predictions: numbers(arima.said.mean),
        confidenceInterval: bandOf(arima, level),
        signal: signalOf(arimaConfig, arima.judgement),
        modelParams: modelParams(estimated.order),
        confidence: arima.confidence,
      },
      movingAverage: {
        movingAverage: finite(shown.value),
        signal: actionOf(directions.ma, signal_style),
        strength: ma.judgement.strength,
        period: shown.period,
        averageType: averageConfig.type,
        model: members.ma.name,
        predictions: numbers(ma.said.mean),
        confidenceInterval: bandOf(ma, level),
        confidence: ma.confidence,
      },
      combinedSignal,
      signal: combinedSignal,
      weights: rounded(weights),
      consensus: consensusOf(directions, direction, weights, {
        score: combinedScore,
        threshold: config.consensusThreshold,
      }),
    },
    confidence: both.confidence,
    metrics: {
      arimaAccuracy: accuracyOf(arima.outcomes),
      movingAverageAccuracy: accuracyOf(ma.outcomes),
      combinedAccuracy: accuracyOf(both.outcomes),
      signalAlignment: alignmentOf(directions),
      combinedScore,
    },
    explain: {
      ...explainModel(estimated, members.arima.name),
      estimation: explainEstimation(arimaConfig, estimated.fit),
      weights: explainWeights(config.weights, config.rebalancingFrequency, history),
      signal: explainView(both, arimaConfig),
      members: { arima: explainView(arima, arimaConfig), movingAverage: explainView(ma, arimaConfig) },
      intervals: {
        method: options.isCalibrated
          ? "the weighted mean of the models' own, widened by its errors at rolling origins"
          : "the weighted mean of what the models state",
        origins: trials.length,
        widenedBy: { first: finite(both.scales[0]!), last: finite(both.scales.at(-1)!) },
      },
      confidence: explainTrials(both.trials, steps),
      consensus:
        "STRONG: both agree with the combined signal and combinedScore reaches consensusThreshold; MODERATE: both agree; WEAK: more than half of the weight does; else CONFLICT",
      metrics: {
        combinedScore: "the mean of the members' confidences by their weights",
        signalAlignment: "1: the same direction, 0.5: one of them flat, 0: opposite",
        arimaAccuracy: `the mean of 1 - |actual - forecast| / (|actual| + |forecast|) over ${trials.length} forecasts of ${steps} steps from rolling origins`,
      },
      ...explainReading(reading),
    },
  };
}

function stated(member: HybridMember, values: Float64Array, level: number): Stated {
  const said = statedBy(member.now, values, level);
  if (said === null) {
    throw fail("malformed_data", "The forecast leaves the range of a double before its last step.");
  }
  return said;
}
