import { fail } from "../core/errors";
import type { JsonObject } from "../core/json";
import type { StrategyInput, StrategyResult } from "./contract";
import { EXECUTION_LIMITS } from "./request";
import type { Resolution, Resolved } from "./resolve";
import type { PreparedStrategy } from "./strategies/registry";

/** What an execution found. `result` is that of the series with the most points. */
export type Findings = {
  resolved: Resolved;
  result: StrategyResult;
  series?: SeriesResult[];
  /** Series whose results did not fit beside the others. */
  series_omitted?: number;
};

export interface SeriesResult {
  field: string;
  tags: Record<string, string>;
  result: StrategyResult | null;
  /** Why a series has no result where others have one. */
  error?: JsonObject;
}

/** The work units of all series together. Throws `not_enough_data` before, and `work_budget_exceeded` beyond the budget. */
export function estimate(
  strategy: PreparedStrategy,
  { series, resolved }: Resolution,
  budgetUnits: number,
): number {
  const most = Math.max(0, ...series.map(({ values }) => values.length));
  if (most < strategy.requiredPoints) {
    const where =
      resolved.stream_id === null ? "the data has" : `"${resolved.field}" of ${resolved.stream_id} has`;
    throw fail(
      "not_enough_data",
      `${strategy.id} needs ${strategy.requiredPoints} values; ${where} ${most}.`,
      {
        extra: { required: strategy.requiredPoints, available: most },
      },
    );
  }
  const units = runnable(strategy, series).reduce(
    (sum, one) => sum + strategy.workUnits(one.values.length),
    0,
  );
  if (units <= budgetUnits) return units;
  throw fail(
    "work_budget_exceeded",
    `This needs about ${Math.ceil(units)} work units; one execution may take ${budgetUnits}. Name one series, a shorter range or a smaller model.`,
    { extra: { required_units: Math.ceil(units), limit_units: budgetUnits } },
  );
}

const runnable = (strategy: PreparedStrategy, series: readonly StrategyInput[]) =>
  series.filter(({ values }) => values.length >= strategy.requiredPoints);

/** Runs the strategy on every series that has enough points. Pure. */
export function runOn(strategy: PreparedStrategy, { series, resolved }: Resolution): Findings {
  const results = series.map((input): SeriesResult => {
    const { field, tags } = input;
    if (input.values.length >= strategy.requiredPoints) return { field, tags, result: strategy.run(input) };
    const error = {
      code: "not_enough_data",
      required: strategy.requiredPoints,
      available: input.values.length,
    };
    return { field, tags, result: null, error };
  });
  // resolve puts the series with the most points first.
  const result = results[0]!.result!;
  if (results.length === 1) return { resolved, result };
  return { resolved, result, ...fitting(results) };
}

function fitting(results: SeriesResult[]): Pick<Findings, "series" | "series_omitted"> {
  let chars = JSON.stringify(results[0]!).length;
  const kept = results.filter((one) => {
    chars += JSON.stringify(one).length;
    return chars <= EXECUTION_LIMITS.resultChars;
  });
  const omitted = results.length - kept.length;
  return { series: kept, ...(omitted > 0 ? { series_omitted: omitted } : {}) };
}
