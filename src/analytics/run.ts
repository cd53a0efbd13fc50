import { AppError, type Failure, fail } from "../core/errors";
import type { JsonObject } from "../core/json";
import type { StrategyInput, StrategyResult } from "./contract";
import { fieldsIn } from "./join";
import { EXECUTION_LIMITS } from "./request";
import type { Resolution, Resolved } from "./resolved";
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
  /** Where fields were taken together: all of them. */
  fields?: string[];
  tags: Record<string, string>;
  result: StrategyResult | null;
  /** Why a series has no result where others have one. */
  error?: JsonObject;
}

/** The work units of all series together. Throws `not_enough_data`. */
export function estimate(strategy: PreparedStrategy, { series, resolved }: Resolution): number {
  const most = Math.max(0, ...series.map(({ values }) => values.length));
  if (most < strategy.requiredPoints) {
    const { stream_id, field, fields = [field] } = resolved;
    const where =
      stream_id === null
        ? "the data has"
        : `"${fields.join('", "')}" of ${stream_id} ${fields.length > 1 ? "have together" : "has"}`;
    throw fail(
      "not_enough_data",
      `${strategy.id} needs ${strategy.requiredPoints} values; ${where} ${most}.`,
      {
        extra: { required: strategy.requiredPoints, available: most },
      },
    );
  }
  return series
    .filter(({ values }) => values.length >= strategy.requiredPoints)
    .reduce((sum, input) => sum + unitsOf(strategy, input), 0);
}

const unitsOf = (strategy: PreparedStrategy, input: StrategyInput): number =>
  strategy.workUnits(input.values.length, fieldsIn(input).length);

/**
 * Runs the strategy on every series that has enough points, in their order, as far as the budget of work units reaches.
 * Beside what it found stands `work_budget_exceeded` where series were left; with none done, that is thrown. Pure.
 */
export function runOn(
  strategy: PreparedStrategy,
  resolution: Resolution,
  budgetUnits: number,
): { findings: Findings; failure: Failure | null } {
  const { series, resolved } = resolution;
  let left = budgetUnits;
  let undone = 0;
  const results = series.map((input): SeriesResult => {
    const about = aboutOf(input);
    if (input.values.length < strategy.requiredPoints) {
      const { requiredPoints: required } = strategy;
      const error = { code: "not_enough_data", required, available: input.values.length };
      return { ...about, result: null, error };
    }
    left -= unitsOf(strategy, input);
    if (left >= 0) return { ...about, result: strategy.run(input) };
    undone++;
    return { ...about, result: null, error: { code: "work_budget_exceeded" } };
  });
  const failure =
    undone === 0 ? null : exceeded(estimate(strategy, resolution), budgetUnits, undone, results);
  // resolve puts the series with the most points first.
  const { result } = results[0]!;
  if (!result) throw new AppError(failure!);
  if (results.length === 1) return { findings: { resolved, result }, failure };
  return { findings: { resolved, result, ...fitting(results) }, failure };
}

function exceeded(units: number, budgetUnits: number, undone: number, all: SeriesResult[]): Failure {
  const required = Math.ceil(units);
  const done = all.length - undone;
  const had =
    done > 0
      ? ` ${undone} of ${all.length} series were left; the execution has the results of the others.`
      : "";
  return {
    code: "work_budget_exceeded",
    detail: `This needs about ${required} work units; one execution may take ${budgetUnits}.${had} Name one series, a shorter range or a smaller model.`,
    extra: { required_units: required, limit_units: budgetUnits, series_left: undone },
  };
}

function aboutOf(input: StrategyInput): Omit<SeriesResult, "result" | "error"> {
  const { field, tags } = input;
  const fields = fieldsIn(input);
  return fields.length > 1 ? { field, fields, tags } : { field, tags };
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
