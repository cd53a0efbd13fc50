import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { claimOf } from "../../src/core/work";
import { streamObject, tenantObject } from "../../src/platform/objects";
import type { MetricsView } from "../../src/tenants/metrics/contract";
import { call, newTenant, problem, type TestTenant } from "../support/client";
import { create, query } from "../support/work";

const DAY_MS = 86_400_000;

const metrics = async (tenant: TestTenant, query = ""): Promise<MetricsView> => {
  const answer = await tenant.call("GET", `/api/metrics/${tenant.tenantId}${query}`);
  expect(answer.status).toBe(200);
  return answer.json();
};
const write = async (tenant: TestTenant, payload: unknown, stream = "s") =>
  expect((await tenant.call("POST", "/api/stream", { stream_id: stream, payload })).status).toBe(202);
const rows = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => ({
    timestamp: 1_735_689_600 + (from + i) * 3_600,
    value: 100 + ((from + i) % 7),
  }));
const execute = (tenant: TestTenant, more: Record<string, unknown> = {}) =>
  tenant.call("POST", "/api/strategy", {
    strategy_id: "moving_average",
    stream_id: "s",
    config: { period: 5 },
    ...more,
  });
const stream = (tenant: TestTenant, name = "s") => streamObject(env, tenant.tenantId, name);
const object = (tenant: TestTenant) => tenantObject(env, tenant.tenantId);
const erase = (tenant: TestTenant) =>
  tenant.call("DELETE", `/api/tenant/${tenant.tenantId}/data?confirm=${tenant.tenantId}`);

describe("a tenant's metrics", () => {
  it("are nothing where nothing was done, and say so", async () => {
    const tenant = await newTenant();
    const { metrics: found, usage, llm } = await metrics(tenant);
    expect(found).toMatchObject({
      streams_processed: { value: 0, unit: "count" },
      avg_processing_time: { value: null, unit: "ms" },
      total_data_size: { value: 0, unit: "bytes" },
      strategy_executions: { value: 0, unit: "count" },
      accuracy_score: { value: null, unit: "percentage" },
    });
    expect(usage).toMatchObject({ cpu_usage: 0, memory_usage: 0, storage_used: 0, work_units: 0 });
    expect(llm).toMatchObject({ calls: 0, tokens: 0, refused: 0 });
    expect(llm.tokens_left).toBe(llm.tokens_budget);
  });

  it("follow what was written, row by row as the answers said", async () => {
    const tenant = await newTenant();
    await write(tenant, rows(0, 10));
    await write(tenant, rows(5, 15));
    await write(tenant, [{ timestamp: 1_735_689_600, value: 1 }, { nothing: null }], "other");
    const { metrics: found, usage } = await metrics(tenant);
    expect(found).toMatchObject({
      streams_processed: { value: 3 },
      points_accepted: { value: 16 },
      points_duplicate: { value: 5 },
      points_updated: { value: 0 },
      points_rejected: { value: 1 },
    });
    expect(found.total_data_size.value).toBeGreaterThan(16 * 16);
    expect(found.avg_processing_time.value).toBeGreaterThanOrEqual(0);
    expect(usage.storage_used).toBeGreaterThan(0);
  });

  it("stay exact when stream and tenant are evicted, and a stream tells again", async () => {
    const tenant = await newTenant();
    for (let i = 0; i < 5; i++) await write(tenant, rows(i, i + 1));
    await evictDurableObject(stream(tenant));
    await evictDurableObject(object(tenant));
    const before = await metrics(tenant);
    expect(before.metrics).toMatchObject({ streams_processed: { value: 5 }, points_accepted: { value: 5 } });
    for (let i = 5; i < 8; i++) await write(tenant, rows(i, i + 1));
    await runDurableObjectAlarm(stream(tenant));
    await evictDurableObject(stream(tenant));
    await runDurableObjectAlarm(stream(tenant));
    await evictDurableObject(object(tenant));
    const after = await metrics(tenant);
    expect(after.metrics).toMatchObject({ streams_processed: { value: 8 }, points_accepted: { value: 8 } });
    expect(after.metrics.total_data_size.value).toBeGreaterThan(before.metrics.total_data_size.value);
  });

  it("cost no row with a write: a stream tells of many at once", async () => {
    const tenant = await newTenant();
    for (let i = 0; i < 20; i++) await write(tenant, rows(i, i + 1));
    expect(await query(tenant.tenantId, "SELECT * FROM written")).toEqual([]);
    await metrics(tenant);
    expect(await query(tenant.tenantId, "SELECT * FROM written")).toHaveLength(1);
    expect(await query(tenant.tenantId, "SELECT * FROM usage_days")).toEqual([]);
  });

  it("count a deleted stream, and the one that comes after it under its name", async () => {
    const tenant = await newTenant();
    await write(tenant, rows(0, 4));
    const old = (await stream(tenant).written())!;
    expect((await tenant.call("DELETE", "/api/stream/s")).status).toBe(200);
    await object(tenant).noteWrites(old);
    expect((await metrics(tenant)).metrics.points_accepted.value).toBe(4);
    await write(tenant, rows(0, 2));
    await object(tenant).noteWrites(old);
    const { metrics: found } = await metrics(tenant);
    expect(found).toMatchObject({ streams_processed: { value: 2 }, points_accepted: { value: 6 } });
    await object(tenant).noteWrites(old);
    expect((await metrics(tenant)).metrics.points_accepted.value).toBe(6);
  });

  it("go with the data, and what is told of before that does not bring them back", async () => {
    const tenant = await newTenant();
    await write(tenant, rows(0, 40));
    expect((await execute(tenant)).status).toBe(200);
    const late = (await stream(tenant).written())!;
    expect((await erase(tenant)).status).toBe(200);
    await object(tenant).noteWrites(late);
    expect((await metrics(tenant)).metrics).toMatchObject({
      streams_processed: { value: 0 },
      total_data_size: { value: 0 },
      strategy_executions: { value: 0 },
    });
    await write(tenant, rows(0, 3));
    await object(tenant).noteWrites(late);
    expect((await metrics(tenant)).metrics.points_accepted.value).toBe(3);
  });

  it("count executions that ended, once each, with what they cost", async () => {
    const tenant = await newTenant();
    await write(tenant, rows(0, 200));
    const config = { p: 1, d: 1, q: 1, steps: 3 };
    expect((await execute(tenant, { strategy_id: "arima_prediction", config })).status).toBe(200);
    expect((await execute(tenant, { stream_id: "none" })).status).toBe(404);
    const execution = claimOf(await create(tenant.tenantId, { status: "running" }));
    const failed = {
      status: "failed" as const,
      result: null,
      error: JSON.stringify({ code: "not_enough_data", detail: "" }),
      cost: { units: 1_000_000_000, kernelBytes: 16 * 1_048_576 },
    };
    for (let twice = 0; twice < 2; twice++) await object(tenant).finishWork(execution, failed);
    const cancelled = await create(tenant.tenantId, { status: "running" });
    expect((await tenant.call("DELETE", `/api/strategy/${cancelled.id}`)).status).toBe(200);
    await object(tenant).finishWork(claimOf(cancelled), failed);
    await evictDurableObject(object(tenant));
    const { metrics: found, usage } = await metrics(tenant);
    expect(found).toMatchObject({
      strategy_executions: { value: 2 },
      strategy_executions_failed: { value: 1 },
    });
    expect(usage.work_units).toBeGreaterThan(1_000_000_000);
    expect(usage.work_units).toBeLessThan(1_010_000_000);
    // An hour of CPU a day; the account has lived on this day, and on another where midnight has just been.
    expect([1, 2].map((days) => days * 3_600_000_000)).toContain(usage.work_units_budget);
    expect(usage.cpu_usage).toBeCloseTo(usage.work_units / usage.work_units_budget, 6);
    expect(usage.memory_usage).toBe(0.5);
  });

  it("know the memory of kernels, and what a backtest took by its own account", async () => {
    const tenant = await newTenant();
    await write(tenant, rows(0, 200));
    const config = { p: 1, d: 1, q: 1, steps: 3 };
    const backtest = await tenant.call("POST", "/api/strategy/backtest", {
      strategy_id: "arima_prediction",
      stream_id: "s",
      config,
    });
    const { status, progress } = (await backtest.json()) as {
      status: string;
      progress: { spent_units: number };
    };
    expect(status).toBe("succeeded");
    const { metrics: found, usage } = await metrics(tenant);
    expect(found.strategy_executions.value).toBe(1);
    expect(Math.abs(usage.work_units - progress.spent_units)).toBeLessThanOrEqual(1);
    // 200 values in some columns, of 32 MB.
    expect(usage.memory_usage).toBeGreaterThan(0.000_1);
    expect(usage.memory_usage).toBeLessThan(0.1);
  });

  it("take the mean over the forecasts that came due, told once or twice", async () => {
    const tenant = await newTenant();
    await write(tenant, rows(0, 2));
    const holder = { streamId: "s", shard: 0 };
    await object(tenant).noteAccuracy(holder, { compared: 3, accuracy: 0.8 });
    await object(tenant).noteAccuracy(holder, { compared: 3, accuracy: 0.8 });
    await object(tenant).noteAccuracy(holder, { compared: 4, accuracy: 0.7 });
    await object(tenant).noteAccuracy({ streamId: "unknown", shard: 0 }, { compared: 9, accuracy: 0 });
    await evictDurableObject(object(tenant));
    const { accuracy_score, forecasts_compared } = (await metrics(tenant)).metrics;
    expect(forecasts_compared.value).toBe(4);
    expect(accuracy_score.value).toBeCloseTo(0.7, 12);
  });

  it("count questions to language models by what they cost, and those there were no tokens for", async () => {
    const tenant = await newTenant();
    const month = new Date().toISOString().slice(0, 7);
    expect(await object(tenant).reserveModelTokens(month, 900_000, 1_000_000)).toBe(true);
    expect(await object(tenant).reserveModelTokens(month, 200_000, 1_000_000)).toBe(false);
    await object(tenant).settleModelTokens(month, 900_000, 743);
    const { llm } = await metrics(tenant);
    expect(llm).toMatchObject({ calls: 1, tokens: 743, refused: 1 });
    expect(llm.tokens_left).toBe(llm.tokens_budget - 743);
    const past = await metrics(tenant, "?end=2026-01-01");
    expect(past.llm).toMatchObject({ calls: 0, tokens: 0, refused: 0, tokens_left: llm.tokens_left });
  });
});

describe("the period of metrics", () => {
  const daysAgo = (days: number) => Math.floor(Date.now() / DAY_MS) - days;
  const date = (day: number) => new Date(day * DAY_MS).toISOString().slice(0, 10);
  const executed = async (tenant: TestTenant, query: string) =>
    (await metrics(tenant, query)).metrics.strategy_executions.value;

  it("counts days whole: the start inclusive, the end exclusive, a date as an end with its day", async () => {
    const tenant = await newTenant();
    for (const [days, succeeded] of [
      [32, 1],
      [31, 10],
      [30, 100],
      [29, 1_000],
    ] as const)
      await query(
        tenant.tenantId,
        "INSERT INTO usage_days VALUES(?,?)",
        daysAgo(days),
        JSON.stringify({ succeeded }),
      );
    const [d32, d31, d30, d29] = [32, 31, 30, 29].map((days) => date(daysAgo(days)));
    expect(await executed(tenant, `?start=${d31}&end=${d30}`)).toBe(110);
    expect(await executed(tenant, `?start=${d31}T00:00:00Z&end=${d30}T00:00:00Z`)).toBe(10);
    expect(await executed(tenant, `?start=${d31}T12:00:00Z&end=${d30}T00:00:01Z`)).toBe(110);
    expect(await executed(tenant, `?start=${d32}`)).toBe(1_111);
    expect(await executed(tenant, `?start=${daysAgo(30) * DAY_MS}&end=${d29}`)).toBe(1_100);
    const { period } = await metrics(tenant, `?start=${d31}T12:00:00Z&end=${d30}T00:00:01Z`);
    expect(period).toEqual({ start: `${d31}T00:00:00.000Z`, end: `${d29}T00:00:00.000Z` });
  });

  it("is the running month where none is named, and the end's where only that is", async () => {
    const tenant = await newTenant();
    const now = new Date();
    const first = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth())).toISOString();
    const { period } = await metrics(tenant);
    expect(period.start).toBe(first);
    expect(new Date(period.end).getTime()).toBeGreaterThan(now.getTime());
    const february = await metrics(tenant, "?end=2026-02-28");
    expect(february.period).toEqual({ start: "2026-02-01T00:00:00.000Z", end: "2026-03-01T00:00:00.000Z" });
  });

  it("reaches back 400 days, and no more is kept", async () => {
    const tenant = await newTenant();
    for (const days of [399, 400])
      await query(
        tenant.tenantId,
        "INSERT INTO usage_days VALUES(?,?)",
        daysAgo(days),
        JSON.stringify({ succeeded: 1 }),
      );
    expect(await executed(tenant, "?start=2020-01-01")).toBe(1);
    await object(tenant).settleModelTokens("2026-01", 0, 1);
    expect(await query(tenant.tenantId, "SELECT day FROM usage_days WHERE day > 0 ORDER BY day")).toEqual([
      { day: daysAgo(399) },
      { day: daysAgo(0) },
    ]);
  });

  it.each([
    ["start=yesterday", "#/query/start"],
    ["end=2026-13-01", "#/query/end"],
    ["start=2026-02-01&end=2026-01-31", "#/query/end"],
    ["start=2026-02-01T00:00:00Z&end=2026-02-01T00:00:00Z", "#/query/end"],
    ["from=2026-02-01", "#/query"],
  ])("that is wrong (%s) is refused with 422 and where", async (wrong, pointer) => {
    const tenant = await newTenant();
    const refused = await problem(await tenant.call("GET", `/api/metrics/${tenant.tenantId}?${wrong}`));
    expect(refused).toMatchObject({ status: 422, code: "invalid_request", body: { errors: [{ pointer }] } });
  });

  it("may be asked for by the operator, and not by another tenant", async () => {
    const [tenant, other] = [await newTenant(), await newTenant()];
    await write(tenant, rows(0, 3));
    const asOperator = await call(`/api/metrics/${tenant.tenantId}`, {
      headers: { authorization: `Bearer ${env.OPERATOR_TOKEN}` },
    });
    expect(await asOperator.json()).toMatchObject({ metrics: { points_accepted: { value: 3 } } });
    const refused = await problem(await other.call("GET", `/api/metrics/${tenant.tenantId}`));
    const unknown = await problem(await other.call("GET", `/api/metrics/${crypto.randomUUID()}`));
    expect(refused).toMatchObject({ status: 404, code: "tenant_not_found" });
    expect(refused.body.detail).toBe(unknown.body.detail);
  });
});
