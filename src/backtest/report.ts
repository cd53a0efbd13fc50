import { fail } from "../core/errors";
import type { JsonObject } from "../core/json";
import { formatMicros, parseTimestamp } from "../core/timestamps";
import { describeBiases } from "./bias/bias-report";
import type { BacktestState, BacktestTask } from "./contract";
import { fingerprintOf, type Plan, planOf } from "./plan";
import { describeDetection } from "./scores/detection-report";
import { averageAccuracy, describeForecasts } from "./scores/forecast-report";
import { describeTrading, equityCurve, marketOf, trade } from "./trading/trading-report";

/** The answer of a finished backtest, with the reference's fields; what a mode does not define is null. */
export function report(task: BacktestTask, state: BacktestState, budgetUnits?: number): JsonObject {
  if (state.phase !== "done" || state.fingerprint !== fingerprintOf(task)) {
    throw fail("conflict", "The backtest is not finished, or is one of other data.");
  }
  const plan = planOf(task, budgetUnits);
  const { options, strategy } = task;
  return {
    strategy_id: strategy.id,
    mode: options.mode,
    backtest_period: periodOf(task, plan),
    ...NO_TRADES,
    ...bodyOf(task, plan, state),
    average_accuracy: averageAccuracy(state.horizons),
    bias_checks: describeBiases(task, plan, state),
    run: describeRun(task, plan, state),
  };
}

/** The fields of the reference. */
const HEADLINE = [
  "strategy_id",
  "backtest_period",
  "total_trades",
  "winning_trades",
  "win_rate",
  "total_return",
  "sharpe_ratio",
  "max_drawdown",
  "average_accuracy",
] as const;

/** The figures of a report that fit a line. */
export const headlineOf = (found: JsonObject): JsonObject =>
  Object.fromEntries(HEADLINE.map((name) => [name, found[name] ?? null]));

const NO_TRADES = {
  total_trades: 0,
  winning_trades: 0,
  win_rate: null,
  total_return: null,
  sharpe_ratio: null,
  max_drawdown: null,
};

function bodyOf(task: BacktestTask, plan: Plan, state: BacktestState): JsonObject {
  const { mode, season } = task.options;
  const forecasts = state.horizons.length > 0 ? describeForecasts(state, plan.refitEvery, season) : null;
  switch (mode) {
    case "forecast":
      return { forecast: forecasts ?? { origins: 0, note: "The strategy gives no forecasts." } };
    case "detection":
      return { detection: describeDetection(task, plan, state.steps) };
    case "trading": {
      const trading = trade(task, plan, state.steps);
      return {
        ...describeTrading(trading),
        equity_curve: equityCurve(trading.simulation, marketOf(task, plan)),
        ...(forecasts === null ? {} : { forecast: forecasts }),
      };
    }
  }
}

/** As the reference writes it: the range that was asked for, where the strategy was first asked stands in `run`. */
function periodOf({ series, options }: BacktestTask, { first, last }: Plan): string {
  const from = formatMicros(parseTimestamp(options.start_date) ?? series.times[first]!);
  const to = formatMicros(parseTimestamp(options.end_date) ?? series.times[last]!);
  const [fromDay, toDay] = [from.slice(0, 10), to.slice(0, 10)];
  return fromDay === toDay ? `${from} to ${to}` : `${fromDay} to ${toDay}`;
}

function describeRun({ options, series }: BacktestTask, plan: Plan, state: BacktestState): JsonObject {
  const errors = state.steps.flatMap(({ error }) => (error === null ? [] : [error]));
  return {
    first_step: formatMicros(series.times[plan.first]!),
    last_step: formatMicros(series.times[plan.last]!),
    values_before: plan.first,
    steps: plan.last - plan.first + 1,
    strategy_runs: state.steps.length,
    runs_without_answer: errors.length,
    runs_without_signal: state.steps.filter(({ direction }) => direction === null).length,
    errors: [...new Set(errors)],
    refit_every: plan.refitEvery,
    window: options.window ?? "growing",
    lag: options.lag,
    costs_bps: options.costs_bps,
    slippage_bps: options.slippage_bps,
    work_units: state.spentUnits,
  };
}
