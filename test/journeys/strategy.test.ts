import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { newCaller, pricesCsv } from "./support-process";

type Json = Record<string, unknown>;
const json = async (response: Response) => (await response.json()) as Json;

async function withPrices(allowed?: string[]) {
  const caller = await newCaller(allowed);
  await caller.form({ stream_id: "stock" }, { name: "a.csv", text: pricesCsv() });
  return caller;
}

describe("POST /api/strategy", () => {
  it("predicts on the stream last written to and its price, and keeps the execution", async () => {
    const caller = await withPrices();
    const body = { strategy_id: "arima_prediction", config: { p: 2, d: 1, q: 2, steps: 5 } };
    const answer = await caller.call("POST", "/api/strategy", body);
    const made = await json(answer);
    expect(answer.status, JSON.stringify(made)).toBe(200);
    expect(made).toMatchObject({
      status: "succeeded",
      resolved: { stream_id: "stock", field: "price", rows: 120 },
      result: { type: "PREDICTION" },
    });
    const path = `/api/strategy/${made.execution_id}`;
    expect(await json(await caller.call("GET", path))).toEqual(made);
    expect((await (await newCaller()).call("GET", path)).status).toBe(404);
    const list = await json(await caller.call("GET", "/api/strategy?stream_id=stock"));
    expect(list.executions).toHaveLength(1);
  });

  it("queues with Prefer: respond-async, and a message delivered again changes nothing", async () => {
    const caller = await withPrices();
    const body = { strategy_id: "moving_average", config: { period: 20 } };
    const answer = await caller.call("POST", "/api/strategy", body, { prefer: "respond-async" });
    expect(answer.status).toBe(202);
    const path = answer.headers.get("location")!;
    const poll = async () => json(await caller.call("GET", path));
    await vi.waitFor(async () => expect(await poll()).toMatchObject({ status: "succeeded" }), {
      timeout: 15_000,
      interval: 200,
    });
    const before = await poll();
    await env.ANALYZE.send({ kind: "work", tenant_id: caller.tenantId, turn: 1 });
    await scheduler.wait(500);
    expect(await poll()).toEqual(before);
  });

  it("analyses every field named, and takes inline data", async () => {
    const caller = await withPrices();
    const body = {
      strategy_id: "anomaly_detection",
      config: { threshold: 2.5, alert_level: "CRITICAL", fields: ["price", "volume"] },
    };
    expect((await json(await caller.call("POST", "/api/strategy", body))).series).toHaveLength(2);
    const data = Array.from({ length: 40 }, (_, i) => i);
    const inline = await json(
      await caller.call("POST", "/api/strategy", { strategy_id: "moving_average", config: {}, data }),
    );
    expect(inline).toMatchObject({ stream_id: null, resolved: { rows: 40 } });
  });

  it("always runs auto_analysis, which runs what else is allowed and says what is not", async () => {
    const caller = await withPrices(["moving_average"]);
    const body = { strategy_id: "auto_analysis", config: { quick: true } };
    expect(await json(await caller.call("POST", "/api/strategy", body))).toMatchObject({
      result: {
        data: {
          analyses: [
            { strategy_id: "moving_average", ran: true },
            { strategy_id: "anomaly_detection", ran: false, reason: expect.stringContaining("not among") },
          ],
        },
      },
    });
  });

  it("answers what it will not do by its code", async () => {
    const caller = await withPrices(["moving_average"]);
    const run = async (body: Json) => json(await caller.call("POST", "/api/strategy", body));
    expect(await run({ strategy_id: "arima_prediction" })).toMatchObject({
      status: 403,
      code: "strategy_not_allowed",
    });
    expect(await run({ strategy_id: "nope" })).toMatchObject({ status: 404, code: "strategy_not_found" });
    expect(await run({ strategy_id: "moving_average", config: { periood: 3 } })).toMatchObject({
      status: 422,
    });
    expect(await run({ strategy_id: "moving_average", stream_id: "none" })).toMatchObject({
      code: "stream_not_found",
    });
    expect(await run({ strategy_id: "moving_average", field: "none" })).toMatchObject({
      code: "field_not_found",
    });
    expect(await run({ strategy_id: "moving_average", config: { period: 500 } })).toMatchObject({
      status: 422,
      code: "not_enough_data",
      required: 501,
      available: 120,
    });
    const failed = await json(await caller.call("GET", "/api/strategy?status=failed"));
    expect(failed.executions).toMatchObject([{ error: { code: "not_enough_data" } }]);
  });
});
