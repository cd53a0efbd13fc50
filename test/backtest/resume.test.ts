import { describe, expect, it } from "vitest";
import { prepareStrategy } from "../../src/analytics/strategies/registry";
import { advance, report, start } from "../../src/backtest";
import type { BacktestState, BacktestTask } from "../../src/backtest/contract";
import { planOf } from "../../src/backtest/plan";
import { airPassengers } from "../support/series";
import { momentum, randomWalk, signal, strategyOf, taskOf } from "./test-strategies";

/** In pieces of `units`, through JSON and a fresh task each time, as after a crash between two messages. */
function inPieces(makeTask: () => BacktestTask, units: number) {
  let stored = JSON.stringify(start(makeTask()));
  const fractions: number[] = [];
  for (let calls = 0; calls < 10_000; calls++) {
    const state = JSON.parse(stored) as BacktestState;
    const progress = advance(makeTask(), state, units);
    stored = JSON.stringify(state);
    fractions.push(progress.fraction);
    if (progress.done) break;
  }
  return { result: report(makeTask(), JSON.parse(stored) as BacktestState), fractions };
}

function inOneGo(task: BacktestTask) {
  const state = start(task);
  const progress = advance(task, state, Number.POSITIVE_INFINITY);
  return { result: report(task, state), progress };
}

describe("a backtest in pieces", () => {
  it.each([1, 57, 1_000])("of %i units ends as one in one go", (units) => {
    const make = () => taskOf(momentum, randomWalk(51, 300), { costs_bps: 10 });
    const { result, fractions } = inPieces(make, units);
    expect(result).toEqual(inOneGo(make()).result);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions.at(-1)).toBe(1);
  });

  it("of a real strategy ends as one in one go, forecasts and all", () => {
    const config = { p: 1, d: 1, q: 1, steps: 3, minDataPoints: 40 };
    const make = () =>
      taskOf(prepareStrategy("arima_prediction", config), airPassengers, {
        mode: "forecast",
        refit_every: 12,
      });
    const { result, fractions } = inPieces(make, 1);
    expect(fractions.length).toBeGreaterThan(10);
    expect(result).toEqual(inOneGo(make()).result);
  });

  it("costs what was told before", () => {
    const { progress } = inOneGo(taskOf(momentum, randomWalk(52, 200)));
    expect(progress.spentUnits).toBeCloseTo(progress.totalUnits, 6);
  });

  it("does one piece at least and stops when the units are spent", () => {
    let runs = 0;
    const counting = strategyOf(() => {
      runs++;
      return signal("BUY");
    });
    const task = taskOf(counting, randomWalk(53, 200));
    const state = start(task);
    advance(task, state, 0);
    expect(runs).toBe(1);
    advance(task, state, 100);
    expect(runs).toBeGreaterThan(5);
    expect(runs).toBeLessThanOrEqual(11);
  });

  it("is not finished twice, nor with other data or options", () => {
    const task = taskOf(momentum, randomWalk(54, 100));
    const state = start(task);
    expect(() => report(task, state)).toThrow(/not finished/);
    const otherData = taskOf(momentum, randomWalk(55, 100));
    expect(() => advance(otherData, state, 1)).toThrow(/other data/);
    const otherOptions = taskOf(momentum, randomWalk(54, 100), { lag: 2 });
    expect(() => advance(otherOptions, state, 1)).toThrow(/other data/);
    advance(task, state, Number.POSITIVE_INFINITY);
    const finished = JSON.stringify(state);
    expect(advance(task, state, 1_000).done).toBe(true);
    expect(JSON.stringify(state)).toBe(finished);
  });
});

describe("the work", () => {
  const dear = strategyOf(() => signal("BUY"), { workUnits: (points) => points * 100 });

  it("is bounded by asking less often", () => {
    const task = taskOf(dear, randomWalk(56, 1_000));
    expect(planOf(task).refitEvery).toBe(1);
    const plan = planOf(task, 6_000_000);
    expect(plan.refitEvery).toBeGreaterThan(8);
    expect(plan.totalUnits).toBeLessThanOrEqual(6_000_000);
  });

  it("is refused, with what it needs, where it was asked for", () => {
    const task = taskOf(dear, randomWalk(56, 1_000), { refit_every: 1 });
    expect(() => start(task, 6_000_000)).toThrow(/work_budget_exceeded/);
  });

  it("never runs the strategy more than five thousand times in the walk, and keeps a state that can be stored", () => {
    const task = taskOf(momentum, randomWalk(57, 20_000));
    expect(planOf(task).asked.length).toBeLessThanOrEqual(5_000);
    const state = start(task);
    advance(task, state, Number.POSITIVE_INFINITY);
    expect(JSON.stringify(state).length).toBeLessThan(2_000_000);
  });
});
