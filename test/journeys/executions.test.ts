import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { executions } from "../../src/analytics";
import { claimOf } from "../../src/core/work";
import { consumerContext } from "../../src/platform/consumer-context";
import { hubObject, tenantObject } from "../../src/platform/objects";
import { newTenant, problem, type TestTenant } from "../support/client";
import { cheapRequest, create, get } from "../support/work";

type Json = Record<string, unknown>;
const json = async (response: Response) => (await response.json()) as Json;
const average = { strategy_id: "moving_average", config: { period: 3 } };
const data = Array.from({ length: 40 }, (_, i) => i % 7);
const run = (tenant: TestTenant, body: Json = {}, headers: Record<string, string> = {}) =>
  tenant.call("POST", "/api/strategy", { ...average, data, ...body }, headers);
const until = (tenant: TestTenant, path: string, status: string) =>
  vi.waitFor(async () => expect(await json(await tenant.call("GET", path))).toMatchObject({ status }), {
    timeout: 15_000,
    interval: 50,
  });

/** Three streams' worth of series in one: two fields, two tag sets. */
async function withStream(tenant: TestTenant): Promise<void> {
  const points = Array.from({ length: 60 }, (_, i) => ({
    timestamp: Date.UTC(2025, 0, 1) + i * 3_600_000,
    fields: { value: i % 9, other: i % 5 },
    tags: { host: i % 3 === 0 ? "b" : "a" },
  }));
  expect((await tenant.call("POST", "/api/stream/s/points", { points })).status).toBe(202);
}

describe("an execution", () => {
  it("is answered as Prefer asks, under one id: inline, or 202 and then where Location says", async () => {
    const tenant = await newTenant();
    const plain = await run(tenant);
    expect([plain.status, plain.headers.get("preference-applied")]).toEqual([200, null]);
    const waited = await run(tenant, {}, { prefer: "wait=5" });
    expect([waited.status, waited.headers.get("preference-applied")]).toEqual([200, "wait=5"]);
    for (const prefer of ["respond-async", "wait=0"]) {
      const queued = await run(tenant, {}, { prefer });
      const { execution_id, status, resolved } = await json(queued);
      expect([queued.status, status, queued.headers.get("preference-applied")]).toEqual([
        202,
        "queued",
        prefer,
      ]);
      expect(queued.headers.get("location")).toBe(`/api/strategy/${execution_id}`);
      await until(tenant, `/api/strategy/${execution_id}`, "succeeded");
      expect(await json(await tenant.call("GET", `/api/strategy/${execution_id}`))).toMatchObject({
        resolved,
      });
    }
  });

  it("is the same one again under its Idempotency-Key, queued or not", async () => {
    const tenant = await newTenant();
    for (const prefer of ["wait=5", "respond-async"]) {
      const headers = { prefer, "idempotency-key": `key-${prefer}` };
      const [first, again] = [await run(tenant, {}, headers), await run(tenant, {}, headers)];
      expect(again.headers.get("idempotency-replayed")).toBe("true");
      expect(again.status).toBe(first.status);
      expect(await json(again)).toEqual(await json(first));
    }
    expect((await json(await tenant.call("GET", "/api/strategy"))).executions).toHaveLength(2);
  });

  it("is cancelled while it waits and while it runs, and then is not told of", async () => {
    const tenant = await newTenant();
    const { tenantId } = tenant;
    const running = await create(tenantId, { status: "running" });
    const path = `/api/strategy/${running.id}`;
    expect(await json(await tenant.call("DELETE", path))).toMatchObject({ status: "cancelled" });
    const late = { status: "succeeded" as const, result: "{}", error: null };
    await tenantObject(env, tenantId).finishWork(claimOf(running), late, ['{"event":"strategy_result"}']);
    expect(await get(tenantId, running.id)).toMatchObject({ status: "cancelled", result: null });
    expect((await hubObject(env, tenantId).since(0, 10)).events).toEqual([]);
    expect(await problem(await tenant.call("DELETE", path))).toMatchObject({ status: 409, code: "conflict" });

    const other = await newTenant();
    expect(await problem(await other.call("DELETE", path))).toMatchObject({ code: "execution_not_found" });
    const job = await create(tenantId, { id: "job_1", kind: "extract", status: "running", strategyId: null });
    expect((await problem(await tenant.call("DELETE", `/api/strategy/${job.id}`))).code).toBe(
      "execution_not_found",
    );
  });

  it("is listed by stream and status, page by page, without what it found", async () => {
    const tenant = await newTenant();
    await withStream(tenant);
    for (let i = 0; i < 3; i++) await run(tenant);
    await tenant.call("POST", "/api/strategy", { ...average, stream_id: "s" });
    await create(tenant.tenantId, { status: "running", streamId: "s" });
    const list = async (query: string) =>
      (await json(await tenant.call("GET", `/api/strategy?${query}`))) as {
        executions: Json[];
        next_cursor: string | null;
      };
    const succeeded = await list("stream_id=s&status=succeeded");
    expect(succeeded.executions).toMatchObject([
      { stream_id: "s", type: "MOVING_AVERAGE", resolved: { rows: 40, field: "value" }, attempts: 1 },
    ]);
    expect(succeeded.executions[0]).not.toHaveProperty("result");
    expect((await list("status=running")).executions).toHaveLength(1);
    const seen = [];
    for (let cursor = ""; ; ) {
      const page = await list(`limit=2${cursor}`);
      seen.push(...page.executions.map(({ execution_id }) => execution_id));
      if (page.next_cursor === null) break;
      cursor = `&cursor=${page.next_cursor}`;
    }
    expect(new Set(seen).size).toBe(5);
    expect((await tenant.call("GET", "/api/strategy?status=nonsense")).status).toBe(422);
  });

  it("runs on what the filter leaves of every tag set, and says what that is", async () => {
    const tenant = await newTenant();
    await withStream(tenant);
    const filter = { start_date: "2025-01-01T12:00:00Z", end_date: "2025-01-02" };
    const answer = await json(
      await tenant.call("POST", "/api/strategy", { ...average, historical_data_filter: filter }),
    );
    expect(answer).toMatchObject({
      resolved: {
        stream_id: "s",
        field: "value",
        tags: { host: "a" },
        rows: 24,
        from: "2025-01-01T13:00:00.000Z",
        to: "2025-01-02T23:00:00.000Z",
        reason: expect.stringContaining("last written to"),
      },
      series: [{ tags: { host: "a" } }, { tags: { host: "b" } }],
    });
    const named = { ...average, field: "OTHER", tags: { host: "b" } };
    expect(await json(await tenant.call("POST", "/api/strategy", named))).toMatchObject({
      resolved: { field: "other", tags: { host: "b" }, rows: 20 },
    });
  });

  it("runs what the tenant may run when its turn comes, and automatic analysis no more than that", async () => {
    const tenant = await newTenant({ allowed_strategies: ["anomaly_detection"] });
    expect(await problem(await run(tenant))).toMatchObject({
      status: 403,
      code: "strategy_not_allowed",
      body: { allowed_strategies: ["anomaly_detection", "auto_analysis"] },
    });
    const queued = await create(tenant.tenantId);
    await until(tenant, `/api/strategy/${queued.id}`, "failed");
    expect(await json(await tenant.call("GET", `/api/strategy/${queued.id}`))).toMatchObject({
      error: { code: "strategy_not_allowed" },
      redrivable: false,
    });
    const auto = await json(await run(tenant, { strategy_id: "auto_analysis", config: {} }));
    const { analyses } = (auto.result as { data: { analyses: Json[] } }).data;
    expect(analyses.map(({ strategy_id, reason }) => [strategy_id, reason])).toEqual([
      ["moving_average", expect.stringContaining("not among")],
      ["anomaly_detection", expect.not.stringContaining("not among")],
    ]);
  });

  it("counts against max_strategies_per_hour, also when queued, and says when there is room again", async () => {
    const tenant = await newTenant({ limits: { max_strategies_per_hour: 2 } });
    expect((await run(tenant)).status).toBe(200);
    expect((await run(tenant, {}, { prefer: "respond-async" })).status).toBe(202);
    const refused = await run(tenant);
    expect(refused.headers.get("retry-after")).toMatch(/^\d+$/);
    expect(await problem(refused)).toMatchObject({
      status: 429,
      code: "strategy_quota_exceeded",
      body: { limit: 2 },
    });
  });

  it("past MAX_EXECUTION_TIME has failed, keeps the series that were done, and is not told of", async () => {
    const tenant = await newTenant();
    const points = Array.from({ length: 320 }, (_, i) => ({
      timestamp: Date.UTC(2025, 0, 1) + i * 60_000,
      fields: { value: i },
      tags: { host: `h${i % 8}` },
    }));
    await tenant.call("POST", "/api/stream/s/points", { points });
    const { target, ...request } = JSON.parse(cheapRequest());
    const item = await create(tenant.tenantId, {
      status: "running",
      request: JSON.stringify({ ...request, target: { ...target, streamId: "s", data: null } }),
    });
    const ctx = await consumerContext(env, tenant.tenantId, "", () => {});
    // Five thousand units: an average of 40 points takes a little over a thousand.
    await executions.run({ ...ctx, config: { ...ctx.config, MAX_EXECUTION_TIME: 5 } }, item);
    const answer = await json(await tenant.call("GET", `/api/strategy/${item.id}`));
    expect(answer).toMatchObject({
      status: "failed",
      error: { code: "work_budget_exceeded", limit_units: 5_000, series_left: 4 },
      redrivable: false,
      result: { type: "MOVING_AVERAGE" },
    });
    const series = answer.series as { result: unknown }[];
    expect(series.map(({ result }) => result !== null)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
    expect((await hubObject(env, tenant.tenantId).since(0, 10)).events).toEqual([]);
  });

  it("that failed says under which id it is kept", async () => {
    const tenant = await newTenant();
    const { body } = await problem(await run(tenant, { config: { period: 100 } }));
    expect(body).toMatchObject({ code: "not_enough_data", execution_id: expect.stringMatching(/^exec_/) });
    expect(await json(await tenant.call("GET", `/api/strategy/${body.execution_id}`))).toMatchObject({
      status: "failed",
      error: { code: "not_enough_data" },
      redrivable: false,
    });
  });
});
