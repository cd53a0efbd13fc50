import { beforeAll, describe, expect, it } from "vitest";
import { list, noise } from "../analytics/strategies/findings";
import { type Caller, newCaller } from "./support-process";

/** The strategy requests that the reference shows, word for word, and the fields of the answers it shows to them. */

type Json = Record<string, unknown>;
interface Execution {
  execution_id: string;
  status: string;
  resolved: { stream_id: string; field: string; rows: number };
  result: { type: string; data: Json; metrics: Json; explain: Json; confidence: number };
}

const ACTIONS = /^(BUY|SELL|HOLD)$/;
/** 300 hours from New Year on: prices that rise, and a sentiment around a level. */
const prices = noise(300, 21).map((value, hour) => Number((150 + 0.3 * hour + value).toFixed(2)));
const sentiments = noise(300, 22).map((value) => Number((0.2 * value).toFixed(3)));
const hourOf = (hour: number) => new Date(Date.UTC(2025, 0, 1) + hour * 3_600_000).toISOString();

const csvOf = (head: string, values: number[]) =>
  [head, ...values.map((value, hour) => `${hourOf(hour)},${value}`)].join("\n");

let caller: Caller;

beforeAll(async () => {
  caller = await newCaller();
  const mentions = { name: "mentions.csv", text: csvOf("date,sentiment_score", sentiments) };
  expect((await caller.form({ stream_id: "brand_sentiment_monitoring" }, mentions)).status).toBe(200);
  // Written to last: what examples that name no stream are about.
  const market = { name: "financial_data.csv", text: csvOf("date,price", prices) };
  expect((await caller.form({ stream_id: "stock_analysis_stream" }, market)).status).toBe(200);
});

async function run(body: Json): Promise<Execution> {
  const answer = await caller.call("POST", "/api/strategy", body);
  expect(answer.status, await answer.clone().text()).toBe(200);
  const execution = (await answer.json()) as Execution;
  expect(execution).toMatchObject({ status: "succeeded", execution_id: expect.stringMatching(/^exec_/) });
  return execution;
}

/** The events of an execution as every reader of the reference finds them. */
async function eventOf({ execution_id }: Execution): Promise<Json & { data: Json }> {
  const { events } = (await (await caller.call("GET", "/api/events")).json()) as {
    events: (Json & { data: Json })[];
  };
  const own = events.find((one) => one.execution_id === execution_id && one.event === "strategy_result");
  expect(own).toBeDefined();
  return own!;
}

/** Every field of the example is there, of the same type; a list of numbers is as long. */
function expectShape(actual: unknown, example: unknown, path = "result"): void {
  if (Array.isArray(example)) {
    expect(actual, path).toHaveLength(example.length);
    example.forEach((one, i) => {
      expectShape((actual as unknown[])[i], one, `${path}[${i}]`);
    });
  } else if (typeof example === "object" && example !== null) {
    for (const [key, inner] of Object.entries(example))
      expectShape((actual as Json)?.[key], inner, `${path}.${key}`);
  } else {
    expect(typeof actual, path).toBe(typeof example);
    if (typeof example === "number") expect(Number.isFinite(actual), path).toBe(true);
  }
}

function expectShare(value: unknown): void {
  expect(value).toBeGreaterThanOrEqual(0);
  expect(value).toBeLessThanOrEqual(1);
}

describe("ARIMA time series prediction", () => {
  const config = { p: 2, d: 1, q: 2, steps: 5 };
  const shown = {
    type: "PREDICTION",
    data: {
      currentPrice: 150.25,
      predictions: [151.3, 152.15, 151.95, 153.2, 154.1],
      confidenceInterval: {
        upper: [152.5, 154.2, 155.1, 156.8, 158.3],
        lower: [150.1, 150.1, 148.8, 149.6, 149.9],
      },
      signal: { action: "BUY", strength: 0.87, reason: "ARIMA predicts 2.56% price increase" },
      modelParams: { p: 2, d: 1, q: 2 },
      stationarity: { isStationary: true, pValue: 0.03 },
    },
    confidence: 0.91,
    metrics: { mape: 0.89, rmse: 0.45, aic: -127.34, bic: -119.78 },
  };

  it("answers with every field of the reference's answer, about the newest price", async () => {
    const { result, resolved } = await run({ strategy_id: "arima_prediction", config });
    expectShape(result, shown);
    expect(resolved).toMatchObject({ stream_id: "stock_analysis_stream", field: "price", rows: 300 });
    expect(result.data).toMatchObject({
      currentPrice: prices.at(-1),
      modelParams: { p: 2, d: 1, q: 2 },
      signal: {
        action: expect.stringMatching(ACTIONS),
        reason: expect.stringMatching(/^ARIMA predicts .* % price (in|de)crease/),
      },
    });
    const { predictions, confidenceInterval } = result.data as unknown as typeof shown.data;
    predictions.forEach((value, h) => {
      expect(confidenceInterval.lower[h]).toBeLessThan(value);
      expect(confidenceInterval.upper[h]).toBeGreaterThan(value);
    });
    expectShare(result.confidence);
    const { strength } = result.data.signal as { strength: number };
    expectShare(strength);
    expect(result.explain).toMatchObject({
      signal: { probabilityUp: expect.any(Number), movePercent: expect.any(Number) },
      confidence: { stated: strength, line: expect.anything(), origins: expect.any(Number) },
    });
  });

  it("reads only what the filter of the endpoint's example lets through", async () => {
    const historical_data_filter = { start_date: "2025-01-01T00:00:00Z", end_date: "2025-01-08T23:59:59Z" };
    const { resolved, result } = await run({
      strategy_id: "arima_prediction",
      config,
      historical_data_filter,
    });
    expect(resolved.rows).toBe(192);
    expect(result.data.currentPrice).toBe(prices[191]);
  });

  it("takes the block of its tuning as a config", async () => {
    const tuning = {
      defaultParams: { p: 2, d: 1, q: 2 },
      maxDataPoints: 10000,
      minDataPoints: 100,
      optimizationMethod: "ml",
      seasonalityDetection: true,
      outlierHandling: "interpolate",
    };
    const { result } = await run({ strategy_id: "arima_prediction", config: tuning });
    expect(result.data.modelParams).toMatchObject({ p: 2, d: 1, q: 2 });
    expect(result.explain).toMatchObject({ estimation: { method: "ml" }, season: { steps: 1 } });
  });

  it("is told with its predictions where the reference's dashboards read them", async () => {
    const execution = await run({ strategy_id: "arima_prediction", config });
    const { data, metrics, confidence } = execution.result;
    expect(await eventOf(execution)).toMatchObject({
      event: "strategy_result",
      type: "PREDICTION",
      stream_id: "stock_analysis_stream",
      strategy_id: "arima_prediction",
      seq: expect.any(Number),
      ts: expect.any(String),
      confidence,
      signal: data.signal,
      metrics,
      data: { confidence, signal: data.signal, predictions: data.predictions },
    });
  });
});

describe("hybrid strategy", () => {
  const config = { arimaConfig: { p: 2, d: 1, q: 2, steps: 3 }, maConfig: { period: 20 } };
  const shown = {
    data: {
      arima: { predictions: [151.3, 152.15, 151.95], signal: { action: "BUY", strength: 0.87 } },
      movingAverage: { movingAverage: 149.85, signal: "BUY" },
      combinedSignal: { action: "BUY", strength: 0.89, reason: "Both models confirm upward trend" },
      consensus: "STRONG",
    },
    confidence: 0.92,
    metrics: { arimaAccuracy: 0.89, signalAlignment: 1.0, combinedScore: 0.91 },
  };
  interface Data {
    arima: { confidence: number; predictions: number[] };
    movingAverage: { movingAverage: number; confidence: number };
    weights: { arima: number; ma: number };
    consensus: string;
  }

  it("answers with every field of the reference's answer, the score that of its members", async () => {
    const { result } = await run({ strategy_id: "hybrid_arima_ma", config });
    expectShape(result, shown);
    const data = result.data as unknown as Data;
    const last = prices.slice(-20).reduce((sum, value) => sum + value / 20, 0);
    expect(data.movingAverage.movingAverage).toBeCloseTo(last, 9);
    const { arima, ma } = data.weights;
    const score = arima * data.arima.confidence + ma * data.movingAverage.confidence;
    expect(result.metrics.combinedScore).toBeCloseTo(score, 12);
    expect(data.consensus).toMatch(/^(STRONG|MODERATE|WEAK|CONFLICT)$/);
    for (const share of [result.confidence, result.metrics.arimaAccuracy, result.metrics.signalAlignment])
      expectShare(share);
  });

  it("takes the block of its tuning as a config, and keeps the weights of each day", async () => {
    const tuning = {
      weights: { arima: 0.7, ma: 0.3 },
      consensusThreshold: 0.8,
      rebalancingFrequency: "daily",
    };
    const { result } = await run({ strategy_id: "hybrid_arima_ma", config: tuning });
    const { weights } = result.explain as { weights: { given: Json; history: Json[] } };
    expect(weights.given).toEqual({ arima: 0.7, ma: 0.3 });
    const days = weights.history.map(({ timestamp }) => String(timestamp).slice(0, 10));
    expect(days.length).toBeGreaterThan(1);
    expect(new Set(days).size).toBe(days.length);
    expect(result.data.weights).toEqual(weights.history.at(-1)?.weights);
  });

  it("runs without steps, as the dashboard's button asks", async () => {
    const button = { arimaConfig: { p: 2, d: 1, q: 2 }, maConfig: { period: 20 } };
    const { result } = await run({ strategy_id: "hybrid_arima_ma", config: button });
    expect(result.data.predictions).toHaveLength(5);
  });

  it("is told as the trading bot reads it", async () => {
    const execution = await run({ strategy_id: "hybrid_arima_ma", config });
    const event = await eventOf(execution);
    expectShape(event.data, shown.data, "event.data");
    expect(event).toMatchObject({ type: "HYBRID", confidence: execution.result.confidence });
    expect(event.data.confidence).toBe(execution.result.confidence);
  });
});

describe("moving average", () => {
  it("follows the field that is named, over fifty values", async () => {
    const body = {
      strategy_id: "moving_average",
      stream_id: "brand_sentiment_monitoring",
      config: { period: 50, field: "sentiment_score" },
    };
    const { result, resolved } = await run(body);
    expect(resolved).toMatchObject({ field: "sentiment_score", rows: 300 });
    const mean = sentiments.slice(-50).reduce((sum, value) => sum + value / 50, 0);
    expect(result.data).toMatchObject({
      movingAverage: expect.closeTo(mean, 9),
      currentPrice: sentiments.at(-1),
      signal: { action: expect.stringMatching(ACTIONS), strength: expect.any(Number) },
    });
    expect(result.data.series).toHaveLength(100);
    expect(result.data.crossoverCount).toBeGreaterThan(0);
  });

  it("is quick where it is asked to be", async () => {
    const execution = await run({ strategy_id: "moving_average", config: { period: 20, quick: true } });
    const { data, confidence, explain } = execution.result;
    expect(data).toMatchObject({
      movingAverage: expect.any(Number),
      signal: { action: expect.stringMatching(ACTIONS), reason: expect.stringContaining("20-step average") },
      bands: { upper: expect.any(Number), lower: expect.any(Number) },
    });
    expect(data).not.toHaveProperty("series");
    expect(explain.confidence).toMatchObject({ origins: 0 });
    expect(await eventOf(execution)).toMatchObject({
      type: "MOVING_AVERAGE",
      confidence,
      signal: data.signal,
    });
  });
});

describe("what runs by itself", () => {
  it.each(["moving_average", "arima_prediction", "hybrid_arima_ma", "auto_analysis"])(
    "%s takes { auto: true }",
    async (strategy_id) => {
      const { result } = await run({ strategy_id, config: { auto: true } });
      expect(result.data.signal).toMatchObject({ action: expect.stringMatching(ACTIONS) });
      expectShare(result.confidence);
    },
  );

  it("auto_analysis says what the stream is like, what it ran and whether that beats the last value", async () => {
    const execution = await run({ strategy_id: "auto_analysis", config: {} });
    const { data, confidence } = execution.result;
    expect(data).toMatchObject({
      currentPrice: prices.at(-1),
      predictions: list(5, () => expect.any(Number)),
      profile: { trend: { kind: "rising" }, isFinancial: true },
      forecast: { beatsNaive: expect.any(Boolean), statement: expect.stringContaining("naive forecast") },
      analyses: [
        { strategy_id: "moving_average", ran: true, reason: expect.any(String) },
        { strategy_id: "anomaly_detection", ran: expect.any(Boolean), reason: expect.any(String) },
      ],
    });
    expect(await eventOf(execution)).toMatchObject({
      type: "AUTO_ANALYSIS",
      confidence,
      signal: data.signal,
    });
  });
});

describe("GET /api/strategies", () => {
  it("describes the config of each strategy by a JSON Schema", async () => {
    const { strategies } = (await (await caller.call("GET", "/api/strategies")).json()) as {
      strategies: { strategy_id: string; config_schema: { type: string; properties: Json } }[];
    };
    const keysOf = (id: string) =>
      Object.keys(strategies.find(({ strategy_id }) => strategy_id === id)!.config_schema.properties);
    expect(keysOf("moving_average")).toEqual(expect.arrayContaining(["period", "type", "quick", "auto"]));
    expect(keysOf("arima_prediction")).toEqual(expect.arrayContaining(["p", "d", "q", "steps", "min_move"]));
    expect(keysOf("hybrid_arima_ma")).toEqual(
      expect.arrayContaining(["arimaConfig", "maConfig", "weights", "consensusThreshold"]),
    );
    expect(keysOf("auto_analysis")).toEqual(expect.arrayContaining(["steps", "quick", "auto"]));
  });
});
