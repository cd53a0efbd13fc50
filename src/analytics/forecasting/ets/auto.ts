import type { Budget } from "../budget";
import { combine, type EtsCombination } from "./combination";
import { type EtsEstimation, fitEts } from "./fit";
import type { EtsModel } from "./model";
import { type EtsSpec, isPossible } from "./spec";

export interface AutoEtsOptions {
  criterion: "aicc" | "aic" | "bic";
  estimation: EtsEstimation;
  /** Relative errors and seasons that are factors are considered. */
  allowMultiplicative: boolean;
  allowTrend: boolean;
  allowDamped: boolean;
  allowSeason: boolean;
}

export const DEFAULT_AUTO_ETS: AutoEtsOptions = {
  criterion: "aicc",
  estimation: "expected",
  allowMultiplicative: true,
  allowTrend: true,
  allowDamped: true,
  allowSeason: true,
};

export interface AutoEts {
  /** Of the smallest criterion. */
  best: EtsModel;
  /** All that count by their criterion, in one: forecasts better than the best. */
  combined: EtsCombination;
  /** All that were fitted, the best first. */
  candidates: EtsModel[];
}

/** A fit may take this many times its equal share of what is left, for most take less. */
const SHARES = 2;

/**
 * Chooses among the models that the series can hold (R's `ets`: factors for positive values only, a season where there
 * are values for it). Null where it can hold none. When the budget is spent the rest is left out; the order is such
 * that every kind of error, trend and season has then been looked at.
 */
export function autoEts(
  values: Float64Array,
  season: number,
  options: Partial<AutoEtsOptions>,
  budget: Budget,
): AutoEts | null {
  const rules = { ...DEFAULT_AUTO_ETS, ...options };
  const specs = offered(rules).filter((spec) => isPossible(spec, values, season));
  const candidates: EtsModel[] = [];
  specs.forEach((spec, i) => {
    if (budget.isSpent) return;
    const part = budget.share(Math.min(1, SHARES / (specs.length - i)));
    const model = fitEts(values, season, spec, part, rules.estimation);
    budget.settle(part);
    if (model) candidates.push(model);
  });
  if (candidates.length === 0) return null;
  candidates.sort((a, b) => a[rules.criterion] - b[rules.criterion]);
  const combined = combine(candidates.map((model) => ({ model, criterion: model[rules.criterion] })));
  return { best: candidates[0]!, combined, candidates };
}

const TRENDS = [
  { trend: "N", damped: false },
  { trend: "A", damped: true },
  { trend: "A", damped: false },
] as const;

function offered(rules: AutoEtsOptions): EtsSpec[] {
  const errors = rules.allowMultiplicative ? (["M", "A"] as const) : (["A"] as const);
  const seasons = rules.allowSeason ? (["M", "A", "N"] as const) : (["N"] as const);
  return TRENDS.flatMap((kind) =>
    seasons.flatMap((seasonal) => errors.map((error) => ({ error, seasonal, ...kind }))),
  ).filter(({ trend, damped }) => (trend === "N" || rules.allowTrend) && (!damped || rules.allowDamped));
}
