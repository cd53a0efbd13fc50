import type { BacktestTask, StepRecord } from "../contract";
import type { Plan } from "../plan";
import { type MeanTest, meanTest } from "../scores/mean-test";
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

/** A gain must be real at this level before its loss means anything. */
const REAL = 0.01;
/**
 * What a step later must leave of a gain. Acting on the price of the signal is under suspicion: there the figure itself
 * decides. Acting on the next one is not: there what is left must be under the share by more than chance, for honest
 * signals that halve in a step were called a bug in one of eight runs by the figure alone.
 */
const LEAST_LEFT = { sameStep: 1 / 3, later: 1 / 2 };

/**
 * Acts on every signal one step later. A gain that collapses was made on the price the signal was computed from, or
 * lives no longer than a step. Nothing is run again: the signals are those of the walk.
 */
export function checkLag(task: BacktestTask, plan: Plan, steps: readonly StepRecord[]): LagCheck {
  const market = marketOf(task, plan);
  const targets = targetsOf(steps, plan.first, market.prices.length, task.options);
  const { lag } = task.options;
  const now = gains(market, targets, lag);
  const later = gains(market, targets, lag + 1);
  const gain = meanTest(now);
  const delayedGain = meanTest(later);
  if (!isBelow(gain, REAL)) return { passed: null, lag, gain, delayedGain };
  const collapsed =
    lag === 0
      ? (delayedGain.mean ?? 0) < LEAST_LEFT.sameStep * (gain.mean ?? 0)
      : isBelow(meanTest(now.map((value, t) => LEAST_LEFT.later * value - later[t]!)), REAL);
  return { passed: !collapsed, lag, gain, delayedGain };
}

const isBelow = ({ p_value }: MeanTest, bound: number): boolean => p_value !== null && p_value < bound;

function gains(market: Parameters<typeof simulate>[0], targets: readonly Target[], lag: number): number[] {
  const { equity, positions } = simulate(market, targets, { initialCapital: 1, lag, costs: 0, slippage: 0 });
  return timingGains(market, positions, stepReturns(equity));
}
