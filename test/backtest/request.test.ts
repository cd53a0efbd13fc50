import { describe, expect, it } from "vitest";
import { newTenant, problem } from "../support/client";
import { day, executionOf, type Json, run, withPrices, write } from "./support";
import { randomWalk } from "./test-strategies";

const QUICK = { strategy_id: "moving_average", config: { period: 5 }, stream_id: "stock" };

const FORECAST = {
  strategy_id: "arima_prediction",
  config: { p: 1, d: 0, q: 0, steps: 3, minDataPoints: 30, quick: true },
};

describe("a request for a backtest", () => {
  it.each<[string, Json, string, Json]>([
    ["a strategy that is not there", { strategy_id: "nope" }, "strategy_not_found", { status: 404 }],
    ["a stream that is not there", { stream_id: "none" }, "stream_not_found", { status: 404 }],
    ["a field that is not there", { field: "volume" }, "field_not_found", { status: 404 }],
    [
      "tags that nothing has",
      { tags: { symbol: "AAPL" } },
      "not_enough_data",
      { status: 422, required: 1, available: 0 },
    ],
    ["an unknown key", { fees: 3 }, "invalid_request", { status: 422 }],
    ["an unknown key of the config", { config: { periood: 3 } }, "invalid_request", { status: 422 }],
    [
      "a day that no month has",
      { end_date: "2024-02-30" },
      "invalid_request",
      { errors: [{ pointer: "/end_date" }] },
    ],
    [
      "a range turned round",
      { start_date: "2024-03-02", end_date: "2024-03-01" },
      "invalid_request",
      { errors: [{ pointer: "/start_date", message: "must be before end_date" }] },
    ],
    ["no capital", { initial_capital: 0 }, "invalid_request", { errors: [{ pointer: "/initial_capital" }] }],
    ["a range before all points", { end_date: "2020-01-01" }, "not_enough_data", { available: 0 }],
    ["a range after all points", { start_date: "2030-01-01" }, "not_enough_data", { available: 140 }],
    [
      "a strategy that needs more",
      { config: { period: 139 } },
      "not_enough_data",
      { required: 142, available: 140 },
    ],
    [
      "more work than a backtest may take",
      { strategy_id: "auto_analysis", config: {}, refit_every: 1 },
      "work_budget_exceeded",
      { limit_units: 300_000_000 },
    ],
  ])("is refused for %s, and leaves nothing", async (_, more, code, members) => {
    const tenant = await withPrices();
    const { found } = await run(tenant, { ...QUICK, ...more });
    expect(found).toMatchObject({ code, ...members });
    expect(await (await tenant.call("GET", "/api/strategy?kind=backtest")).json()).toMatchObject({
      executions: [],
    });
  });

  it("is refused where nothing was ever written", async () => {
    const { found } = await run(await newTenant(), { strategy_id: "moving_average" });
    expect(found).toMatchObject({ status: 404, code: "stream_not_found" });
  });

  it("is refused for prices that nothing can be bought at, but not for forecasts of them", async () => {
    const tenant = await newTenant();
    await write(
      tenant,
      "stock",
      Array.from({ length: 60 }, (_, i) => `${day(i)},${(i % 9) - 4}`),
    );
    expect((await run(tenant, QUICK)).found).toMatchObject({ status: 422, code: "malformed_data" });
    const { answer, found } = await run(tenant, { ...QUICK, ...FORECAST, mode: "forecast" });
    expect(answer.status).toBe(200);
    expect(found).toMatchObject({ mode: "forecast", total_trades: 0, total_return: null });
    expect(found.forecast).toMatchObject({ by_horizon: expect.any(Array), skill: expect.any(Object) });
  });

  it("counts as one strategy of the hour, and obeys which are allowed", async () => {
    const tenant = await withPrices(60, { limits: { max_strategies_per_hour: 1 } });
    expect((await run(tenant, QUICK)).answer.status).toBe(200);
    const { answer, found } = await run(tenant, QUICK);
    expect(found).toMatchObject({ status: 429, code: "strategy_quota_exceeded", limit: 1 });
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    const narrow = await withPrices(60, { allowed_strategies: ["anomaly_detection"] });
    expect((await run(narrow, QUICK)).found).toMatchObject({ status: 403, code: "strategy_not_allowed" });
  });

  it("is answered once for an idempotency key", async () => {
    const tenant = await withPrices(60);
    const headers = { "idempotency-key": "one" };
    const [first, again] = [await run(tenant, QUICK, headers), await run(tenant, QUICK, headers)];
    expect(again.found).toEqual(first.found);
    expect(again.answer.headers.get("idempotency-replayed")).toBe("true");
    const other = await run(tenant, { ...QUICK, lag: 2 }, headers);
    expect(other.found).toMatchObject({ status: 422, code: "idempotency_key_reused" });
  });

  it("is nobody else's to see or to cancel", async () => {
    const { found } = await run(await withPrices(60), QUICK);
    const other = await newTenant();
    for (const method of ["GET", "DELETE"]) {
      const answer = await other.call(method, `/api/strategy/${found.execution_id}`);
      expect(await problem(answer)).toMatchObject({ status: 404, code: "execution_not_found" });
    }
  });
});

describe("what is tested", () => {
  it("is the series with the most points, and the one that tags name", async () => {
    const tenant = await newTenant();
    const row = (i: number, symbol: string) => ({
      timestamp: day(i),
      fields: { close: symbol === "A" ? 10 + (i % 3) : 20 + (i % 5) },
      tags: { symbol },
    });
    const rows = [
      ...Array.from({ length: 60 }, (_, i) => row(i, "A")),
      ...Array.from({ length: 50 }, (_, i) => row(i, "B")),
    ];
    expect((await tenant.call("POST", "/api/stream/stock/points", rows)).status).toBe(202);
    expect((await run(tenant, QUICK)).found).toMatchObject({
      resolved: { tags: { symbol: "A" }, rows: 60, reason: expect.stringContaining("of 2 series") },
    });
    expect((await run(tenant, { ...QUICK, tags: { symbol: "B" } })).found).toMatchObject({
      resolved: { tags: { symbol: "B" }, rows: 50 },
    });
  });

  it("is the last of several values at one time, which is said", async () => {
    const tenant = await newTenant();
    const rows = Array.from({ length: 60 }, (_, i) => `${day(i)},${50 + (i % 7)}`);
    await write(tenant, "clean", rows);
    const doubled = rows.flatMap((row, i) => (i % 10 === 5 ? [`${day(i)},1`, row] : [row]));
    await write(tenant, "stock", doubled);
    const { found } = await run(tenant, QUICK);
    expect(found).toMatchObject({
      warnings: [expect.stringContaining("6 value(s)")],
      resolved: { rows: 66 },
    });
    const { found: clean } = await run(tenant, { ...QUICK, stream_id: "clean" });
    expect(found.total_return).toBe(clean.total_return);
    expect(found.equity_curve).toEqual(clean.equity_curve);
  });

  it("is asked less often than at each step where that is too much, which is said", async () => {
    const tenant = await newTenant();
    const hour = (i: number) => new Date(Date.UTC(2024, 0, 1, i)).toISOString();
    await write(
      tenant,
      "stock",
      Array.from(randomWalk(3, 5_200), (price, i) => `${hour(i)},${price}`),
    );
    const { found } = await run(tenant, { ...QUICK, config: { period: 5, quick: true } });
    expect(found).toMatchObject({
      run: { refit_every: 2 },
      warnings: [expect.stringContaining("every 2 steps")],
    });
  });

  it("ends with the day that end_date names, which may be an epoch number", async () => {
    const tenant = await withPrices();
    const asDay = await run(tenant, { ...QUICK, start_date: "2024-02-01", end_date: "2024-02-29" });
    const number = Date.UTC(2024, 2, 1) / 1_000;
    const asNumber = await run(tenant, { ...QUICK, start_date: Date.UTC(2024, 1, 1), end_date: number });
    expect(asDay.found).toMatchObject({
      backtest_period: "2024-02-01 to 2024-02-29",
      resolved: { rows: 60 },
      run: { steps: 29, values_before: 31 },
    });
    expect(asNumber.found.equity_curve).toEqual(asDay.found.equity_curve);
  });

  it("is detection for anomaly_detection unless another mode is named", async () => {
    const tenant = await withPrices();
    const labels = [{ from: "2024-03-01" }];
    const { found } = await run(tenant, { strategy_id: "anomaly_detection", stream_id: "stock", labels });
    expect(found).toMatchObject({
      mode: "detection",
      detection: { readings: expect.any(Number), against_labels: { incidents: 1 } },
      bias_checks: { lookahead: { passed: true }, lag1: { passed: null } },
    });
    expect(await executionOf(tenant, found.execution_id)).toEqual(found);
  });

  it("are forecasts in that mode, each horizon beside the naive one, without skill on a random walk", async () => {
    const tenant = await withPrices();
    const config = { ...FORECAST.config, d: 1 };
    const { found } = await run(tenant, { ...FORECAST, config, stream_id: "stock", mode: "forecast" });
    const horizon = (h: number) => ({
      horizon: h,
      mase: expect.any(Number),
      coverage: expect.any(Number),
      naive: { mase: expect.any(Number) },
    });
    expect(found).toMatchObject({
      mode: "forecast",
      average_accuracy: expect.any(Number),
      forecast: {
        level: 0.95,
        by_horizon: [1, 2, 3].map(horizon),
        skill: { has_skill: false, note: expect.stringContaining("No skill") },
      },
    });
  });

  it("costs what its trades cost", async () => {
    const tenant = await withPrices();
    const free = await run(tenant, QUICK);
    const dear = await run(tenant, { ...QUICK, costs_bps: 50, slippage_bps: 10 });
    expect(dear.found.total_trades).toBe(free.found.total_trades);
    expect(dear.found.total_return).toBeLessThan(free.found.total_return as number);
  });
});
