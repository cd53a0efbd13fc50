import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StrategyResult } from "../../../src/analytics/contract";
import { unlimited } from "../../../src/analytics/forecasting/budget";
import { normalPrediction } from "../../../src/analytics/forecasting/model";
import { alignmentOf, consensusOf } from "../../../src/analytics/strategies/hybrid/consensus";
import { accuracyOf, rollMembers } from "../../../src/analytics/strategies/hybrid/rolling-origins";
import { weightsAt } from "../../../src/analytics/strategies/hybrid/weights";
import { prepareStrategy } from "../../../src/analytics/strategies/registry";
import { airPassengers, nile } from "../../support/series";
import { hardSeries } from "../hard-series";
import { failureOf, list, noise, notFinite, run, walk } from "./findings";

const ID = "hybrid_arima_ma";
const DAY = 86_400_000_000;
const ofReference = { arimaConfig: { p: 2, d: 1, q: 2, steps: 3 }, maConfig: { period: 20 } };

interface Answer {
  predictions: number[];
  confidenceInterval: { upper: number[]; lower: number[] };
  arima: { predictions: number[]; confidence: number; signal: { action: string; strength: number } };
  movingAverage: { movingAverage: number; signal: string; predictions: number[]; confidence: number };
  combinedSignal: { action: string; strength: number; reason: string };
  weights: { arima: number; ma: number };
  consensus: string;
}
const answerOf = (result: StrategyResult) => result.data as unknown as Answer;
interface History {
  weights: {
    history: { timestamp: string; weights: { arima: number }; origins: number }[];
    rebalanced: number;
  };
}
const historyOf = (result: StrategyResult) => (result.explain as unknown as History).weights;

describe("hybrid_arima_ma", () => {
  it("answers the reference's example with every field of it", () => {
    const { type, data, metrics, confidence } = run(ID, ofReference, airPassengers);
    expect(type).toBe("HYBRID");
    expect(data.arima).toMatchObject({
      predictions: [expect.any(Number), expect.any(Number), expect.any(Number)],
      signal: { action: expect.stringMatching(/^(BUY|SELL|HOLD)$/), strength: expect.any(Number) },
      modelParams: { p: 2, d: 1, q: 2 },
    });
    const average = airPassengers.slice(-20).reduce((sum, value) => sum + value / 20, 0);
    expect(data.movingAverage).toMatchObject({
      movingAverage: expect.closeTo(average, 9),
      signal: expect.stringMatching(/^(BUY|SELL|HOLD)$/),
    });
    expect(data.combinedSignal).toMatchObject({
      action: expect.any(String),
      strength: expect.any(Number),
      reason: expect.any(String),
    });
    expect(data.signal).toEqual(data.combinedSignal);
    expect(data.consensus).toMatch(/^(STRONG|MODERATE|WEAK|CONFLICT)$/);
    expect(metrics).toMatchObject({
      arimaAccuracy: expect.any(Number),
      signalAlignment: expect.any(Number),
      combinedScore: expect.any(Number),
    });
    expect(confidence).toBeGreaterThan(0);
  });

  it.each([
    ["a season", airPassengers],
    ["a level", nile],
    ["a walk", walk(300, 4)],
    ["a line with noise", noise(200).map((value, i) => 50 + i + value)],
  ])("is consistent within itself: %s", (_, values) => {
    const result = run(ID, { arimaConfig: { minDataPoints: 20, steps: 6 } }, values);
    const { predictions, arima, movingAverage, weights, confidenceInterval } = answerOf(result);
    expect(weights.arima + weights.ma).toBeCloseTo(1, 12);
    predictions.forEach((value, h) => {
      const mean = weights.arima * arima.predictions[h]! + weights.ma * movingAverage.predictions[h]!;
      expect(value).toBeCloseTo(mean, 6);
      expect(confidenceInterval.lower[h]).toBeLessThan(value);
      expect(confidenceInterval.upper[h]).toBeGreaterThan(value);
    });
    expect(result.metrics.combinedScore).toBeCloseTo(
      weights.arima * arima.confidence + weights.ma * movingAverage.confidence,
      12,
    );
  });

  it("says STRONG only where both agree and the score reaches the threshold", () => {
    const rising = list(150, (i) => 100 + 3 * i + Math.sin(i * i));
    const { consensus, combinedSignal } = answerOf(run(ID, {}, rising));
    expect({ consensus, action: combinedSignal.action }).toEqual({ consensus: "STRONG", action: "BUY" });
    expect(combinedSignal.reason).toContain("Both models confirm an upward trend");
    expect(answerOf(run(ID, { consensusThreshold: 1 }, rising)).consensus).toBe("MODERATE");
  });

  it("lets a member that errs lose weight, and keeps what was given with never", () => {
    // An average of 60 lags a season of 12 by far.
    const config = { arimaConfig: { steps: 6 }, maConfig: { period: 60 }, weights: { arima: 0.5, ma: 0.5 } };
    const moved = run(ID, config, airPassengers);
    expect(answerOf(moved).weights.arima).toBeGreaterThan(0.9);
    expect(historyOf(moved).history.at(-1)?.weights).toEqual(answerOf(moved).weights);
    const kept = run(ID, { ...config, rebalancingFrequency: "never" }, airPassengers);
    expect(answerOf(kept).weights).toEqual({ arima: 0.5, ma: 0.5 });
    expect(historyOf(kept).rebalanced).toBe(0);
  });

  it("rebalances as often as it is told to, in the series' own time", () => {
    const values = noise(240).map((value, i) => 100 + 10 * Math.sin(i / 4) + value);
    const counted = (rebalancingFrequency: string, stepMicros: number) =>
      historyOf(run(ID, { rebalancingFrequency }, values, stepMicros)).rebalanced;
    const [hourly, daily, weekly] = ["hourly", "daily", "weekly"].map((one) => counted(one, DAY / 24)) as [
      number,
      number,
      number,
    ];
    expect(hourly).toBeGreaterThan(daily);
    expect(daily).toBeGreaterThan(weekly);
    // 96 hours of origins touch five days.
    expect(daily).toBeLessThanOrEqual(5);
    expect(counted("daily", DAY)).toBe(hourly);
  });

  it("knows nothing of what comes later: weights of the past stay when values are added", () => {
    const errors = (origin: number) => ({ arima: 1 + (origin % 3), ma: 2 });
    const trials = list(20, (k) => ({ origin: 50 + 2 * k, errors: errors(k) }));
    const times = Float64Array.from(list(100, (i) => i * DAY));
    const at = (count: number) =>
      weightsAt(
        trials.slice(0, count).map(({ origin }) => origin),
        { arima: 0.7, ma: 0.3 },
        "daily",
        { times, horizon: 5, trials: trials.slice(0, count) },
      ).inForce;
    expect(at(20).slice(0, 12)).toEqual(at(12));
    // The first error is known five steps after its origin.
    expect(at(20).slice(0, 3)).toEqual(list(3, () => 0).map(() => ({ arima: 0.7, ma: 0.3 })));
    expect(at(20)[3]).not.toEqual({ arima: 0.7, ma: 0.3 });
  });

  it("takes for both members what is said for both", () => {
    const result = run(ID, { signal_style: "trend", quick: true, auto: true, min_move: 50 }, airPassengers);
    const { arima, movingAverage, combinedSignal } = answerOf(result);
    expect([arima.signal.action, movingAverage.signal, combinedSignal.action]).toEqual([
      "FLAT",
      "FLAT",
      "FLAT",
    ]);
    expect(result.metrics.arimaAccuracy).toBeNull();
    expect(answerOf(result).weights).toEqual({ arima: 0.7, ma: 0.3 });
  });

  it("continues an exact line, without being certain of it", () => {
    const result = run(
      ID,
      { arimaConfig: { steps: 3 } },
      list(120, (i) => 3 + 2 * i),
    );
    expect(answerOf(result).predictions).toEqual([243, 245, 247].map((value) => expect.closeTo(value, 6)));
    expect(result.confidence).toBeLessThanOrEqual(0.8);
  });

  it("refuses too few values and says how many both need", () => {
    const config = { arimaConfig: { minDataPoints: 10 }, maConfig: { period: 30 } };
    const failure = failureOf(() =>
      run(
        ID,
        config,
        list(25, (i) => i % 7),
      ),
    );
    expect(failure).toMatchObject({ code: "not_enough_data", extra: { required: 31, available: 25 } });
    expect(
      failureOf(() =>
        run(
          ID,
          {},
          list(25, (i) => i),
        ),
      )?.extra,
    ).toEqual({ required: 100, available: 25 });
  });

  it("refuses an average that is longer than what is left of the series", () => {
    const config = { arimaConfig: { minDataPoints: 3, maxDataPoints: 20 }, maConfig: { period: 30 } };
    const failure = failureOf(() =>
      run(
        ID,
        config,
        list(60, (i) => i % 7),
      ),
    );
    expect(failure).toMatchObject({ code: "not_enough_data", extra: { required: 31, available: 20 } });
  });

  it("refuses what neither member knows, by name", () => {
    for (const config of [
      { arimaConfig: { periood: 3 } },
      { maConfig: { p: 3 } },
      { weights: { arima: 0, ma: 0 } },
      { weights: { arima: 2, ma: 1 } },
      { rebalancingFrequency: "yearly" },
      { consensusThreshold: 2 },
    ]) {
      expect(failureOf(() => prepareStrategy(ID, config))?.code).toBe("invalid_request");
    }
  });

  it("answers any series in finite numbers, twice the same, or refuses", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(hardSeries, fc.constantFrom(undefined, 2, 5), fc.boolean(), (values, period, quick) => {
        const config = {
          arimaConfig: { minDataPoints: 3, steps: 4 },
          maConfig: period === undefined ? {} : { period },
          quick,
        };
        let result: StrategyResult | undefined;
        const failure = failureOf(() => {
          result = run(ID, config, values);
        });
        if (result === undefined) {
          expect(["not_enough_data", "malformed_data"]).toContain(failure?.code);
          return;
        }
        expect(notFinite(result)).toEqual([]);
        for (const share of [
          result.confidence,
          result.metrics.combinedScore,
          result.metrics.signalAlignment,
        ]) {
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThanOrEqual(1);
        }
        expect(run(ID, config, values)).toEqual(result);
      }),
      { numRuns: 60 },
    );
  });
});

describe("consensus", () => {
  const by = (arima: "up" | "down" | "flat", ma: "up" | "down" | "flat", combined: "up" | "down" | "flat") =>
    consensusOf({ arima, ma }, combined, { arima: 0.7, ma: 0.3 }, { score: 0.85, threshold: 0.8 });

  it("is as the contract defines it", () => {
    expect(by("up", "up", "up")).toBe("STRONG");
    expect(by("flat", "flat", "up")).toBe("STRONG");
    expect(by("up", "flat", "up")).toBe("WEAK");
    expect(by("up", "down", "flat")).toBe("CONFLICT");
    expect(by("up", "down", "down")).toBe("CONFLICT");
    const low = { score: 0.7, threshold: 0.8 };
    expect(consensusOf({ arima: "flat", ma: "flat" }, "flat", { arima: 0.7, ma: 0.3 }, low)).toBe("MODERATE");
  });

  it("has an alignment of 1, 0.5 or 0", () => {
    expect(alignmentOf({ arima: "up", ma: "up" })).toBe(1);
    expect(alignmentOf({ arima: "up", ma: "flat" })).toBe(0.5);
    expect(alignmentOf({ arima: "up", ma: "down" })).toBe(0);
  });
});

it("accuracy is 1 - |a - f| / (|a| + |f|) on average, 1 where both are zero", () => {
  const outcome = (mean: number[], actual: number[]) => ({
    said: { mean: Float64Array.from(mean), lower: Float64Array.of(), upper: Float64Array.of() },
    actual: Float64Array.from(actual),
  });
  expect(accuracyOf([outcome([3, 0], [1, 0])])).toBeCloseTo((0.5 + 1) / 2, 12);
  expect(accuracyOf([outcome([-2], [2])])).toBe(0);
  expect(accuracyOf([outcome([1e300], [1e300])])).toBe(1);
  expect(accuracyOf([])).toBeNull();
});

it("members are estimated on the first part alone, and at each origin know what was before it", () => {
  const known: number[] = [];
  const trained: number[] = [];
  const member = {
    name: "a mean",
    now: () => null,
    trainedOn: (first: Float64Array) => {
      trained.push(first.length);
      return (values: Float64Array) => {
        known.push(values.length);
        return normalPrediction(new Float64Array(4).fill(values.at(-1)!), new Float64Array(4).fill(1));
      };
    },
  };
  const values = Float64Array.from(list(50, (i) => i));
  const trials = rollMembers(values, { arima: member, ma: member }, { steps: 4, level: 0.95 }, unlimited());
  expect(trained).toEqual([30, 30]);
  expect(trials.map(({ origin }) => origin)).toEqual(list(17, (k) => 30 + k));
  expect(known).toEqual(trials.flatMap(({ origin }) => [origin, origin]));
  // The last known value is one below the first that follows: 1, 2, 3 and 4 off.
  for (const { arima, origin, actual, errors } of trials) {
    expect(arima.mean[0]).toBe(origin - 1);
    expect(Array.from(actual)).toEqual(list(4, (h) => origin + h));
    expect(errors.arima).toBeCloseTo(2.5 / 49, 12);
  }
});
