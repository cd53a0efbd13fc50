import { describe, expect, it } from "vitest";
import { airPassengers } from "../support/series";
import { type Caller, newCaller } from "./support-process";

type Json = Record<string, unknown>;
const json = async (response: Response) => (await response.json()) as Json;

const monthsCsv = () =>
  ["month,passengers"]
    .concat(
      Array.from(
        airPassengers,
        (value, i) => `${new Date(Date.UTC(1949, i, 1)).toISOString().slice(0, 10)},${value}`,
      ),
    )
    .join("\n");

async function withPassengers(): Promise<Caller> {
  const caller = await newCaller();
  const made = await caller.form({ stream_id: "air" }, { name: "air.csv", text: monthsCsv() });
  expect(made.status, await made.clone().text()).toBe(200);
  return caller;
}

const predict = async (caller: Caller, config: Json) => {
  const answer = await caller.call("POST", "/api/strategy", {
    strategy_id: "arima_prediction",
    stream_id: "air",
    config,
  });
  expect(answer.status, await answer.clone().text()).toBe(200);
  return (await json(answer)) as {
    result: { data: Json; metrics: Json; explain: Json; confidence: number };
  } & Json;
};

const aroundEach = (values: number[], digits: number) => values.map((value) => expect.closeTo(value, digits));

describe("a forecast of the airline passengers", () => {
  it("is that of R's auto.arima, with the contract's whole answer", async () => {
    const caller = await withPassengers();
    const execution = await predict(caller, { steps: 5, intervals: "model" });
    expect(execution).toMatchObject({
      status: "succeeded",
      strategy_id: "arima_prediction",
      resolved: { stream_id: "air", field: "passengers", rows: 144 },
    });
    const { data, metrics, explain, confidence } = execution.result;
    // R 4.2.2, forecast 8.20: auto.arima(AirPassengers) is ARIMA(2,1,1)(0,1,0)[12], AICc 1018.1652.
    expect(data).toMatchObject({
      currentPrice: 432,
      currentValue: 432,
      currentTimestamp: "1960-12-01T00:00:00.000Z",
      predictions: aroundEach([445.635, 420.395, 449.198, 491.84, 503.394], 1),
      timestamps: [1, 2, 3, 4, 5].map((month) => `1961-0${month}-01T00:00:00.000Z`),
      confidenceInterval: { level: 0.95 },
      signal: {
        action: "BUY",
        strength: expect.any(Number),
        reason: expect.stringContaining("price increase in 5 steps"),
      },
      modelParams: { p: 2, d: 1, q: 1, P: 0, D: 1, Q: 0, m: 12 },
      stationarity: {
        isStationary: true,
        pValue: expect.any(Number),
        raw: { isStationary: false, adf: { statistic: expect.closeTo(0.81537, 4) }, kpss: { pValue: 0.01 } },
        differenced: { isStationary: true, differences: 1, seasonalDifferences: 1 },
      },
    });
    const { lower } = data.confidenceInterval as { lower: number[] };
    expect(lower.slice(0, 3)).toEqual(aroundEach([423.085, 393.93, 419.489], 0));
    expect(metrics).toMatchObject({
      aicc: expect.closeTo(1018.165, 1),
      aic: expect.any(Number),
      bic: expect.any(Number),
      mape: expect.any(Number),
      rmse: expect.any(Number),
      sigma2: expect.closeTo(132.34, 0),
    });
    expect(confidence).toBeGreaterThan(0.85);
    expect(explain).toMatchObject({
      model: { name: "ARIMA(2,1,1)(0,1,0)[12]" },
      coefficients: {
        ar: [{ value: expect.closeTo(0.596, 2), standardError: expect.closeTo(0.0888, 2) }, {}],
      },
      season: { steps: 12 },
      sampling: { kind: "regular" },
      residuals: { ljungBox: { statistic: expect.any(Number) } },
    });
  });

  it("is refused by name where the config is wrong or the data are too few", async () => {
    const caller = await withPassengers();
    const run = async (config: Json, more: Json = {}) =>
      json(await caller.call("POST", "/api/strategy", { strategy_id: "arima_prediction", config, ...more }));
    expect(await run({ outlierHandling: "ignore" })).toMatchObject({
      status: 422,
      errors: [{ pointer: "/config/outlierHandling" }],
    });
    expect(await run({ minDataPoints: 200 })).toMatchObject({
      status: 422,
      code: "not_enough_data",
      required: 200,
      available: 144,
    });
    expect(await run({}, { data: [1, 2, 3] })).toMatchObject({ code: "not_enough_data", required: 100 });
    expect(await run({ minDataPoints: 3 }, { data: [1, 2, 4] })).toMatchObject({
      result: { type: "PREDICTION", confidence: expect.any(Number) },
    });
  });
});

describe("strategies that combine others", () => {
  const run = async (strategy: string, config: Json) => {
    const caller = await withPassengers();
    const body = { strategy_id: strategy, stream_id: "air", config };
    const answer = await caller.call("POST", "/api/strategy", body);
    expect(answer.status, await answer.clone().text()).toBe(200);
    return (
      (await json(answer)) as { result: { type: string; data: Json; metrics: Json; confidence: number } }
    ).result;
  };

  it("hybrid_arima_ma answers the reference's example with the reference's fields", async () => {
    const config = { arimaConfig: { p: 2, d: 1, q: 2, steps: 3 }, maConfig: { period: 20 } };
    const { type, data, metrics, confidence } = await run("hybrid_arima_ma", config);
    expect(type).toBe("HYBRID");
    expect(data).toMatchObject({
      arima: {
        predictions: [expect.any(Number), expect.any(Number), expect.any(Number)],
        signal: { action: "BUY" },
      },
      // The mean of the last twenty months.
      movingAverage: { movingAverage: expect.closeTo(467.5, 6), signal: "HOLD" },
      combinedSignal: { action: "BUY", strength: expect.any(Number), reason: expect.any(String) },
      consensus: "WEAK",
    });
    expect(metrics).toMatchObject({ arimaAccuracy: expect.closeTo(0.94, 2), signalAlignment: 0.5 });
    expect(confidence).toBeGreaterThan(0.5);
  });

  it("auto_analysis profiles the stream and says what beats the naive forecast", async () => {
    const { type, data, metrics } = await run("auto_analysis", { quick: true });
    expect(type).toBe("AUTO_ANALYSIS");
    expect(data).toMatchObject({ forecast: { beatsNaive: true, skill: { verdict: "shown" } } });
    expect(data.summary).toContainEqual(expect.stringContaining("repeats every 12 steps"));
    expect(metrics.skill).toBeGreaterThan(0.5);
  });
});
