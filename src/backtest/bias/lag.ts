import type { BacktestTask, StepRecord } from "../contract";
import type { Plan } from "../plan";
import { isSignificant, type MeanTest, meanTest } from "../scores/mean-test";
import { stepReturns } from "../trading/measures";
import { simulate, type Target } from "../trading/simulate";
import { targetsOf } from "../trading/targets";
import { marketOf, timingGains } from "../trading/trading-report";

export interface LagCheck {
  /** Null: there is nothing to lose, or nothing is traded. */
  passed: boolean | null;
  lag: number;
  /** What well-chosen moments earn a step, before costs, as it is acted on and one step later. */
  gain: MeanTest;
  delayedGain: MeanTest;
}

/** A gain that is real before and under this share a step later has collapsed. */
const COLLAPSE = 0.25;

/**
 * Acts on every signal one step later. A gain that collapses was made on the price the signal was computed from, or
 * lives no longer than a step. Nothing is run again: the signals are those of the walk.
 */
export function checkLag(task: BacktestTask, plan: Plan, steps: readonly StepRecord[]): LagCheck {
  const market = marketOf(task, plan);
  const targets = targetsOf(steps, plan.first, market.prices.length, task.options);
  const { lag } = task.options;
  const gainAt = (steps: number): MeanTest => meanTest(gains(market, targets, steps));
  const gain = gainAt(lag);
  const delayedGain = gainAt(lag + 1);
  const collapsed = (delayedGain.mean ?? 0) < COLLAPSE * (gain.mean ?? 0);
  return { passed: isSignificant(gain) ? !collapsed : null, lag, gain, delayedGain };
}

function gains(market: Parameters<typeof simulate>[0], targets: readonly Target[], lag: number): number[] {
  const { equity, positions } = simulate(market, targets, { initialCapital: 1, lag, costs: 0, slippage: 0 });
  return timingGains(market, positions, stepReturns(equity));
}
