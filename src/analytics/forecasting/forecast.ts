import { fail } from "../../core/errors";
import type { Budget } from "./budget";
import { intervalScales, type Outcome, widened } from "./combination/calibration";
import {
  FAMILIES,
  type FittedMember,
  fitArimaMember,
  fitNaiveMember,
  type Rhythm,
} from "./combination/members";
import { middle, mix } from "./combination/mixture";
import { type Origin, rollOrigins, type Said, saidBy } from "./combination/rolling-origin";
import { type Judged, weigh } from "./combination/weights";
import { type Frequency, nominalPeriodsOf } from "./frequency";
import { detectPeriods } from "./periods/detect";
import { interpolated } from "./regularise";
import { largest } from "./standardise";

/** A regular series to forecast; NaN where a value is missing. */
export interface ForecastSeries {
  values: Float64Array;
  /** Steps in the season that models carry; 1: none. By default the shortest that is found. */
  season?: number;
  /** The sampling as a word, which narrows what seasons there may be. */
  frequency?: Frequency | string;
}

/** How members become one: by their errors at rolling origins, equally, or the one in the middle at each step. */
export type CombinationMethod = "weighted" | "mean" | "median";

export interface ForecastOptions {
  horizon: number;
  /** Probability of the prediction interval. */
  level?: number;
  /** `auto`: all families combined; `arima`: automatic ARIMA alone. */
  strategy?: "auto" | "arima";
  combination?: CombinationMethod;
}

export interface ForecastMember {
  name: string;
  /** In sum 1. */
  weight: number;
  /** Mean absolute error at rolling origins, in the units of the series; null where there was no trial. */
  error: number | null;
}

export interface Forecast {
  mean: Float64Array;
  lower: Float64Array;
  upper: Float64Array;
  level: number;
  /** With a weight above zero, the heaviest first. */
  members: ForecastMember[];
  combination: CombinationMethod | "single";
  /** All seasons that were taken into account, ascending. */
  periods: number[];
  /** Rolling origins that weights and intervals rest on. */
  origins: number;
  /** What the models' own intervals were widened by, a factor a step. */
  intervalScales: Float64Array;
  /** Work units. */
  spent: number;
  /** The budget ran out: this is the best until then. */
  isBudgetSpent: boolean;
}

/** Second differences of larger values leave the range of a double. */
const LARGEST_VALUE = 1e290;
const DEFAULT_LEVEL = 0.95;
const MAX_HORIZON = 10_000;
const FEWEST_VALUES = 2;

/**
 * Forecasts a series by the families of models, combined by what each got wrong at rolling origins, with intervals
 * widened by what errors there were. Every budget gives an answer: families are tried from the cheapest to the dearest.
 * Fails with `not_enough_data` (fewer than two values), `malformed_data` (infinite or beyond 1e290) or `invalid_request` (horizon).
 */
export function forecast(series: ForecastSeries, options: ForecastOptions, budget: Budget): Forecast {
  const { horizon, level = DEFAULT_LEVEL, strategy = "auto" } = options;
  check(series.values, horizon);
  const before = budget.spent;
  const values = interpolated(series.values);
  const rhythm = rhythmOf(values, series);
  const members = strategy === "arima" ? aloneOf(values, rhythm, budget) : fitAll(values, rhythm, budget);
  const fewest = rhythm.periods.length > 0 && strategy === "auto" ? 2 * rhythm.periods.at(-1)! + 2 : 0;
  const origins = rollOrigins(values, members, { horizon, level, fewest }, budget);
  const combination = members.length === 1 ? "single" : (options.combination ?? "weighted");
  const judged = weightsFor(combination, values, origins, members.length);
  const combine = (said: (Said | null)[], steps: number) =>
    combination === "median" ? middle(said, steps) : mix(said, judged.weights, steps);
  const said = combine(
    members.map(({ model }) => saidBy(model, horizon, level)),
    horizon,
  );
  if (said === null) throw new Error("no family has a finite forecast, not even the naive one");
  const outcomes = origins.flatMap(({ origin, said: earlier }): Outcome[] => {
    const actual = values.subarray(origin, origin + horizon);
    const one = combine(earlier, actual.length);
    return one ? [{ said: one, actual }] : [];
  });
  const scales = intervalScales(outcomes, { n: values.length, horizon, level });
  return {
    ...withinBounds(widened(said, scales), values),
    level,
    members: described(members, judged),
    combination,
    periods: [...rhythm.periods],
    origins: origins.length,
    intervalScales: scales,
    spent: budget.spent - before,
    isBudgetSpent: budget.isSpent,
  };
}

function check(values: Float64Array, horizon: number): void {
  if (!Number.isInteger(horizon) || horizon < 1 || horizon > MAX_HORIZON) {
    throw fail("invalid_request", `The horizon must be a whole number of steps from 1 to ${MAX_HORIZON}.`);
  }
  const known = values.filter((value) => !Number.isNaN(value));
  if (known.length < FEWEST_VALUES) {
    throw fail("not_enough_data", `A forecast needs ${FEWEST_VALUES} values; there are ${known.length}.`, {
      extra: { required: FEWEST_VALUES, available: known.length },
    });
  }
  if (largest(known) > LARGEST_VALUE) {
    throw fail("malformed_data", `The series has values beyond ${LARGEST_VALUE}: they cannot be modelled.`);
  }
}

/** Usual periods are trusted to the rolling origins, which weigh them down where they are not there. */
function rhythmOf(values: Float64Array, { season, frequency }: ForecastSeries): Rhythm {
  const usual = nominalPeriodsOf(frequency);
  const candidates = [...new Set([...usual, ...(season !== undefined && season > 1 ? [season] : [])])];
  const periods = (candidates.length > 0 ? candidates : season === 1 ? [] : detectPeriods(values))
    .filter((period) => values.length > 2.5 * period)
    .sort((a, b) => a - b);
  return { season: season ?? periods[0] ?? 1, periods };
}

function fitAll(values: Float64Array, rhythm: Rhythm, budget: Budget): FittedMember[] {
  return FAMILIES.flatMap((estimate) => {
    const member = budget.isSpent ? null : estimate(values, rhythm, budget);
    return member ? [member] : [];
  });
}

/** Automatic ARIMA; the last value where there is none. */
function aloneOf(values: Float64Array, rhythm: Rhythm, budget: Budget): FittedMember[] {
  const member = fitArimaMember(values, rhythm, budget) ?? fitNaiveMember(values, rhythm, budget);
  return member ? [member] : [];
}

function weightsFor(
  combination: Forecast["combination"],
  values: Float64Array,
  origins: readonly Origin[],
  members: number,
): Judged {
  const judged = weigh(values, origins, members);
  if (combination === "weighted") return judged;
  return { ...judged, weights: judged.weights.map(() => 1 / members) };
}

function described(members: readonly FittedMember[], { weights, errors }: Judged): ForecastMember[] {
  return members
    .map(({ model }, k) => ({ name: model.name, weight: weights[k]!, error: errors[k]! }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight);
}

/** Counts are not below zero: whole numbers that never were do not become so. */
function withinBounds(said: Said, values: Float64Array): Said {
  const areCounts = values.every((value) => value >= 0 && Number.isInteger(value));
  if (!areCounts) return said;
  const floored = (column: Float64Array) => column.map((value) => Math.max(0, value));
  return { mean: floored(said.mean), lower: floored(said.lower), upper: floored(said.upper) };
}
