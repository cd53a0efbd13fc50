import type { JsonObject } from "../../../core/json";
import { formatMicros } from "../../../core/timestamps";
import type { ArimaConfig } from "../arima/config";
import { explainTrials } from "../confidence";
import { finite, numbers } from "../result";
import type { View } from "./combine";
import type { Pair, Rebalanced } from "./weights";

/** Changes of the weights that are listed, the newest last. */
const SHOWN_CHANGES = 20;

export const rounded = (weights: Pair): JsonObject => ({ arima: weights.arima, ma: weights.ma });

export function bandOf({ said }: View, level: number): JsonObject {
  return { upper: numbers(said.upper), lower: numbers(said.lower), level };
}

export function explainWeights(given: Pair, frequency: string, history: readonly Rebalanced[]): JsonObject {
  const rule =
    frequency === "never"
      ? "as given"
      : "as given, times the members' recent mean absolute errors at rolling origins to the power of -4 as far as these are many";
  return {
    rule,
    given: rounded(given),
    rebalancingFrequency: frequency,
    rebalanced: history.length,
    history: history.slice(-SHOWN_CHANGES).map(({ timeMicros, weights, errors, origins }) => ({
      timestamp: formatMicros(timeMicros),
      weights: rounded(weights),
      relativeError: { arima: finite(errors.arima), ma: finite(errors.ma) },
      origins,
    })),
  };
}

export function explainView({ judgement, trials }: View, { steps, min_move }: ArimaConfig): JsonObject {
  return {
    probabilityUp: judgement.probabilityUp,
    movePercent: finite(judgement.movePercent),
    minMovePercent: min_move,
    confidence: explainTrials(trials, steps),
  };
}
