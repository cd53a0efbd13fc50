import type { JsonObject } from "../../../core/json";
import { formatMicros } from "../../../core/timestamps";
import type { ArimaConfig } from "../arima/config";
import { explainEstimation, explainModel, explainReading } from "../arima/explain";
import { finite } from "../result";
import { explainSignal } from "../signal";
import type { Found } from "./answer";
import type { View } from "./combine";
import type { HybridConfig } from "./config";
import type { Rebalanced } from "./weights";

/** Changes of the weights that are listed, the newest last. */
const SHOWN_CHANGES = 20;

export function explain({
  config,
  own,
  reading,
  estimated,
  members,
  trials,
  weighed,
  views,
}: Found): JsonObject {
  const { arima, ma, both } = views;
  return {
    ...explainModel(estimated, members.arima.name),
    estimation: explainEstimation(own.arima, estimated.fit),
    weights: explainWeights(config, weighed.history),
    signal: explainSignal(both.judgement, own.arima.min_move),
    confidence: both.confidence.explain,
    members: {
      arima: explainMember(arima, own.arima),
      movingAverage: explainMember(ma, own.arima),
    },
    intervals: {
      method:
        "the weighted mean of the models' own, each step at what its errors at rolling origins call for",
      origins: trials.length,
      widenedBy: { first: finite(both.scales[0]!), last: finite(both.scales.at(-1)!) },
    },
    consensus:
      "STRONG: both agree and combinedScore reaches consensusThreshold; MODERATE: both agree; WEAK: more than half of the weight is behind the combined signal; else CONFLICT",
    metrics: {
      combinedScore: "the mean of the members' confidences by their weights",
      signalAlignment: "1: the same direction; 0.5: one of them flat; 0: opposite ones",
      arimaAccuracy: `the mean of 1 - |actual - forecast| / (|actual| + |forecast|) over ${trials.length} forecasts of ${own.arima.steps} steps from rolling origins`,
    },
    ...explainReading(reading),
  };
}

function explainWeights(
  { weights, rebalancingFrequency }: HybridConfig,
  history: readonly Rebalanced[],
): JsonObject {
  return {
    rule:
      rebalancingFrequency === "never"
        ? "as given"
        : "as given, times the ratio of the recent mean absolute errors to the power of 4, as far as the origins are many",
    given: { ...weights },
    rebalancingFrequency,
    rebalanced: history.length,
    history: history.slice(-SHOWN_CHANGES).map(({ timeMicros, weights, errors, origins }) => ({
      timestamp: formatMicros(timeMicros),
      weights: { ...weights },
      relativeErrors: { ...errors },
      origins,
    })),
  };
}

const explainMember = (view: View, { min_move }: ArimaConfig): JsonObject => ({
  ...explainSignal(view.judgement, min_move),
  confidence: view.confidence.explain,
});
