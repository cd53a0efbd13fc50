import type { JsonObject } from "../../core/json";
import { formatMicros } from "../../core/timestamps";
import { BACKTEST_LIMITS, type BacktestOptions, type BacktestTask, type StepRecord } from "../contract";
import type { Plan } from "../plan";
import { isSignificant, type MeanTest, meanTest } from "../scores/mean-test";
import { type Performance, performanceOf, stepReturns } from "./measures";
import { type Sampling, samplingOf } from "./periods-a-year";
import { type Market, type Simulation, simulate, type Target, type Terms, type Trade } from "./simulate";
import { buyAndHoldTargets, naiveTargets, targetsOf } from "./targets";

/** The trading of a backtest, its benchmarks beside it: computed from what the strategy said, without running it. */
export interface Trading {
  simulation: Simulation;
  performance: Performance;
  buyAndHold: Performance;
  naive: Performance;
  sampling: Sampling;
  versusNaive: MeanTest;
  /** Against holding all the time as much as the strategy held on average: whether its moments were well chosen. */
  timing: MeanTest;
}

const BASIS_POINT = 1e-4;

export const termsOf = (options: BacktestOptions): Terms => ({
  initialCapital: options.initial_capital,
  lag: options.lag,
  costs: options.costs_bps * BASIS_POINT,
  slippage: options.slippage_bps * BASIS_POINT,
});

export const marketOf = ({ series }: BacktestTask, { first, last }: Plan): Market => ({
  times: series.times.subarray(first, last + 1),
  prices: series.values.subarray(first, last + 1),
});

export function trade(task: BacktestTask, plan: Plan, steps: readonly StepRecord[]): Trading {
  const { series, options } = task;
  const market = marketOf(task, plan);
  const count = market.prices.length;
  const sampling = samplingOf(series.times);
  const run = (targets: readonly Target[]): Simulation => simulate(market, targets, termsOf(options));
  const measure = (simulation: Simulation): Performance =>
    performanceOf(simulation, options.initial_capital, sampling.periodsPerYear);
  const simulation = run(targetsOf(steps, plan.first, count, options));
  const naive = run(naiveTargets(series.values, steps, plan.first, count, options));
  const returns = stepReturns(simulation.equity);
  const naiveReturns = stepReturns(naive.equity);
  return {
    simulation,
    performance: measure(simulation),
    buyAndHold: measure(run(buyAndHoldTargets(count))),
    naive: measure(naive),
    sampling,
    versusNaive: meanTest(returns.map((value, t) => value - naiveReturns[t]!)),
    timing: meanTest(timingGains(market, simulation.positions, returns)),
  };
}

/**
 * Returns above those of a constant position of the same average size: zero on average where positions say nothing
 * of the returns to come (the covariance that Cumby and Modest, 1987, test for), drift or not.
 */
export function timingGains(
  { prices }: Market,
  positions: readonly number[],
  returns: readonly number[],
): number[] {
  const average = returns.reduce((sum, _, t) => sum + positions[t]!, 0) / Math.max(1, returns.length);
  return returns.map((value, t) => value - average * (prices[t + 1]! / prices[t]! - 1));
}

export function describeTrading(trading: Trading): JsonObject {
  const { simulation, performance, sampling } = trading;
  return {
    ...performance,
    final_capital: simulation.equity.at(-1)!,
    periods_per_year: sampling.periodsPerYear,
    sharpe_basis: `returns of each step, annualised by ${sampling.basis}; no risk-free rate`,
    trades: simulation.trades.slice(0, BACKTEST_LIMITS.listedTrades).map(describeTrade),
    trades_omitted: Math.max(0, simulation.trades.length - BACKTEST_LIMITS.listedTrades),
    buy_and_hold: { ...trading.buyAndHold },
    naive: { strategy: "the next change has the direction of the last one", ...trading.naive },
    skill: describeSkill(trading),
  };
}

const describeTrade = (trade: Trade): JsonObject => ({
  side: trade.side,
  entry_time: formatMicros(trade.entryTime),
  exit_time: formatMicros(trade.exitTime),
  entry_price: trade.entryPrice,
  exit_price: trade.exitPrice,
  return: trade.return,
  profit: trade.profit,
  steps: trade.exitStep - trade.entryStep,
  reason: trade.reason,
});

/** Evenly thinned, the last point always among them. */
export function equityCurve({ equity, positions }: Simulation, { times }: Market): JsonObject[] {
  const stride = Math.max(1, Math.ceil(equity.length / BACKTEST_LIMITS.listedPoints));
  const point = (t: number): JsonObject => ({
    timestamp: formatMicros(times[t]!),
    equity: equity[t]!,
    position: positions[t]!,
  });
  const points: JsonObject[] = [];
  for (let t = (equity.length - 1) % stride; t < equity.length; t += stride) points.push(point(t));
  return points;
}

/** Both must hold: a strategy that sits still beats a naive one that pays for every trade. */
function describeSkill({ versusNaive, timing }: Trading): JsonObject {
  const hasSkill = isSignificant(versusNaive) && isSignificant(timing);
  return {
    has_skill: hasSkill,
    versus_naive: { ...versusNaive },
    timing: { ...timing },
    method:
      "one-sided t-tests of step returns with Newey-West errors, at 5 %: against the naive strategy, and against holding the average position all the time",
    note: hasSkill
      ? "The strategy earns significantly more than the naive strategy and than its average position held throughout."
      : "No skill: the returns are not significantly above those of the naive strategy and of its average position held throughout. Chance explains them.",
  };
}
