import { AppError } from "../../../core/errors";
import { type ArimaFit, arimaModel, fitArima } from "../arima";
import { autoArima } from "../auto-arima";
import type { Budget } from "../budget";
import { fitCes } from "../ces/fit";
import { type DecomposedOptions, decomposed } from "../decompose/decomposed";
import { autoEts } from "../ets";
import type { FittedModel } from "../model";
import { drift, naive, seasonalNaive } from "../naive";
import { fitTheta } from "../theta/state-space";

/** What the families are told of a series. */
export interface Rhythm {
  /** The season that models carry in themselves; 1 where there is none. */
  season: number;
  /** Every season, the shortest first: what a decomposition takes off. */
  periods: readonly number[];
}

/** A family's model, and how to estimate the same kind of model on another part of the series without a new search. */
export interface FittedMember {
  model: FittedModel;
  refit(values: Float64Array, budget: Budget): FittedModel | null;
}

export type Estimate = (values: Float64Array, rhythm: Rhythm, budget: Budget) => FittedMember | null;

/** A family that has nothing to choose: a fit is a refit. */
const family =
  (estimate: (values: Float64Array, rhythm: Rhythm, budget: Budget) => FittedModel | null): Estimate =>
  (values, rhythm, budget) => {
    const model = estimate(values, rhythm, budget);
    return model && { model, refit: (other, left) => estimate(other, rhythm, left) };
  };

const dotm = (values: Float64Array, season: number, budget: Budget) =>
  fitTheta({ values, season }, "dotm", budget);

const withoutSeasons =
  (scale: NonNullable<DecomposedOptions["scale"]>) =>
  (values: Float64Array, { periods }: Rhythm, budget: Budget) =>
    periods.length === 0 ? null : decomposed(values, periods, (rest) => dotm(rest, 1, budget), { scale });

/** The order is searched once; estimating it again is cheap. */
export const fitArimaMember: Estimate = (values, { season }, budget) => {
  const found = autoArima(values, season, {}, budget);
  return found && { model: arimaModel(found.fit), refit: again(found.fit) };
};

const decomposedArima: Estimate = (values, { periods }, budget) => {
  if (periods.length === 0) return null;
  let chosen: ArimaFit | null = null;
  const model = decomposed(
    values,
    periods,
    (rest) => {
      chosen = autoArima(rest, 1, {}, budget)?.fit ?? null;
      return chosen && arimaModel(chosen);
    },
    { scale: "linear" },
  );
  if (model === null || chosen === null) return null;
  const refitRest = again(chosen);
  return {
    model,
    refit: (other, left) => decomposed(other, periods, (rest) => refitRest(rest, left), { scale: "linear" }),
  };
};

const again =
  ({ order, constant }: ArimaFit) =>
  (values: Float64Array, budget: Budget): FittedModel | null => {
    try {
      return arimaModel(fitArima(values, order, { constant, searches: 1, standardErrors: false }, budget));
    } catch (error) {
      // Too short for the order, or constant once differenced.
      if (error instanceof AppError) return null;
      throw error;
    }
  };

/** There is always this one where there are two values. */
export const fitNaiveMember = family((values) => naive({ values, season: 1 }));

/**
 * The families that a forecast is combined of. Chosen on 704 evaluation series for what each adds to the others, not
 * for its own error: naive and drift win where nothing can be known, the seasonal naive where seasons shift.
 */
export const FAMILIES: readonly Estimate[] = [
  fitNaiveMember,
  family((values) => drift({ values, season: 1 })),
  family((values, { periods }) => seasonalNaive({ values, season: periods.at(-1) ?? 1 })),
  family((values, { season }, budget) => dotm(values, season, budget)),
  family((values, { season }, budget) => autoEts(values, season, {}, budget)?.combined ?? null),
  family(withoutSeasons("linear")),
  family((values, rhythm, budget) =>
    values.every((value) => value > 0)
      ? withoutSeasons("logarithmic-where-positive")(values, rhythm, budget)
      : null,
  ),
  family((values, { season }, budget) => fitCes({ values, season }, budget)),
  decomposedArima,
  fitArimaMember,
];
