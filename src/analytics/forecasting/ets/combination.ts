import { type FittedModel, normalPrediction, type Prediction } from "../model";
import type { EtsModel } from "./model";

/**
 * Akaike weights are exp(-d / 2) of the distance d to the best (Kolassa 2011, "Combining exponential smoothing forecasts
 * using Akaike weights"). Flatter ones forecast better on 8 groups of series at 3 origins: the likelihood of a model
 * with a first state for each step of a season says more than it knows.
 */
const FLATNESS = 12;
/** Who would count for less is left out. */
const LEAST_WEIGHT = 0.01;

export interface EtsCombination extends FittedModel {
  /** The heaviest first; weights sum to 1. */
  readonly members: readonly { model: EtsModel; weight: number }[];
  apply(values: Float64Array): EtsCombination;
}

/** `models` with the criterion of each, the best first. */
export function combine(models: readonly { model: EtsModel; criterion: number }[]): EtsCombination {
  const best = models[0]!.criterion;
  const raw = models.map(({ model, criterion }) => ({
    model,
    weight: Math.exp((best - criterion) / FLATNESS),
  }));
  const total = raw.reduce((sum, { weight }) => sum + weight, 0);
  const kept = raw.filter(({ weight }) => weight >= LEAST_WEIGHT * total);
  const keptTotal = kept.reduce((sum, { weight }) => sum + weight, 0);
  return weighted(kept.map(({ model, weight }) => ({ model, weight: weight / keptTotal })));
}

function weighted(members: EtsCombination["members"]): EtsCombination {
  return {
    name: members.length === 1 ? members[0]!.model.name : `ETS x ${members.length}`,
    members,
    parameterCount: Math.max(...members.map(({ model }) => model.parameterCount)),
    fitted: mixed(members.map(({ model, weight }) => ({ values: model.fitted, weight }))),
    predict: (horizon) => mixture(members, horizon),
    apply: (values) => weighted(members.map(({ model, weight }) => ({ model: model.apply(values), weight }))),
  };
}

/** Mean and standard error of the mixture: models that disagree make it wider. */
function mixture(members: EtsCombination["members"], horizon: number): Prediction {
  const parts = members.map(({ model, weight }) => ({ ...model.predict(horizon), weight }));
  const mean = mixed(parts.map((part) => ({ values: part.mean, weight: part.weight })));
  const standardError = mean.map((centre, h) =>
    Math.hypot(
      ...parts.map(
        (part) => Math.sqrt(part.weight) * Math.hypot(part.standardError[h]!, part.mean[h]! - centre),
      ),
    ),
  );
  return normalPrediction(mean, standardError);
}

function mixed(parts: readonly { values: Float64Array; weight: number }[]): Float64Array {
  const sum = new Float64Array(parts[0]!.values.length);
  for (const { values, weight } of parts)
    values.forEach((value, t) => {
      sum[t]! += weight * value;
    });
  return sum;
}
