import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StrategyResult } from "../../../src/analytics/contract";
import { seededNormal } from "../../support/series";
import { list, run } from "./findings";

/** Series of all shapes that forecasts have to do with, in numbers that can be recomputed to nine digits. */
const plainSeries = fc
  .record({
    seed: fc.integer({ min: 1, max: 1e6 }),
    length: fc.integer({ min: 60, max: 160 }),
    level: fc.constantFrom(100, 5_000, -40, 1),
    slope: fc.constantFrom(0, 0, 0.004, -0.003),
    season: fc.constantFrom(0, 0, 0.1),
    memory: fc.constantFrom(0, 0.6, 1),
    noise: fc.constantFrom(0.001, 0.01, 0.05),
  })
  .map(({ seed, length, level, slope, season, memory, noise }) => {
    const normal = seededNormal(seed);
    let state = 0;
    return list(length, (i) => {
      state = memory * state + noise * normal();
      return level * (1 + slope * i + season * Math.sin((i * Math.PI) / 6) + state);
    });
  });

interface Signal {
  action: string;
  strength: number;
}
interface Prediction {
  currentPrice: number;
  predictions: number[];
  confidenceInterval: { lower: number[]; upper: number[]; level: number };
  signal: Signal;
}
interface Told {
  probabilityUp: number;
  movePercent: number;
  minMovePercent: number;
}

const minMoves = fc.constantFrom(0, 0.5, 3);
const steps = fc.integer({ min: 1, max: 7 });

function expectIntervals({ predictions, confidenceInterval: { lower, upper } }: Prediction): void {
  expect([lower.length, upper.length]).toEqual([predictions.length, predictions.length]);
  predictions.forEach((value, h) => {
    expect(lower[h]).toBeLessThanOrEqual(value);
    expect(upper[h]).toBeGreaterThanOrEqual(value);
  });
}

/** "Definitions" of the API, from the answer alone. */
function expectSignal({ action, strength }: Signal, told: Told, current: number, predicted?: number): void {
  const { probabilityUp, movePercent, minMovePercent } = told;
  if (predicted !== undefined) {
    expect(movePercent).toBeCloseTo(((predicted - current) / Math.abs(current)) * 100, 6);
  }
  const stated = movePercent >= 0 ? probabilityUp : 1 - probabilityUp;
  if (action === "HOLD") {
    expect(Math.abs(movePercent) < minMovePercent || movePercent === 0 || stated < 0.6).toBe(true);
  } else {
    expect(action).toBe(movePercent > 0 ? "BUY" : "SELL");
    expect(Math.abs(movePercent)).toBeGreaterThanOrEqual(minMovePercent);
    expect(strength).toBeGreaterThanOrEqual(0.6);
    expect(strength).toBeCloseTo(stated, 12);
  }
  expectShare(strength);
}

function expectShare(value: unknown): void {
  expect(value).toBeGreaterThanOrEqual(0);
  expect(value).toBeLessThanOrEqual(1);
}

const dataOf = <T>(result: StrategyResult) => result.data as unknown as T;
const toldBy = (result: StrategyResult) => result.explain.signal as unknown as Told;

describe("an answer is consistent within itself", { timeout: 60_000 }, () => {
  it("of arima_prediction", () => {
    fc.assert(
      fc.property(plainSeries, steps, minMoves, fc.boolean(), (values, steps, min_move, quick) => {
        const config = { p: 1, d: 1, q: 1, constant: false, steps, min_move, quick, minDataPoints: 20 };
        const result = run("arima_prediction", { ...config, outlierHandling: "none" }, values);
        const data = dataOf<Prediction>(result);
        expect(data.currentPrice).toBe(values.at(-1));
        expect(data.predictions).toHaveLength(steps);
        expectIntervals(data);
        expectSignal(data.signal, toldBy(result), data.currentPrice, data.predictions.at(-1));
        expectShare(result.confidence);
        const { aic, bic, aicc, logLikelihood, mape, rmse } = result.metrics as Record<string, number>;
        // Two coefficients and sigma², of the values that one difference leaves.
        const [k, n] = [3, values.length - 1];
        expect(aic).toBeCloseTo(2 * k - 2 * logLikelihood!, 6);
        expect(bic).toBeCloseTo(k * Math.log(n) - 2 * logLikelihood!, 6);
        expect(aicc).toBeCloseTo(aic! + (2 * k * (k + 1)) / (n - k - 1), 6);
        expect(mape).toBeGreaterThan(0);
        expect(rmse).toBeGreaterThan(0);
      }),
      { numRuns: 40 },
    );
  });

  it("of arima_prediction, whose errors are those of the last value where nothing else is modelled", () => {
    fc.assert(
      fc.property(plainSeries, (values) => {
        const config = { p: 0, d: 1, q: 0, constant: false, minDataPoints: 20, outlierHandling: "none" };
        const { metrics } = run("arima_prediction", config, values);
        const changes = values.slice(1).map((value, i) => value - values[i]!);
        const percents = changes.map((change, i) => Math.abs(change / values[i + 1]!) * 100);
        const mean = (column: number[]) => column.reduce((sum, value) => sum + value, 0) / column.length;
        expect((metrics.mape as number) / mean(percents)).toBeCloseTo(1, 6);
        const squares = changes.map((change) => change ** 2);
        expect((metrics.rmse as number) / Math.sqrt(mean(squares))).toBeCloseTo(1, 6);
      }),
      { numRuns: 20 },
    );
  });

  it("of moving_average", () => {
    const period = fc.integer({ min: 1, max: 30 });
    const type = fc.constantFrom("sma" as const, "ema" as const, "wma" as const);
    const width = fc.constantFrom(1, 2, 2.5);
    fc.assert(
      fc.property(plainSeries, period, type, width, minMoves, (values, period, type, width, min_move) => {
        const result = run("moving_average", { period, type, band_width: width, min_move }, values);
        const { movingAverage, currentPrice, signal, bands, series } = result.data as unknown as {
          movingAverage: number;
          currentPrice: number;
          signal: Signal;
          bands: { upper: number; lower: number };
          series: { value: number; movingAverage: number; upper: number; lower: number }[];
        };
        expect(currentPrice).toBe(values.at(-1));
        expect(movingAverage).toBeCloseTo(averageOf(values, period, type), 6);
        const recent = values.slice(-period);
        const deviation = Math.sqrt(
          recent.reduce((sum, value) => sum + (value - movingAverage) ** 2, 0) / period,
        );
        expect(bands.upper).toBeCloseTo(movingAverage + width * deviation, 6);
        expect(bands.lower).toBeCloseTo(movingAverage - width * deviation, 6);
        expect(series.at(-1)).toMatchObject({
          value: currentPrice,
          movingAverage,
          ...{ upper: bands.upper },
        });
        expectSignal(signal, toldBy(result), currentPrice);
        expectShare(result.confidence);
        const { distancePercent } = result.metrics;
        expect(distancePercent).toBeCloseTo(
          ((currentPrice - movingAverage) / Math.abs(movingAverage)) * 100,
          9,
        );
      }),
      { numRuns: 60 },
    );
  });

  it("of hybrid_arima_ma", () => {
    const period = fc.constantFrom(undefined, 5, 20);
    const threshold = fc.constantFrom(0.2, 0.8, 0.95);
    fc.assert(
      fc.property(plainSeries, steps, minMoves, period, threshold, (values, steps, min_move, period, c) => {
        const config = {
          arimaConfig: { p: 1, d: 1, q: 1, steps, minDataPoints: 20, outlierHandling: "none" },
          maConfig: period === undefined ? {} : { period },
          consensusThreshold: c,
          min_move,
        };
        const result = run("hybrid_arima_ma", config, values);
        const data = dataOf<Hybrid>(result);
        for (const one of [data, data.arima, data.movingAverage]) expectIntervals(one as Prediction);
        const { arima, ma } = data.weights;
        expect(arima + ma).toBeCloseTo(1, 12);
        data.predictions.forEach((value, h) => {
          const mean = arima * data.arima.predictions[h]! + ma * data.movingAverage.predictions[h]!;
          expect(value).toBeCloseTo(mean, 6);
        });
        expectSignal(data.combinedSignal, toldBy(result), data.currentPrice, data.predictions.at(-1));
        const members = result.explain.members as unknown as { arima: Told; movingAverage: Told };
        expectSignal(data.arima.signal, members.arima, data.currentPrice, data.arima.predictions.at(-1));
        const average = data.movingAverage;
        const ofAverage = { action: average.signal, strength: average.strength };
        expectSignal(ofAverage, members.movingAverage, data.currentPrice, average.predictions.at(-1));
        const score = arima * data.arima.confidence + ma * average.confidence;
        expect(result.metrics.combinedScore).toBeCloseTo(score, 12);
        expect(data.consensus).toBe(consensusFrom(data, score, c));
        for (const share of [result.confidence, score, data.arima.confidence, average.confidence])
          expectShare(share);
      }),
      { numRuns: 60 },
    );
  });

  it("of auto_analysis", () => {
    fc.assert(
      fc.property(plainSeries, steps, minMoves, (values, steps, min_move) => {
        const config = { steps, min_move, quick: true, signal_style: "financial" };
        const result = run("auto_analysis", config, values);
        const data = dataOf<Prediction & { forecast: { method: string } }>(result);
        expectIntervals(data);
        expectSignal(data.signal, toldBy(result), data.currentPrice, data.predictions.at(-1));
        expectShare(result.confidence);
        if (data.forecast.method === "naive") {
          expect(data.predictions).toEqual(list(steps, () => data.currentPrice));
        }
      }),
      { numRuns: 40 },
    );
  });
});

interface Hybrid extends Prediction {
  arima: Prediction & { confidence: number };
  movingAverage: Omit<Prediction, "signal"> & { signal: string; strength: number; confidence: number };
  combinedSignal: Signal;
  weights: { arima: number; ma: number };
  consensus: string;
}

/** From what the members and both together say: whether they agree, else who is of the combined opinion. */
function consensusFrom({ arima, movingAverage, combinedSignal, weights }: Hybrid, score: number, c: number) {
  if (arima.signal.action === movingAverage.signal) return score >= c - 1e-9 ? "STRONG" : "MODERATE";
  const agreeing =
    (arima.signal.action === combinedSignal.action ? weights.arima : 0) +
    (movingAverage.signal === combinedSignal.action ? weights.ma : 0);
  return agreeing > 0.5 ? "WEAK" : "CONFLICT";
}

/** By the definitions, a value at a time. */
function averageOf(values: number[], period: number, type: "sma" | "ema" | "wma"): number {
  const recent = values.slice(-period);
  if (type === "sma") return recent.reduce((sum, value) => sum + value, 0) / period;
  if (type === "wma") {
    const weighted = recent.reduce((sum, value, k) => sum + (k + 1) * value, 0);
    return weighted / ((period * (period + 1)) / 2);
  }
  const first = values.slice(0, period).reduce((sum, value) => sum + value, 0) / period;
  return values
    .slice(period)
    .reduce((average, value) => (2 / (period + 1)) * value + (1 - 2 / (period + 1)) * average, first);
}
