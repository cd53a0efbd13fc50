import type { Budget } from "../budget";
import { fitEts } from "./fit";
import type { EtsModel } from "./model";
import { type EtsSpec, isPossible } from "./spec";

export interface AutoEtsOptions {
  criterion: "aicc" | "aic" | "bic";
  /** Relative errors and factors of a season are considered. */
  allowMultiplicative: boolean;
  allowTrend: boolean;
  allowDamped: boolean;
}

export const DEFAULT_AUTO_ETS: AutoEtsOptions = {
  criterion: "aicc",
  allowMultiplicative: true,
  allowTrend: true,
  allowDamped: true,
};

export interface AutoEts {
  best: EtsModel;
  candidates: EtsModel[];
}

export function autoEts(
  values: Float64Array,
  season: number,
  options: Partial<AutoEtsOptions>,
  budget: Budget,
): AutoEts | null {
  const rules = { ...DEFAULT_AUTO_ETS, ...options };
  const candidates: EtsModel[] = [];
  for (const spec of specs(rules)) {
    if (!isPossible(spec, values, season)) continue;
    if (budget.isSpent) break;
    const model = fitEts(values, season, spec, budget);
    if (model) candidates.push(model);
  }
  candidates.sort((a, b) => a[rules.criterion] - b[rules.criterion]);
  return candidates.length > 0 ? { best: candidates[0]!, candidates } : null;
}

function specs(rules: AutoEtsOptions): EtsSpec[] {
  const out: EtsSpec[] = [];
  for (const error of ["A", "M"] as const)
    for (const seasonal of ["N", "A", "M"] as const)
      for (const [trend, damped] of [
        ["N", false],
        ["A", false],
        ["A", true],
      ] as const) {
        if (!rules.allowMultiplicative && (error === "M" || seasonal === "M")) continue;
        if (trend === "A" && !rules.allowTrend) continue;
        if (damped && !rules.allowDamped) continue;
        out.push({ error, trend, damped, seasonal });
      }
  return out;
}
