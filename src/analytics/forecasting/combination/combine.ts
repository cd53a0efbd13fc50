import type { Budget } from "../budget";
import { intervalScales, type Outcome, widened } from "./calibration";
import type { FittedMember } from "./members";
import { middle, mix } from "./mixture";
import { type Origin, rollOrigins, type Said, saidBy } from "./rolling-origin";
import { type Judged, weigh } from "./weights";

/** How members become one: by their errors at rolling origins, equally, or the one in the middle at each step. */
export type CombinationMethod = "weighted" | "mean" | "median";

export interface CombineOptions {
  horizon: number;
  /** Probability of the prediction interval. */
  level: number;
  /** By default weighted. */
  combination?: CombinationMethod | undefined;
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

/** Cycles of the longest season, and values more, that an origin must know. */
const CYCLES_KNOWN = 2;
const VALUES_KNOWN = 2;

/**
 * One forecast of the members' (at least one, of which the first always has a finite one): weighed, and with intervals
 * widened, by what they got wrong at rolling origins. `periods`: the seasons that members carry, ascending.
 */
export function combine(
  values: Float64Array,
  members: readonly FittedMember[],
  periods: readonly number[],
  { horizon, level, combination: wanted = "weighted" }: CombineOptions,
  budget: Budget,
): Forecast {
  const before = budget.spent;
  const longest = periods.at(-1);
  const fewest = longest === undefined ? 0 : CYCLES_KNOWN * longest + VALUES_KNOWN;
  const origins = rollOrigins(values, members, { horizon, level, fewest }, budget);
  const combination = members.length === 1 ? "single" : wanted;
  const judged = judge(combination, values, origins, members.length);
  const together = (said: (Said | null)[], steps: number) =>
    combination === "median" ? middle(said, steps) : mix(said, judged.weights, steps);
  const present = members.map(({ model }) => saidBy(model, horizon, level));
  const said = together(present, horizon) ?? middle(present, horizon);
  if (said === null) throw new Error("no member has a finite forecast, not even the naive one");
  const outcomes = origins.flatMap(({ origin, said: earlier }): Outcome[] => {
    const actual = values.subarray(origin, origin + horizon);
    const one = together(earlier, actual.length);
    return one ? [{ said: one, actual }] : [];
  });
  const scales = intervalScales(outcomes, { n: values.length, horizon, level });
  return {
    ...withinBounds(widened(said, scales), values),
    level,
    members: described(members, judged),
    combination,
    periods: [...periods],
    origins: origins.length,
    intervalScales: scales,
    spent: budget.spent - before,
    isBudgetSpent: budget.isSpent,
  };
}

function judge(
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
export function withinBounds(said: Said, values: Float64Array): Said {
  const areCounts = values.every((value) => value >= 0 && Number.isInteger(value));
  if (!areCounts) return said;
  const floored = (column: Float64Array) => column.map((value) => Math.max(0, value));
  return { mean: floored(said.mean), lower: floored(said.lower), upper: floored(said.upper) };
}
