import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { StrategyResult } from "../../../src/analytics/contract";
import { autoConfigSchema } from "../../../src/analytics/strategies/auto/config";
import { rollForecasts } from "../../../src/analytics/strategies/auto/skill";
import { prepareStrategy } from "../../../src/analytics/strategies/registry";
import { airPassengers, seriesOf } from "../../support/series";
import { hardSeries } from "../hard-series";
import { failureOf, list, noise, notFinite, run, walk } from "./findings";

const ID = "auto_analysis";

interface Answer {
  predictions: number[];
  currentValue: number;
  signal: { action: string; reason: string };
  profile: {
    kind: string;
    isFinancial: boolean;
    trend: { kind: string; perStep: number };
    seasons: { steps: number }[];
    outliers: { count: number; newest: { value: number }[] };
    stationarity: { isStationary: boolean };
  };
  forecast: { method: string; beatsNaive: boolean; statement: string };
  analyses: { strategy_id: string; ran: boolean; reason: string; result: { type: string } | null }[];
  summary: string[];
}
const answerOf = (result: StrategyResult) => result.data as unknown as Answer;
const analysisOf = (result: StrategyResult, id: string) =>
  answerOf(result).analyses.find(({ strategy_id }) => strategy_id === id);

describe("auto_analysis", () => {
  it("finds the season of passengers, forecasts with it, and says by how much that beats the last value", () => {
    const result = run(ID, {}, airPassengers);
    const { profile, forecast } = answerOf(result);
    expect(result.type).toBe("AUTO_ANALYSIS");
    expect(profile.seasons.map(({ steps }) => steps)).toEqual([12]);
    expect(profile.kind).toBe("counts");
    expect(forecast).toMatchObject({ method: "combination", beatsNaive: true });
    expect(result.metrics.skill).toBeGreaterThan(0.5);
    expect(forecast.statement).toContain("smaller than those of the naive forecast");
    expect(analysisOf(result, "moving_average")).toMatchObject({
      ran: true,
      result: { data: { period: 12 } },
    });
    expect(analysisOf(result, "anomaly_detection")).toMatchObject({
      ran: false,
      reason: expect.stringContaining("trend"),
    });
  });

  it("looks for what leaves the season, where the level is kept", () => {
    const daily = noise(480).map((value, i) => 100 + 20 * Math.sin((2 * Math.PI * i) / 24) + value);
    // High noon at midnight: no value that had not been there before.
    daily[402] = daily[390]! + 25;
    const result = run(ID, { quick: true }, daily);
    expect(answerOf(result).profile.seasons.map(({ steps }) => steps)).toEqual([24]);
    const detection = analysisOf(result, "anomaly_detection")!;
    expect(detection).toMatchObject({ ran: true, config: { season: 24 } });
    expect(JSON.stringify(detection.result)).toContain('"anomalyCount":1');
  });

  it("claims nothing of random walks, and gives the last value of most", () => {
    const results = list(12, (seed) => run(ID, { quick: seed > 3 }, walk(200, 100 + seed)));
    const humble = results.filter((result) => !answerOf(result).forecast.beatsNaive);
    // One in forty may look better by chance.
    expect(humble.length).toBeGreaterThanOrEqual(11);
    for (const result of humble) {
      expect(answerOf(result).forecast.statement).toMatch(
        /^Nothing (beats|is shown to beat) the naive forecast/,
      );
    }
    const naive = results.filter((result) => answerOf(result).forecast.method === "naive");
    expect(naive.length).toBeGreaterThanOrEqual(8);
    for (const result of naive) {
      const { predictions, currentValue, signal } = answerOf(result);
      expect(predictions).toEqual(list(5, () => currentValue));
      expect(signal.action).toBe("FLAT");
    }
  });

  it("looks for anomalies where the series keeps a level", () => {
    const values = noise(300).map((value, i) => 20 + value + (i === 250 ? 30 : 0));
    const result = run(ID, { quick: true }, values);
    expect(answerOf(result).profile.stationarity.isStationary).toBe(true);
    expect(analysisOf(result, "anomaly_detection")).toMatchObject({
      ran: true,
      result: { type: "ANOMALY_DETECTION", data: { anomalyCount: 1 } },
    });
    expect(answerOf(result).profile.outliers).toMatchObject({ count: 1, newest: [{ value: values[250] }] });
  });

  it("tells a trend from a wandering level and from none", () => {
    const trendOf = (values: number[]) => answerOf(run(ID, { quick: true }, values)).profile.trend;
    expect(trendOf(noise(200).map((value, i) => value + 0.5 * i))).toMatchObject({
      kind: "rising",
      perStep: expect.closeTo(0.5, 1),
    });
    expect(trendOf(noise(200).map((value, i) => value - 0.5 * i)).kind).toBe("falling");
    // Each change is noise, and the line through them all is plain to see.
    expect(trendOf(noise(200).map((value, i) => value + 0.05 * i)).kind).toBe("rising");
    expect(trendOf(walk(200, 7)).kind).toBe("wandering");
    expect(trendOf(Array.from(airPassengers))).toMatchObject({
      kind: "rising",
      perStep: expect.closeTo(2.6, 0),
    });
    expect(trendOf(noise(200)).kind).toBe("none");
  });

  it("speaks of prices as of prices, unless it is told how to speak", () => {
    const values = walk(150, 3);
    const named = (field: string, config: object) => {
      const result = prepareStrategy(ID, { quick: true, ...config }).run({ ...seriesOf(values), field });
      return [answerOf(result).profile.isFinancial, answerOf(result).signal.action];
    };
    expect(named("close", {})).toEqual([true, "HOLD"]);
    expect(named("adj_close", {})).toEqual([true, "HOLD"]);
    expect(named("temperature", {})).toEqual([false, "FLAT"]);
    expect(named("temperature", { signal_style: "financial" })).toEqual([false, "HOLD"]);
    expect(named("disclosed", {})).toEqual([false, "FLAT"]);
  });

  it("says of a constant that there is nothing to be had", () => {
    const result = run(
      ID,
      {},
      list(50, () => 5),
    );
    expect(answerOf(result).profile.kind).toBe("constant");
    expect(answerOf(result).analyses.map(({ ran }) => ran)).toEqual([false, false]);
    expect(answerOf(result).forecast).toMatchObject({ method: "naive", beatsNaive: false });
    expect(answerOf(result).summary).toContain("The series does not change.");
  });

  it("knows of values that come now and then", () => {
    const { profile } = answerOf(
      run(
        ID,
        { quick: true },
        list(90, (i) => (i % 5 === 0 ? (i % 3) + 1 : 0)),
      ),
    );
    expect(profile.kind).toBe("intermittent");
  });

  it("says that few values cannot be checked", () => {
    const result = run(ID, {}, [1, 5, 2]);
    expect(answerOf(result).forecast.statement).toContain("too few");
    expect(result.metrics).toMatchObject({ skill: null, origins: 0 });
    const failure = failureOf(() => run(ID, {}, [1, 2]));
    expect(failure).toMatchObject({ code: "not_enough_data", extra: { required: 3, available: 2 } });
  });

  it("never knows at an origin what came later", () => {
    const config = autoConfigSchema.parse({ quick: true, steps: 6 });
    const values = Float64Array.from(noise(160), (value, i) => 50 + 10 * Math.sin((i * Math.PI) / 6) + value);
    const trials = rollForecasts(config, values, 12);
    const other = rollForecasts(
      config,
      values.map((value, i) => (i >= 154 ? 1_000 : value)),
      12,
    );
    expect(trials.at(-1)?.origin).toBe(154);
    expect(other.at(-1)?.forecast.mean).toEqual(trials.at(-1)?.forecast.mean);
    expect(other.at(-1)?.errors.forecast).not.toEqual(trials.at(-1)?.errors.forecast);
    expect(other.slice(0, -1).map(({ forecast }) => forecast.mean)).toEqual(
      trials.slice(0, -1).map(({ forecast }) => forecast.mean),
    );
  });

  it("tells more work than it spends", () => {
    const config = autoConfigSchema.parse({ quick: true });
    const values = Float64Array.from(
      noise(400),
      (value, i) => 50 + 10 * Math.sin((i * Math.PI) / 12) + value,
    );
    const spent = rollForecasts(config, values, 24).reduce((sum, { forecast }) => sum + forecast.spent, 0);
    expect(spent).toBeGreaterThan(10_000);
    expect(spent).toBeLessThan(prepareStrategy(ID, { quick: true }).workUnits(400));
  });

  it("answers any series in finite numbers, twice the same, or refuses", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(hardSeries, fc.boolean(), (values, auto) => {
        let result: StrategyResult | undefined;
        const config = { quick: true, auto, steps: 4 };
        const failure = failureOf(() => {
          result = run(ID, config, values);
        });
        if (result === undefined) {
          expect(["not_enough_data", "malformed_data"]).toContain(failure?.code);
          return;
        }
        expect(notFinite(result)).toEqual([]);
        expect(result.confidence).toBeGreaterThanOrEqual(0);
        expect(result.confidence).toBeLessThanOrEqual(1);
        const { beatsNaive, method } = answerOf(result).forecast;
        if (beatsNaive) expect(method).toBe("combination");
        expect(run(ID, config, values)).toEqual(result);
      }),
      { numRuns: 60 },
    );
  });
});
