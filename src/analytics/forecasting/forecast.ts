import { fail } from "../../core/errors";
import type { Budget } from "./budget";
import { type CombinationMethod, combine, type Forecast } from "./combination/combine";
import {
  FAMILIES,
  type FittedMember,
  fitArimaMember,
  fitNaiveMember,
  type Rhythm,
} from "./combination/members";
import { nominalPeriodsOf } from "./frequency";
import { fitMovingAverageMember } from "./moving-average";
import { detectPeriods } from "./periods/detect";
import { interpolated } from "./regularise";
import { largest } from "./standardise";

export type { CombinationMethod, Forecast, ForecastMember } from "./combination/combine";

/** A regular series to forecast; NaN where a value is missing. */
export interface ForecastSeries {
  values: Float64Array;
  /** Steps in the season that models carry; 1: none. By default the shortest that is found. */
  season?: number;
  /** The sampling as a word ("hourly"), which says what seasons are usual. */
  frequency?: string;
}

export interface ForecastOptions {
  horizon: number;
  /** Probability of the prediction interval. */
  level?: number;
  /** `auto`: all families combined; `arima`: automatic ARIMA alone; `hybrid`: that and moving averages. */
  strategy?: "auto" | "arima" | "hybrid";
  combination?: CombinationMethod;
}

const LIMITS = {
  /** Second differences of larger values leave the range of a double. */
  magnitude: 1e290,
  horizon: 10_000,
  fewestValues: 2,
};
const DEFAULT_LEVEL = 0.95;
/** A season must be seen so often to be believed. */
const FEWEST_CYCLES = 2.5;

/**
 * Forecasts a series by the families of models, combined by what each got wrong at rolling origins, with intervals
 * widened by what errors there were. Every budget gives an answer: families are tried from the cheapest to the dearest.
 * Fails with `not_enough_data` (fewer than two values), `malformed_data` (infinite, or beyond 1e290) or
 * `invalid_request` (horizon).
 */
export function forecast(series: ForecastSeries, options: ForecastOptions, budget: Budget): Forecast {
  const { horizon, level = DEFAULT_LEVEL, strategy = "auto", combination } = options;
  check(series.values, horizon);
  const values = interpolated(series.values);
  const rhythm = rhythmOf(values, series);
  const before = budget.spent;
  const members = MEMBERS[strategy](values, rhythm, budget);
  const periods = strategy === "arima" ? [] : rhythm.periods;
  const made = combine(values, members, periods, { horizon, level, combination }, budget);
  return { ...made, periods: [...rhythm.periods], spent: budget.spent - before };
}

/** What no model can take, said once for all that forecast. */
export function check(values: Float64Array, horizon: number): void {
  if (!Number.isInteger(horizon) || horizon < 1 || horizon > LIMITS.horizon) {
    throw fail("invalid_request", `The horizon must be a whole number of steps from 1 to ${LIMITS.horizon}.`);
  }
  const known = values.filter((value) => !Number.isNaN(value));
  if (known.length < LIMITS.fewestValues) {
    throw fail(
      "not_enough_data",
      `A forecast needs ${LIMITS.fewestValues} values; there are ${known.length}.`,
      {
        extra: { required: LIMITS.fewestValues, available: known.length },
      },
    );
  }
  if (largest(known) > LIMITS.magnitude) {
    throw fail(
      "malformed_data",
      `The series has values beyond ${LIMITS.magnitude}: they cannot be modelled.`,
    );
  }
}

/** Usual periods are left to the rolling origins, which weigh down what takes off a season that is not there. */
function rhythmOf(values: Float64Array, { season, frequency }: ForecastSeries): Rhythm {
  const usual = nominalPeriodsOf(frequency);
  const told = season !== undefined && season > 1 ? [season] : [];
  const candidates = [...new Set([...usual, ...told])];
  const found = candidates.length > 0 || season === 1 ? candidates : detectPeriods(values);
  const periods = found.filter((period) => values.length > FEWEST_CYCLES * period).sort((a, b) => a - b);
  return { season: season ?? periods[0] ?? 1, periods };
}

type Fit = (values: Float64Array, rhythm: Rhythm, budget: Budget) => FittedMember[];

const fitAll: Fit = (values, rhythm, budget) =>
  FAMILIES.flatMap((estimate, k) => {
    const member = k > 0 && budget.isSpent ? null : estimate(values, rhythm, budget);
    return member ? [member] : [];
  });

/** Automatic ARIMA; the last value where there is none. */
const fitArima: Fit = (values, rhythm, budget) => {
  const member = fitArimaMember(values, rhythm, budget) ?? fitNaiveMember(values, rhythm, budget);
  return member ? [member] : [];
};

const MEMBERS: Record<NonNullable<ForecastOptions["strategy"]>, Fit> = {
  auto: fitAll,
  arima: fitArima,
  hybrid: (values, rhythm, budget) => {
    const average = fitMovingAverageMember(values, rhythm, budget);
    return [...fitArima(values, rhythm, budget), ...(average ? [average] : [])];
  },
};
