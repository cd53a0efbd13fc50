import { describe, expect, it } from "vitest";
import { prepareStrategy } from "../../src/analytics/strategies/registry";
import { advance, report, start } from "../../src/backtest";
import type { BacktestStrategy } from "../../src/backtest/contract";
import { airPassengers } from "../support/series";
import {
  answer,
  at,
  backtest,
  momentum,
  noisyPrices,
  randomWalk,
  signal,
  strategyOf,
  taskOf,
  trendingPrices,
} from "./test-strategies";

const passed = (result: unknown, check: string): unknown => at(result, "bias_checks", check, "passed");

/** Looks at the next value in an array it shares with the run. */
const peeking: BacktestStrategy = {
  ...momentum,
  over: ({ values: shared }) => ({
    run: ({ values }) => signal((shared[values.length] ?? values.at(-1)!) > values.at(-1)! ? "BUY" : "SELL"),
  }),
};

/** Is low or high against the mean of all values, those to come included. */
const normalising: BacktestStrategy = {
  ...momentum,
  over: ({ values: all }) => {
    const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
    return { run: ({ values }) => signal(values.at(-1)! < mean ? "BUY" : "SELL", 0.7) };
  },
};

/** Honest by itself, and worth nothing but at the price it has just seen. */
const contrarian = strategyOf(({ values }) => signal(values.at(-1)! < 100 ? "BUY" : "SELL"));

describe("bias checks", () => {
  it("catch a strategy that peeks at the next value through a shared array", () => {
    const result = backtest(peeking, randomWalk(1, 400));
    expect(passed(result, "lookahead")).toBe(false);
    expect(at(result, "bias_checks", "lookahead", "examples", 0, "difference")).toContain("signal");
    // The check is worth having: the bug looks like skill.
    expect(at(result, "total_return")).toBeGreaterThan(0);
  });

  it("catch a strategy that holds the array of the run in a closure, and leave that array as it was", () => {
    const task = taskOf(momentum, randomWalk(1, 300));
    const held = task.series.values;
    const before = held.slice();
    task.strategy = strategyOf(({ values }) =>
      signal(held[values.length]! > values.at(-1)! ? "BUY" : "SELL"),
    );
    const state = start(task);
    advance(task, state, Number.POSITIVE_INFINITY);
    expect(passed(report(task, state), "lookahead")).toBe(false);
    expect(held).toEqual(before);
  });

  it("catch a strategy that normalises by the mean of the whole series", () => {
    const result = backtest(normalising, randomWalk(2, 400, 0.002));
    expect(passed(result, "lookahead")).toBe(false);
  });

  it("catch a normalisation that changes no signal, by the numbers beside it", () => {
    const subtle: BacktestStrategy = {
      ...momentum,
      over: ({ values: all }) => {
        const mean = all.reduce((sum, value) => sum + value, 0) / all.length;
        return { run: ({ values }) => answer({ predictions: [values.at(-1)! + 1e-3 * mean] }) };
      },
    };
    expect(passed(backtest(subtle, randomWalk(3, 200), { mode: "forecast" }), "lookahead")).toBe(false);
  });

  it("catch a strategy that crashes or goes silent without the later values", () => {
    const crashing: BacktestStrategy = {
      ...momentum,
      over: ({ values: shared }) => ({
        run: ({ values }) => {
          const next = shared[values.length];
          if (next === undefined && values.length < 300) throw new TypeError("undefined is not a price");
          return signal("BUY");
        },
      }),
    };
    expect(passed(backtest(crashing, randomWalk(4, 300)), "lookahead")).toBe(false);
  });

  it("catch acting on the price that the signal was computed from", () => {
    const prices = noisyPrices(5, 600);
    const sameBar = backtest(contrarian, prices, { lag: 0 });
    expect(at(sameBar, "total_return")).toBeGreaterThan(1);
    expect(passed(sameBar, "lag1")).toBe(false);
    expect(at(sameBar, "bias_checks", "lag1", "note")).toContain("the very price");
    expect(passed(sameBar, "lookahead")).toBe(true);
    // Acted on a step later, as is the rule, there is nothing left to take away.
    expect(passed(backtest(contrarian, prices), "lag1")).toBeNull();
  });

  it("catch answers that depend on where the history starts", () => {
    const counting = strategyOf(({ values }) => signal(values.length % 2 === 0 ? "BUY" : "SELL"));
    expect(passed(backtest(counting, randomWalk(6, 301)), "recursive")).toBe(false);
    const summing = strategyOf(({ values }) => answer({ predictions: [values.reduce((a, b) => a + b, 0)] }));
    const result = backtest(summing, randomWalk(6, 300), { mode: "forecast" });
    expect(passed(result, "recursive")).toBe(false);
    expect(passed(result, "lookahead")).toBe(true);
  });

  it("catch a memory between runs", () => {
    let calls = 0;
    const remembering = strategyOf(() => signal(calls++ % 3 === 0 ? "BUY" : "SELL"));
    expect(passed(backtest(remembering, randomWalk(7, 200)), "lookahead")).toBe(false);
  });

  it("let an honest strategy with a real gain pass all three", () => {
    const result = backtest(momentum, trendingPrices(8, 800));
    expect(passed(result, "lookahead")).toBe(true);
    expect(passed(result, "recursive")).toBe(true);
    expect(passed(result, "lag1")).toBe(true);
  });

  it("let an honest strategy that computes over the range at once pass", () => {
    const vectorised: BacktestStrategy = {
      ...momentum,
      over: ({ values: all }) => {
        const rising = Array.from(all, (value, t) => t > 0 && value > all[t - 1]!);
        return { run: ({ values }) => signal(rising[values.length - 1] ? "BUY" : "SELL") };
      },
    };
    expect(passed(backtest(vectorised, trendingPrices(9, 400)), "lookahead")).toBe(true);
  });

  it.each([
    ["moving_average", { period: 10, min_move: 0.1 }],
    ["arima_prediction", { p: 1, d: 1, q: 1, minDataPoints: 40 }],
    ["anomaly_detection", { window_size: 30 }],
  ])("find %s looks back only", (id, config) => {
    const mode = id === "anomaly_detection" ? "detection" : "trading";
    const result = backtest(prepareStrategy(id, config), airPassengers, { mode, refit_every: 4 });
    expect(passed(result, "lookahead")).toBe(true);
    expect(passed(result, "recursive")).toBe(true);
  });
});

describe("the window", () => {
  it("is a copy that reaches no further and whose changes reach nobody", () => {
    const values = randomWalk(10, 60);
    const before = values.slice();
    const seen: number[] = [];
    const nosy = strategyOf(({ values: given, times }) => {
      expect(given.buffer.byteLength).toBe(given.length * 8);
      expect(times.buffer.byteLength).toBe(times.length * 8);
      seen.push(given.length);
      const last = given.at(-1)!;
      given.fill(Number.NaN);
      return signal(last > 100 ? "BUY" : "SELL");
    });
    const task = taskOf(nosy, values, { refit_every: 5 });
    const state = start(task);
    advance(task, state, Number.POSITIVE_INFINITY);
    expect(task.series.values).toEqual(before);
    expect(seen.slice(0, 4)).toEqual([2, 7, 12, 17]);
  });

  it("rolls where a length is asked for", () => {
    const lengths = new Set<number>();
    const noting = strategyOf(({ values }) => {
      lengths.add(values.length);
      return signal("BUY");
    });
    backtest(noting, randomWalk(11, 60), { window: 12 });
    expect(Math.max(...lengths)).toBe(12);
  });
});
