import { AppError, fail } from "../../../core/errors";
import {
  type ArimaFit,
  type ArimaOrder,
  arimaModel,
  type FitOptions,
  fitArima,
  gapEvaluationMicros,
  MOST_EVALUATIONS_WITH_GAPS,
  nameOfArima,
} from "../../forecasting/arima";
import { type AutoArima, autoArima } from "../../forecasting/auto-arima";
import { type BoxCox, boxCoxModel, transform } from "../../forecasting/box-cox";
import { guerreroLambda } from "../../forecasting/box-cox-lambda";
import { type Budget, unlimited } from "../../forecasting/budget";
import { type FittedMember, fitNaiveMember } from "../../forecasting/combination/members";
import { largest } from "../../forecasting/standardise";
import { type ArimaConfig, givenOrder } from "./config";
import type { Reading } from "./read";

/** The model of a reading, and how it came about. */
export interface Estimated {
  order: ArimaOrder;
  /** Of the values, or of their Box-Cox transform; null where they are too few to estimate anything: a random walk. */
  fit: ArimaFit | null;
  member: FittedMember;
  reason: string;
  /** The best first, itself among them. */
  candidates: { name: string; aicc: number }[];
  /** Null where the values are modelled as they are. */
  boxCox: BoxCox | null;
}

const SHOWN_CANDIDATES = 3;
/** Of the budget; the rest is for another method, missing values and rolling origins. */
const SEARCH_SHARE = 0.6;
/** At rolling origins the order stands, so one start near the conditional estimate does. */
const REFIT = { searches: 1, standardErrors: false };

/** Automatic, but for what the caller settled. Fails as {@link fitArima} does. */
export function estimate(config: ArimaConfig, { series, season }: Reading, budget: Budget): Estimated {
  const boxCox = boxCoxOf(config, series.values, season);
  const part = budget.share(SEARCH_SHARE);
  const found = autoArima(onScale(series.values, boxCox), season, searchOf(config), part);
  budget.settle(part);
  if (found === null) return randomWalk(series.values);
  const options = fitOptionsOf(config, found);
  const fit = refine(found, options, boxCox === null ? series.observed : null, budget);
  const modelOf = (own: ArimaFit) =>
    boxCox === null ? arimaModel(own) : boxCoxModel(arimaModel(own), boxCox);
  return {
    order: found.order,
    fit,
    reason: found.reason,
    candidates: found.candidates
      .slice(0, SHOWN_CANDIDATES)
      .map(({ order, constant, criterion }) => ({ name: nameOfArima(order, constant), aicc: criterion })),
    boxCox,
    member: {
      model: modelOf(fit),
      refit: (known, left) =>
        orNull(() => modelOf(fitArima(onScale(known, boxCox), found.order, { ...options, ...REFIT }, left))),
    },
  };
}

/** Of a handful of values the last one is all that can be said, and how far apart they were. */
function randomWalk(values: Float64Array): Estimated {
  const member = fitNaiveMember(values, { season: 1, periods: [] }, unlimited());
  if (member === null) {
    throw fail("not_enough_data", "No model could be estimated on this series.", {
      extra: { available: values.length },
    });
  }
  const reason = "the values are too few to estimate anything: a random walk";
  const order = { p: 0, d: 1, q: 0, P: 0, D: 0, Q: 0, m: 1 };
  return { order, fit: null, member, reason, candidates: [], boxCox: null };
}

/** Lambda as given or by Guerrero's method; values of one unit, for powers of large ones leave the range of a double. */
function boxCoxOf({ boxCox }: ArimaConfig, values: Float64Array, season: number): BoxCox | null {
  if (boxCox === undefined) return null;
  const lambda = boxCox === "auto" ? guerreroLambda(values, season) : boxCox;
  return lambda === null ? null : { lambda, scale: largest(values) || 1 };
}

function onScale(values: Float64Array, boxCox: BoxCox | null): Float64Array {
  const scaled = boxCox === null ? values : transform(values, boxCox);
  if (scaled !== null) return scaled;
  throw fail(
    "malformed_data",
    `The values have no Box-Cox transform with lambda ${boxCox?.lambda}: some are not positive.`,
  );
}

const searchOf = (config: ArimaConfig) => ({
  ...givenOrder(config),
  ...(config.constant === undefined ? {} : { constant: config.constant }),
});

const fitOptionsOf = (config: ArimaConfig, { constant }: AutoArima): Partial<FitOptions> => ({
  method: config.optimizationMethod,
  constant,
  ...(config.quick ? { searches: 1 } : {}),
});

/**
 * The search ends with an exact fit to all values, gaps interpolated. It is fitted again by another method where one is
 * asked for, and to what was observed where values are missing: their likelihood is exact, unless it costs too much.
 */
function refine(
  { fit, order }: AutoArima,
  options: Partial<FitOptions>,
  observed: Float64Array | null,
  budget: Budget,
): ArimaFit {
  const again = (values: Float64Array) => orNull(() => fitArima(values, order, options, budget));
  const isMissing = observed !== null && options.method !== "css" && observed.some(Number.isNaN);
  const price = gapEvaluationMicros(order, fit.values.length) * MOST_EVALUATIONS_WITH_GAPS;
  const exact = isMissing && price <= budget.left ? again(observed) : null;
  if (exact !== null) return exact;
  return options.method === "ml" ? fit : (again(fit.values) ?? fit);
}

/** Null where this model cannot be fitted to these values, which another part of the series may be too short for. */
function orNull<T>(make: () => T): T | null {
  try {
    return make();
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}
