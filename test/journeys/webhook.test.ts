import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { newTenant } from "../support/client";
import { type Caller, newCaller, pricesCsv, send } from "./support-process";

const PATH = "/webhooks/external-data";
const hourly = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => ({
    timestamp: new Date(Date.UTC(2025, 0, 1) + (from + i) * 3_600_000).toISOString(),
    temperature: 20 + Math.sin((from + i) / 4),
  }));
async function received(caller: Pick<Caller, "call">, body: unknown, headers: Record<string, string> = {}) {
  const answer = await caller.call("POST", PATH, body, headers);
  return {
    status: answer.status,
    headers: answer.headers,
    body: (await answer.json()) as Record<string, unknown>,
  };
}

async function ended(caller: Caller, executionId: unknown): Promise<Record<string, unknown>> {
  return vi.waitFor(
    async () => {
      const execution = await (await caller.call("GET", `/api/strategy/${executionId}`)).json();
      expect(execution).toMatchObject({ status: "succeeded" });
      return execution as Record<string, unknown>;
    },
    { timeout: 15_000, interval: 200 },
  );
}

describe("POST /webhooks/external-data", () => {
  it("loads JSON into the source's stream, and starts an analysis of it", async () => {
    const caller = await newCaller();
    const { status, body } = await received(caller, { data: hourly(60), source: "boiler", format: "json" });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      processed: true,
      stream_id: "webhook_boiler",
      records_processed: 60,
      execution_id: expect.stringMatching(/^exec_/),
    });
    expect(body.confidence).toBeGreaterThan(0.8);
    expect(await ended(caller, body.execution_id)).toMatchObject({
      strategy_id: "auto_analysis",
      stream_id: "webhook_boiler",
    });
  });

  it("takes text of any format, whatever the format is called", async () => {
    const caller = await newCaller();
    const csv = pricesCsv();
    const texts = [csv, JSON.stringify(hourly(40)), "2025-01-15: Temperature 23.5°C, Humidity 65%"];
    for (const [i, data] of texts.entries())
      for (const format of ["json", "csv", "whatever"]) {
        const { status, body } = await received(caller, { data, source: `s${i}`, format });
        expect([status, body.processed], `${i} ${format}`).toEqual([200, true]);
      }
    expect((await received(caller, { data: { timestamp: "2025-01-01", v: 1 }, source: "one" })).status).toBe(
      200,
    );
  });

  it("says why no analysis was started, and keeps the data", async () => {
    const caller = await newTenant({ limits: { max_strategies_per_hour: 1 } });
    const why = async (data: unknown, source: string) => {
      const { body } = await received(caller, { data, source });
      expect(body).toMatchObject({ processed: true, execution_id: null });
      return (body.warnings as string[]).find((warning) => warning.startsWith("No analysis was started: "));
    };
    expect(await why(hourly(1), "short")).toMatch(/too short/);
    expect(await why("the pump sounded strange today", "vague")).toMatch(/confidence/);
    expect((await received(caller, { data: hourly(60), source: "first" })).body.execution_id).toMatch(
      /^exec_/,
    );
    expect(await why(hourly(60), "second")).toMatch(/an hour/);
    expect(await (await caller.call("GET", "/api/stream/webhook_second")).json()).toMatchObject({
      points: 60,
    });
  });

  it("analyses a stream once for each state of it", async () => {
    const caller = await newCaller();
    const send = async (data: unknown) =>
      (await received(caller, { data, source: "s", format: "json" })).body;
    const first = await send(hourly(60));
    expect((await send(hourly(60))).execution_id).toBe(first.execution_id);
    expect((await send(hourly(10, 60))).execution_id).not.toBe(first.execution_id);
  });

  it("answers the first answer again under one key", async () => {
    const caller = await newCaller();
    const key = { "idempotency-key": "hook-1" };
    const body = { data: hourly(60), source: "s", format: "json" };
    const first = await received(caller, body, key);
    const again = await received(caller, body, key);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect(again.body).toEqual(first.body);
    const other = await received(caller, { ...body, source: "t" }, key);
    expect([other.status, other.body.code]).toEqual([422, "idempotency_key_reused"]);
    expect((await env.UPLOADS.list({ prefix: caller.tenantId })).objects).toHaveLength(1);
  });

  it("queues with Prefer: respond-async, and the analysis is started when the job has ended", async () => {
    const caller = await newCaller();
    const { status, headers, body } = await received(
      caller,
      { data: hourly(60), source: "later", format: "json" },
      { prefer: "respond-async" },
    );
    expect([status, body.processed]).toEqual([202, false]);
    const job = await vi.waitFor(
      async () => {
        const found = await (await caller.call("GET", headers.get("location")!)).json();
        expect(found).toMatchObject({ status: "succeeded" });
        return found as { result: { execution_id: string } };
      },
      { timeout: 15_000, interval: 200 },
    );
    expect(await ended(caller, job.result.execution_id)).toMatchObject({ stream_id: "webhook_later" });
  });

  it("never believes a tenant named in a header, and takes nothing without a token", async () => {
    const [caller, victim] = [await newCaller(), await newCaller()];
    const body = { data: hourly(5), source: "mine", format: "json" };
    const { status } = await received(caller, body, { "x-tenant-id": victim.tenantId });
    expect(status).toBe(200);
    expect((await caller.call("GET", "/api/stream/webhook_mine")).status).toBe(200);
    expect((await victim.call("GET", "/api/stream/webhook_mine")).status).toBe(404);
    const stranger = await send(PATH, {
      method: "POST",
      headers: { "x-tenant-id": victim.tenantId, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    expect(stranger.status).toBe(401);
  });

  it("refuses what it cannot take, by name, and keeps nothing of it", async () => {
    const caller = await newCaller();
    const wrong: [unknown, string][] = [
      [{ source: "s", format: "json" }, "/data"],
      [{ data: "", source: "s" }, "/data"],
      [{ data: null, source: "s" }, "/data"],
      [{ data: 5, source: "s" }, "/data"],
      [{ data: "a", format: "json" }, "/source"],
      [{ data: "a", source: "../s" }, "/source"],
      [{ data: "a", source: "" }, "/source"],
      [{ data: "a", source: "x".repeat(121) }, "/source"],
    ];
    for (const [body, pointer] of wrong) {
      const answer = await received(caller, body);
      expect([answer.status, answer.body.code], JSON.stringify(body)).toEqual([422, "invalid_request"]);
      expect(answer.body.errors).toMatchObject([{ pointer }]);
    }
    const empty = await received(caller, { data: [], source: "s", format: "json" });
    expect(empty.status).toBe(422);
    expect((await env.UPLOADS.list({ prefix: caller.tenantId })).objects.length).toBeLessThanOrEqual(1);
  });
});
