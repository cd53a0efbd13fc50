import type { JsonObject } from "../../core/json";
import type { BacktestState, HorizonSums } from "../contract";
import { emptySums } from "./forecast-scores";
import { isSignificant, type MeanTest, meanTest } from "./mean-test";

const ratio = (sum: number, count: number): number | null => (count > 0 ? sum / count : null);

/** Mean of 1 - |actual - forecast| / (|actual| + |forecast|); null where nothing was forecast. */
export function averageAccuracy(horizons: readonly HorizonSums[]): number | null {
  const { accuracies, scored } = summed(horizons);
  return ratio(accuracies, scored);
}

function summed(horizons: readonly HorizonSums[]): HorizonSums {
  const sums = emptySums();
  const keys = Object.keys(sums) as (keyof HorizonSums)[];
  for (const horizon of horizons) for (const key of keys) sums[key] += horizon[key];
  return sums;
}

/** Errors of each horizon beside those of the naive forecast, and whether they are smaller by more than chance. */
export function describeForecasts(
  { horizons, steps, level }: BacktestState,
  refitEvery: number,
  season: number,
): JsonObject {
  const losses = steps.flatMap(({ loss }) => (loss === null ? [] : [loss[1] - loss[0]]));
  const overlap = Math.ceil(horizons.length / refitEvery) - 1;
  const test = meanTest(losses, overlap);
  return {
    origins: steps.filter(({ forecast }) => forecast !== null).length,
    level,
    naive: season > 1 ? `the value a season of ${season} steps before` : "the last value",
    overall: describeHorizon(summed(horizons)),
    by_horizon: horizons.map((sums, h) => ({ horizon: h + 1, ...describeHorizon(sums) })),
    skill: describeSkill(test),
  };
}

function describeHorizon(sums: HorizonSums): JsonObject {
  return {
    scored: sums.scored,
    mase: ratio(sums.scaledErrors, sums.scaled),
    smape: ratio(sums.symmetricErrors, sums.scored),
    coverage: ratio(sums.covered, sums.intervals),
    accuracy: ratio(sums.accuracies, sums.scored),
    naive: {
      mase: ratio(sums.naiveScaledErrors, sums.scaled),
      smape: ratio(sums.naiveSymmetricErrors, sums.scored),
      accuracy: ratio(sums.naiveAccuracies, sums.scored),
    },
  };
}

function describeSkill(test: MeanTest): JsonObject {
  const hasSkill = isSignificant(test);
  return {
    has_skill: hasSkill,
    versus_naive: { ...test },
    method:
      "Diebold-Mariano test of scaled absolute errors, one-sided at 5 %, corrected after Harvey, Leybourne and Newbold",
    note: hasSkill
      ? "The forecasts are significantly closer than the naive ones."
      : "No skill: the forecasts are not significantly closer than the naive ones.",
  };
}
