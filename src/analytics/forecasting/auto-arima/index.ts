import { type ArimaFit, type ArimaOrder, differenced, evaluationMicros } from "../arima";
import type { Budget } from "../budget";
import { largest } from "../standardise";
import { varies } from "../stationarity";
import { allOf, type Candidate, candidateOf, type Space } from "./candidate";
import { chooseDifferencesOf } from "./differences";
import { type Estimate, estimate } from "./estimate";
import { type AutoArimaOptions, DEFAULT_OPTIONS, limitsFor } from "./options";
import { searchAll, searchStepwise } from "./search";

export type { AutoArimaOptions, Criterion, OrderLimits } from "./options";

export interface AutoArima extends Candidate {
  fit: ArimaFit;
  /** How the order came about, for the answer. */
  reason: string;
  /** What it was compared with, best first. */
  candidates: (Candidate & { criterion: number })[];
  /** The candidates stand at conditional estimates: their criterion is a little above that of an exact fit. */
  isApproximate: boolean;
  /** Work units of the budget. */
  spent: number;
}

/** Fewer values say nothing about an order. */
const FEWEST_VALUES = 5;
/** The kernel has 512 lags; longer seasons are left alone. */
const LONGEST_SEASON = 500;
/** Orders are searched on the newest values up to this: their cost grows with n, what they tell hardly does. */
const MAX_SEARCH_VALUES = 2_000;
/** Of the budget; the rest is for the exact fit of the best. */
const SEARCH_SHARE = 0.7;
/** Beyond these an exact fit of every candidate is slow, as in R's forecast package. */
const EXACT_SEARCH = { values: 150, season: 12 };
const CANDIDATE_FIT = { searches: 1, maxEvaluations: 1_000, standardErrors: false };
/** A likelihood that costs more, in µs, is climbed from fewer points: the screening alone takes hundreds. */
const CHEAP_EVALUATION = 10;

/**
 * The ARIMA model of a series by the smallest information criterion (Hyndman and Khandakar 2008). What the options fix
 * stays; of a season there must be more than two cycles for it to be differenced. Null where there is no model: too few
 * values, or none that vary once differenced, which are a rule and not noise. When the budget runs out the best so far
 * is fitted.
 */
export function autoArima(
  values: Float64Array,
  season: number,
  given: Partial<AutoArimaOptions>,
  budget: Budget,
): AutoArima | null {
  const options = { ...DEFAULT_OPTIONS, ...given };
  const before = budget.spent;
  if (values.length < FEWEST_VALUES || !values.every(Number.isFinite)) return null;
  const space = spaceOf(values, season, options, budget);
  if (!varies(differenced(values, bare(space)), largest(values))) return null;
  const isApproximate =
    options.approximation ?? (values.length > EXACT_SEARCH.values || space.m > EXACT_SEARCH.season);
  const found = search(values, space, options, isApproximate, budget);
  const best = refit(values, found, options, isApproximate, budget);
  if (best === null) return null;
  return {
    fit: best.fit,
    order: best.order,
    constant: best.constant,
    reason: reasonOf(options, space.m > 1, found.length),
    candidates: found.map(({ order, constant, criterion }) => ({ order, constant, criterion })),
    isApproximate,
    spent: budget.spent - before,
  };
}

function spaceOf(values: Float64Array, season: number, options: AutoArimaOptions, budget: Budget): Space {
  const n = values.length;
  const isSeasonal = options.seasonal && season > 1 && season <= Math.min(LONGEST_SEASON, n - 1);
  const m = isSeasonal ? Math.round(season) : 1;
  const limits = limitsFor(options.limits, n, m);
  for (const name of ["p", "q", "P", "Q"] as const) limits[name] = Math.max(limits[name], options[name] ?? 0);
  const { d, D } = chooseDifferencesOf(values, m, limits, options);
  budget.spend(50 + (m > 1 ? 3 : 1) * Math.min(n, 4_000));
  return { fixed: options, limits, d, D, m, allowsConstant: d + D <= 1 };
}

const bare = ({ d, D, m }: Space): ArimaOrder => ({ p: 0, d, q: 0, P: 0, D, Q: 0, m });

function search(
  values: Float64Array,
  space: Space,
  options: AutoArimaOptions,
  isApproximate: boolean,
  budget: Budget,
): Estimate[] {
  const newest = values.subarray(Math.max(0, values.length - MAX_SEARCH_VALUES));
  const part = budget.share(SEARCH_SHARE);
  const fitOptions = { ...CANDIDATE_FIT, method: isApproximate ? "css" : "ml" } as const;
  const attempt = (candidate: Candidate) =>
    part.isSpent ? null : estimate(newest, candidate, options.criterion, fitOptions, part);
  const found = options.stepwise
    ? searchStepwise(space, { isShort: values.length < 10, maxModels: options.maxModels }, attempt)
    : searchAll(allOf(space).slice(0, options.maxModels), attempt);
  budget.settle(part);
  if (found.length > 0) return found;
  // Nothing was left for a search: the simplest model costs an evaluation or two.
  const simplest = candidateOf(space, { p: 0, q: 0, P: 0, Q: 0 }, true);
  return [estimate(newest, simplest, options.criterion, fitOptions, budget)].filter((only) => only !== null);
}

/** The first of them that stands up to an exact fit to all values. */
function refit(
  values: Float64Array,
  found: Estimate[],
  { criterion }: AutoArimaOptions,
  isApproximate: boolean,
  budget: Budget,
): Estimate | null {
  let atEdge: Estimate | null = null;
  for (const candidate of found) {
    if (atEdge !== null && budget.isSpent) break;
    const isCheap = evaluationMicros(candidate.order, values.length) < CHEAP_EVALUATION;
    const exact = estimate(values, candidate, criterion, { method: "ml", searches: isCheap ? 5 : 1 }, budget);
    if (exact !== null && !exact.isAtEdge) return exact;
    atEdge ??= exact ?? (isApproximate ? null : candidate);
  }
  return atEdge;
}

function reasonOf(options: AutoArimaOptions, isSeasonal: boolean, models: number): string {
  const chosen = (["p", "q", ...(isSeasonal ? (["P", "Q"] as const) : [])] as const).filter(
    (name) => options[name] === undefined,
  );
  const parts = [
    options.stationary || options.d !== undefined ? [] : ["d by KPSS and Dickey-Fuller"],
    !isSeasonal || options.stationary || options.D !== undefined ? [] : ["D by the strength of the season"],
    chosen.length === 0
      ? []
      : [`${chosen.join(", ")} by the smallest ${NAMES[options.criterion]} of ${models} models`],
  ].flat();
  return parts.length === 0 ? "as given" : parts.join("; ");
}

const NAMES = { aicc: "AICc", aic: "AIC", bic: "BIC" };
