import { describe, expect, it } from "vitest";
import { maxDrawdown, performanceOf, sharpe } from "../../src/backtest/trading/measures";
import { samplingOf } from "../../src/backtest/trading/periods-a-year";
import { simulate, type Target } from "../../src/backtest/trading/simulate";
import { seededNormal } from "../support/series";
import {
  at,
  backtest,
  DAY_MICROS,
  momentum,
  randomWalk,
  scripted,
  signal,
  strategyOf,
  trendingPrices,
} from "./test-strategies";

const marketOf = (prices: number[]) => ({ times: prices.map((_, t) => t), prices });
const terms = { initialCapital: 1_000, lag: 1, costs: 0, slippage: 0 };

describe("a simulation", () => {
  it("acts on a signal at the next price, not at the one it was computed from", () => {
    const { trades, equity } = simulate(marketOf([10, 20, 30, 60]), [1, null, 0, null], terms);
    expect(trades).toHaveLength(1);
    expect(trades[0]).toMatchObject({ entryStep: 1, exitStep: 3, entryPrice: 20, exitPrice: 60, return: 2 });
    expect(equity).toEqual([1_000, 1_000, 1_500, 3_000]);
  });

  it("takes costs and slippage on both ways of a purchase", () => {
    const costly = { ...terms, costs: 0.01, slippage: 0.02 };
    const { trades, equity } = simulate(marketOf([100, 100, 150, 150]), [1, null, 0, null], costly);
    // Units: 1000 / (102 × 1.01) = 9.70685; sold at 147 less 1 %: 145.53 each.
    const units = 1_000 / (102 * 1.01);
    expect(trades[0]!.entryPrice).toBeCloseTo(102, 12);
    expect(trades[0]!.exitPrice).toBeCloseTo(147, 12);
    expect(equity.at(-1)).toBeCloseTo(units * 145.53, 9);
    expect(trades[0]!.return).toBeCloseTo(0.4126383226, 9);
    expect(equity[1]).toBeCloseTo(units * 100, 9);
  });

  it("earns by a short sale what the price falls", () => {
    const { trades, equity } = simulate(marketOf([100, 100, 80, 90]), [-1, null, 1, null], terms);
    expect(equity).toEqual([1_000, 1_000, 1_200, 1_100]);
    expect(trades[0]).toMatchObject({ side: "short", return: 0.1, profit: 100, reason: "signal" });
  });

  it("takes costs on both ways of a short sale", () => {
    const costly = { ...terms, costs: 0.01, slippage: 0.02 };
    const { equity } = simulate(marketOf([100, 100, 50, 50]), [-1, null, 0, null], costly);
    // 1000 / 98 units sold for 1000 less 10; bought back at 51 and 1 %.
    expect(equity.at(-1)).toBeCloseTo(1_000 + 990 - (1_000 / 98) * 51 * 1.01, 9);
  });

  it("ends a short sale that lost everything, and trades no more", () => {
    const { equity, trades } = simulate(marketOf([100, 100, 250, 50, 50]), [-1, null, -1, -1, null], terms);
    expect(equity).toEqual([1_000, 1_000, 0, 0, 0]);
    expect(trades).toHaveLength(1);
    expect(trades[0]).toMatchObject({ return: -1, reason: "ruin" });
  });

  it("turns from long to short at one price and closes what is open at the end", () => {
    const { trades } = simulate(marketOf([10, 10, 12, 9]), [1, -1, null, null], terms);
    expect(trades.map(({ side, reason }) => [side, reason])).toEqual([
      ["long", "signal"],
      ["short", "end_of_range"],
    ]);
    expect(trades[0]!.return).toBeCloseTo(0.2, 12);
    expect(trades[1]!.return).toBeCloseTo(0.25, 12);
  });

  it("keeps its capital as the product of its trades, whatever the signals", () => {
    const prices = Array.from(randomWalk(21, 300));
    const draw = Array.from(randomWalk(22, 300));
    const targets = draw.map((value): Target => ([1, 0, -1, null] as const)[Math.floor(value * 1e6) % 4]!);
    const costly = { ...terms, costs: 0.001, slippage: 0.0005 };
    const { equity, trades } = simulate(marketOf(prices), targets, costly);
    const product = trades.reduce((capital, trade) => capital * (1 + trade.return), 1_000);
    expect(trades.length).toBeGreaterThan(50);
    expect(equity.at(-1)! / product).toBeCloseTo(1, 10);
  });
});

describe("measures", () => {
  it("give the Sharpe ratio of the textbook", () => {
    // Mean 0.02, standard deviation 0.02 (n - 1), root of 252.
    expect(sharpe([0, 0.02, 0.04], 252)).toBeCloseTo(Math.sqrt(252), 12);
    expect(sharpe([0.01, 0.01, 0.01], 252)).toBeNull();
    expect(sharpe([0.01], 252)).toBeNull();
  });

  it("give the deepest fall from a peak", () => {
    expect(maxDrawdown([100, 120, 90, 110, 60, 130])).toBeCloseTo(0.5, 12);
    expect(maxDrawdown([1, 2, 3])).toBe(0);
  });

  it("count what was won", () => {
    const simulation = simulate(marketOf([10, 10, 12, 12, 9, 9]), [1, 0, 1, 0, null, null], terms);
    const { total_trades, winning_trades, win_rate, total_return, exposure } = performanceOf(
      simulation,
      1_000,
      252,
    );
    expect([total_trades, winning_trades, win_rate]).toEqual([2, 1, 0.5]);
    expect(total_return).toBeCloseTo(1.2 * 0.75 - 1, 12);
    expect(exposure).toBeCloseTo(0.4, 12);
  });

  it.each([
    ["hours", Array.from({ length: 50 }, (_, t) => t * 3.6e9), 8_766],
    ["days", Array.from({ length: 50 }, (_, t) => t * DAY_MICROS), 365.25],
    // 1970-01-05 was a Monday.
    [
      "weekdays",
      Array.from({ length: 50 }, (_, t) => (4 + Math.floor(t / 5) * 7 + (t % 5)) * DAY_MICROS),
      252,
    ],
    ["months", Array.from({ length: 50 }, (_, t) => Date.UTC(2000, t, 1) * 1_000), 12],
    ["quarters", Array.from({ length: 50 }, (_, t) => Date.UTC(2000, 3 * t, 1) * 1_000), 4],
    ["years", Array.from({ length: 50 }, (_, t) => Date.UTC(1970 + t, 0, 1) * 1_000), 1],
  ])("know how many %s a year has", (_, times, periods) => {
    expect(samplingOf(Float64Array.from(times)).periodsPerYear).toBeCloseTo(periods, 6);
  });
});

describe("a trading backtest", () => {
  it("answers with the fields of the reference, computed by hand", () => {
    // Long from index 2 (signal at 1), out at 4 (signal at 3): 12 -> 18; again 5 -> 7: 10 -> 8.
    const prices = [10, 11, 12, 15, 18, 10, 9, 8, 8];
    const result = backtest(scripted([0, 1, 0, -1, 1, 0, -1, 0, 0]), prices, { initial_capital: 1_000 });
    expect(result).toMatchObject({
      strategy_id: "test",
      backtest_period: "2024-01-02 to 2024-01-09",
      total_trades: 2,
      winning_trades: 1,
      win_rate: 0.5,
      average_accuracy: null,
    });
    expect(at(result, "total_return")).toBeCloseTo(1.5 * 0.8 - 1, 12);
    expect(at(result, "max_drawdown")).toBeCloseTo(0.2, 12);
    expect(at(result, "trades", 0)).toMatchObject({ entry_price: 12, exit_price: 18, return: 0.5 });
    expect(at(result, "buy_and_hold", "total_return")).toBeCloseTo(8 / 12 - 1, 12);
    expect(at(result, "equity_curve")).toHaveLength(8);
  });

  it("keeps to the range that is asked for and learns from what is before", () => {
    const result = backtest(momentum, randomWalk(31, 100), {
      start_date: "2024-02-01",
      end_date: "2024-02-29",
    });
    expect(result.backtest_period).toBe("2024-02-01 to 2024-02-29");
    expect(at(result, "run", "values_before")).toBe(31);
    expect(at(result, "run", "steps")).toBe(29);
  });

  it("names the period that was asked for, and beside it when the strategy could first be asked", () => {
    const slow = { ...momentum, requiredPoints: 40 };
    const range = { start_date: "2024-01-01", end_date: "2024-12-31" };
    const result = backtest(slow, randomWalk(33, 366), range);
    expect(result.backtest_period).toBe("2024-01-01 to 2024-12-31");
    expect(at(result, "run", "first_step")).toBe("2024-02-09T00:00:00.000Z");
    expect(at(result, "run", "last_step")).toBe("2024-12-31T00:00:00.000Z");
  });

  it("says what is wrong with a range that holds nothing", () => {
    const prices = randomWalk(32, 50);
    const turned = { start_date: "2024-02-10", end_date: "2024-02-01" };
    expect(() => backtest(momentum, prices, turned)).toThrow(/invalid_request/);
    expect(() => backtest(momentum, prices, { start_date: "2025-01-01" })).toThrow(/not_enough_data/);
    expect(() => backtest(momentum, prices, { start_date: "2024-02-18" })).toThrow(/not_enough_data/);
  });

  it("says that a strategy has no skill on random walks, and costs make it worse", () => {
    let skilled = 0;
    for (let seed = 100; seed < 140; seed++) {
      const result = backtest(momentum, randomWalk(seed, 400, 0.001), { refit_every: 2 });
      if (at(result, "skill", "has_skill") === true) skilled++;
      else expect(at(result, "skill", "note")).toContain("No skill");
    }
    // 5 % of 40, were it one test and not two.
    expect(skilled).toBeLessThanOrEqual(2);
  });

  it("does not take sitting still for skill beside a naive strategy that pays for its trades", () => {
    const still = scripted([]);
    const result = backtest(still, randomWalk(41, 500), { costs_bps: 50 });
    expect(at(result, "skill", "versus_naive", "p_value")).toBeLessThan(0.05);
    expect(at(result, "skill", "has_skill")).toBe(false);
    expect(at(result, "total_trades")).toBe(0);
  });

  it("sees the skill that is there", () => {
    // Changes carry on under noise that the last change alone is lost in.
    const hidden = trendingPrices(42, 1_500, 0.9);
    const noise = seededNormal(43);
    const prices = hidden.map((price) => price * Math.exp(0.03 * noise()));
    const smoothing = strategyOf(({ values }) =>
      signal(values.at(-1)! > values[Math.max(0, values.length - 9)]! ? "BUY" : "SELL"),
    );
    const result = backtest(smoothing, prices, { allow_short: true });
    expect(at(result, "skill", "has_skill")).toBe(true);
    expect(at(result, "bias_checks", "lookahead", "passed")).toBe(true);
    expect(at(result, "bias_checks", "lag1", "passed")).toBe(true);
  });
});

describe("prices", () => {
  it("are refused where nothing can be bought at them", () => {
    expect(() => backtest(momentum, [1, 2, 0, 4, 5])).toThrow(/prices above zero/);
    expect(() => backtest(momentum, [1, 2, 1e13, 4, 5])).toThrow(/further apart/);
    expect(() => backtest(momentum, [1, Number.NaN, 2, 4, 5])).toThrow(/missing/);
    expect(() => backtest(momentum, [1, 2])).toThrow(/not_enough_data/);
  });
});
