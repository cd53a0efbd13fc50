import type { StrategyInput, StrategyResult } from "../../src/analytics/contract";
import { advance, report, start } from "../../src/backtest";
import {
  type BacktestOptions,
  type BacktestStrategy,
  type BacktestTask,
  backtestOptionsSchema,
} from "../../src/backtest/contract";
import type { JsonObject } from "../../src/core/json";
import { seededNormal, seriesOf } from "../support/series";

export const options = (given: Partial<BacktestOptions> = {}): BacktestOptions =>
  backtestOptionsSchema.parse(given);

export const DAY_MICROS = 86_400_000_000;

export function taskOf(
  strategy: BacktestStrategy,
  values: ArrayLike<number>,
  given: Partial<BacktestOptions> = {},
): BacktestTask {
  return { strategy, series: seriesOf(values, DAY_MICROS), options: options(given) };
}

/** A whole backtest in one go. */
export function backtest(
  strategy: BacktestStrategy,
  values: ArrayLike<number>,
  given: Partial<BacktestOptions> = {},
): JsonObject {
  const task = taskOf(strategy, values, given);
  const state = start(task);
  advance(task, state, Number.POSITIVE_INFINITY);
  return report(task, state);
}

export function answer(data: JsonObject, confidence = 0.6): StrategyResult {
  return { type: "PREDICTION", data, confidence, metrics: {}, explain: {} };
}

export const signal = (action: string, strength = 0.6): StrategyResult =>
  answer({ signal: { action, strength, reason: "" } });

/** Pure functions of what it is given, as a strategy. */
export function strategyOf(
  run: (input: StrategyInput) => StrategyResult,
  more: Partial<BacktestStrategy> = {},
): BacktestStrategy {
  return { id: "test", requiredPoints: 2, workUnits: () => 10, run, ...more };
}

/** Says what it was told to say at each index: 1, -1, 0, in the range from index 1 on. */
export const scripted = (script: readonly number[]): BacktestStrategy =>
  strategyOf(({ values }) => signal(["SELL", "HOLD", "BUY"][(script[values.length - 1] ?? 0) + 1]!));

/** Goes with the last change: honest. */
export const momentum = strategyOf(({ values }) => signal(values.at(-1)! > values.at(-2)! ? "BUY" : "SELL"));

/** Prices that wander: nothing about the next change is known. */
export function randomWalk(seed: number, length: number, drift = 0): Float64Array {
  const normal = seededNormal(seed);
  let log = Math.log(100);
  return Float64Array.from({ length }, () => {
    log += drift + 0.01 * normal();
    return Math.exp(log);
  });
}

/** Prices whose changes carry on: φ of each into the next. */
export function trendingPrices(seed: number, length: number, phi = 0.7): Float64Array {
  const normal = seededNormal(seed);
  let log = Math.log(100);
  let change = 0;
  return Float64Array.from({ length }, () => {
    change = phi * change + 0.01 * normal();
    log += change;
    return Math.exp(log);
  });
}

/** Independent noise around one price: what is low now is higher next. */
export function noisyPrices(seed: number, length: number): Float64Array {
  const normal = seededNormal(seed);
  return Float64Array.from({ length }, () => 100 + 2 * normal());
}

export const at = (value: unknown, ...keys: (string | number)[]): unknown =>
  keys.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown>)[key], value);
