import { env } from "cloudflare:workers";
import { expect, it, vi } from "vitest";
import { streamObject } from "../../src/platform/objects";
import { newTenant, problem, type TestTenant } from "../support/client";

const csv = (rows: number) =>
  [
    "time,value",
    ...Array.from(
      { length: rows },
      (_, i) => `${new Date(Date.UTC(2025, 0, 1, i)).toISOString()},${100 + (i % 7)}`,
    ),
  ].join("\n");

async function filled(): Promise<TestTenant> {
  const tenant = await newTenant();
  await tenant.call("POST", "/api/llm/process", { raw_text: csv(60), stream_id: "prices" });
  await tenant.call("POST", "/api/strategy", {
    strategy_id: "moving_average",
    stream_id: "prices",
    config: { period: 5 },
  });
  return tenant;
}

const erase = (tenant: TestTenant) =>
  tenant.call("DELETE", `/api/tenant/${tenant.tenantId}/data?confirm=${tenant.tenantId}`);

it("erases every store, with a count for each, and leaves other tenants alone", async () => {
  const [tenant, other] = [await filled(), await filled()];
  expect((await env.UPLOADS.list({ prefix: `${tenant.tenantId}/` })).objects).toHaveLength(1);
  const receipt = (await (await erase(tenant)).json()) as {
    deleted: boolean;
    receipt: { stores: Record<string, number> };
  };
  expect(receipt.deleted).toBe(true);
  expect(receipt.receipt.stores).toMatchObject({ stream_points: 1, uploads: 1, events: 1, work: 2 });
  expect((await env.UPLOADS.list({ prefix: `${tenant.tenantId}/` })).objects).toHaveLength(0);
  expect(await problem(await tenant.call("GET", "/api/stream/prices/data"))).toMatchObject({ status: 404 });
  expect(await (await tenant.call("GET", "/api/stream")).json()).toMatchObject({ streams: [] });
  expect(await (await tenant.call("GET", "/api/strategy")).json()).toMatchObject({ executions: [] });
  expect(await (await tenant.call("GET", "/api/events")).json()).toMatchObject({ events: [] });
  const kept = (await (await other.call("GET", "/api/stream/prices/data?limit=1000")).json()) as {
    points: unknown[];
  };
  expect(kept.points).toHaveLength(60);
});

it("asks for the tenant's id once more", async () => {
  const tenant = await filled();
  const answer = await tenant.call("DELETE", `/api/tenant/${tenant.tenantId}/data?confirm=yes`);
  expect(await problem(answer)).toMatchObject({ status: 422, code: "invalid_request" });
  expect((await tenant.call("GET", "/api/stream/prices")).status).toBe(200);
});

it("refuses what was admitted before the erasure, and takes what comes after it", async () => {
  const tenant = await filled();
  await erase(tenant);
  const late = await streamObject(env, tenant.tenantId, "prices").reserveArrival({
    tenantId: tenant.tenantId,
    streamId: "prices",
    shard: 0,
    mapId: null,
    admission: { tokenId: "t", operator: false, requests: 0, epoch: 1, region: null },
    requestId: "r",
    clientId: "c",
    dataType: null,
    uploadId: "late",
    rows: 1,
  });
  expect(late.result).toMatchObject({ ok: false, failure: { code: "conflict" } });
  const again = await tenant.call("POST", "/api/stream", {
    stream_id: "prices",
    payload: { timestamp: "2025-06-01", value: 1 },
  });
  expect(again.status).toBe(202);
  const data = (await (await tenant.call("GET", "/api/stream/prices/data")).json()) as { points: unknown[] };
  expect(data.points).toHaveLength(1);
});

it("tells a subscriber of the result of a strategy, and of the job behind a queued upload", async () => {
  const tenant = await filled();
  const events = async () =>
    ((await (await tenant.call("GET", "/api/events")).json()) as { events: Record<string, unknown>[] })
      .events;
  expect(await events()).toMatchObject([
    {
      event: "strategy_result",
      seq: 1,
      strategy_id: "moving_average",
      stream_id: "prices",
      data: { confidence: expect.any(Number) },
    },
  ]);
  const queued = await tenant.call(
    "POST",
    "/api/llm/process",
    { raw_text: csv(80), stream_id: "prices" },
    { prefer: "respond-async" },
  );
  expect(queued.status).toBe(202);
  await vi.waitFor(
    async () =>
      expect(
        (await (await tenant.call("GET", queued.headers.get("location")!)).json()) as object,
      ).toMatchObject({ status: "succeeded", result: { records_processed: 80 } }),
    10_000,
  );
  expect((await events()).some(({ event }) => event === "job_progress")).toBe(true);
});
