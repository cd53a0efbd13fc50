import type { JsonObject } from "../../../core/json";
import type { StrategyResult } from "../../contract";
import { modelParams, predictionData, signalOf } from "../arima/answer";
import type { ArimaConfig } from "../arima/config";
import type { Estimated } from "../arima/estimate";
import type { Reading } from "../arima/read";
import type { AverageConfig } from "../average/config";
import { finite, numbers } from "../result";
import { actionOf } from "../signal";
import { shownAverage } from "./average-member";
import type { View } from "./combine";
import type { HybridConfig } from "./config";
import { alignmentOf, consensusOf, reasonOf } from "./consensus";
import { explain } from "./explain";
import type { HybridMember } from "./members";
import { accuracyOf, type HybridTrial } from "./rolling-origins";
import type { Pair, Rebalanced } from "./weights";

export interface Weighed {
  now: Pair;
  atOrigins: Pair[];
  history: Rebalanced[];
}

/** What each member says, and both together. */
export interface Views {
  arima: View;
  ma: View;
  both: View;
}

/** Everything an answer is made of. */
export interface Found {
  config: HybridConfig;
  own: { arima: ArimaConfig; average: AverageConfig };
  reading: Reading;
  estimated: Estimated;
  members: { arima: HybridMember; ma: HybridMember };
  trials: HybridTrial[];
  weighed: Weighed;
  views: Views;
}

export function answer(found: Found): StrategyResult {
  const { config, own, reading, weighed, views } = found;
  const { arima, ma, both } = views;
  const directions = { arima: arima.judgement.direction, ma: ma.judgement.direction };
  const { direction, strength } = both.judgement;
  const score = weighed.now.arima * arima.confidence.value + weighed.now.ma * ma.confidence.value;
  const combinedSignal: JsonObject = {
    action: actionOf(direction, own.arima.signal_style),
    strength,
    reason: reasonOf(directions, direction, weighed.now),
  };
  const threshold = config.consensusThreshold;
  return {
    type: "HYBRID",
    data: {
      ...predictionData(own.arima, reading.series, both.said),
      arima: arimaBlock(found),
      movingAverage: averageBlock(found),
      combinedSignal,
      signal: combinedSignal,
      weights: { ...weighed.now },
      consensus: consensusOf(directions, direction, weighed.now, { score, threshold }),
    },
    confidence: both.confidence.value,
    metrics: {
      arimaAccuracy: accuracyOf(arima.outcomes),
      movingAverageAccuracy: accuracyOf(ma.outcomes),
      combinedAccuracy: accuracyOf(both.outcomes),
      signalAlignment: alignmentOf(directions),
      combinedScore: score,
    },
    explain: explain(found),
  };
}

const arimaBlock = ({ own, estimated, views: { arima } }: Found): JsonObject => ({
  ...forecastOf(arima, own.arima.level),
  signal: signalOf(own.arima, arima.judgement),
  modelParams: modelParams(estimated.order),
});

/** The signal is a word here and an object in ARIMA's block: so the reference has it. */
function averageBlock({ own, reading, members, views: { ma } }: Found): JsonObject {
  const shown = shownAverage(own.average, reading.series.values);
  return {
    movingAverage: finite(shown.value),
    period: shown.period,
    averageType: own.average.type,
    signal: actionOf(ma.judgement.direction, own.arima.signal_style),
    strength: ma.judgement.strength,
    model: members.ma.name,
    ...forecastOf(ma, own.arima.level),
  };
}

const forecastOf = ({ said, confidence }: View, level: number): JsonObject => ({
  predictions: numbers(said.mean),
  confidenceInterval: { upper: numbers(said.upper), lower: numbers(said.lower), level },
  confidence: confidence.value,
});
