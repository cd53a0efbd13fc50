import { abortAllDurableObjects, evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { streamObject } from "../../../src/platform/objects";
import { newTenant } from "../../support/client";
import { alertOf, alertsOf, at, calm, detectionOf, row, send, settled } from "./stream-alerts";

describe("alerts of a stream", () => {
  it("are the same whether its object is evicted and killed in the middle or not", async () => {
    const tenant = await newTenant();
    const rows = Array.from({ length: 400 }, (_, second) =>
      row(second, calm(second) + (second === 150 || second === 330 ? 40 : 0)),
    );
    for (let from = 0; from < rows.length; from += 25) {
      const part = rows.slice(from, from + 25);
      await send(tenant, "calm", part);
      await send(tenant, "troubled", part);
      if (from % 150 === 50) await evictDurableObject(streamObject(env, tenant.tenantId, "troubled"));
      // Nothing was waited for: readings may not have been judged yet.
      if (from === 150 || from === 325) await abortAllDurableObjects();
    }
    for (const stream of ["calm", "troubled"]) {
      await settled(tenant, stream);
      // Hubs were killed too: what they had not taken is sent again.
      await alertOf(tenant, stream, 1);
    }
    const [calmly, troubled] = await Promise.all(
      ["calm", "troubled"].map(async (stream) =>
        (await alertsOf(tenant, stream)).map(({ context: { stream_id, ...context }, level }) => ({
          ...context,
          level,
        })),
      ),
    );
    expect(calmly).toMatchObject([{ timestamp: at(150) }, { timestamp: at(330) }]);
    expect(troubled).toEqual(calmly);
  });

  it("come by the alarm where an eviction came between the readings and their judgement", async () => {
    const tenant = await newTenant();
    await send(
      tenant,
      "s",
      Array.from({ length: 100 }, (_, second) => row(second)),
    );
    await settled(tenant, "s");
    await send(tenant, "s", [row(100, 90)]);
    await abortAllDurableObjects();
    // Nothing but the alarm wakes it.
    await runDurableObjectAlarm(streamObject(env, tenant.tenantId, "s"));
    expect((await alertOf(tenant, "s")).context).toMatchObject({
      kind: "spike",
      value: 90,
      timestamp: at(100),
    });
    await runDurableObjectAlarm(streamObject(env, tenant.tenantId, "s"));
    expect(await alertsOf(tenant, "s")).toHaveLength(1);
  });

  it("tell of a silence while it lasts, once", async () => {
    const tenant = await newTenant();
    const stream = streamObject(env, tenant.tenantId, "s");
    // Fifty readings a second of a clock that is ahead, in writes of eight: half a second is a silence.
    const from = Date.now() + 20_000;
    const reading = (i: number) => ({ timestamp: from + i * 20, fields: { v: calm(i) } });
    for (let i = 0; i < 14 * 8; i += 8)
      await send(
        tenant,
        "s",
        Array.from({ length: 8 }, (_, k) => reading(i + k)),
      );
    await settled(tenant, "s");
    expect(await alertsOf(tenant, "s")).toEqual([]);
    await evictDurableObject(stream);
    const told = async () => {
      await runDurableObjectAlarm(stream);
      return (await alertsOf(tenant, "s")).length;
    };
    await expect.poll(told, { timeout: 15_000, interval: 500 }).toBe(1);
    expect(await alertOf(tenant, "s")).toMatchObject({ context: { kind: "gap", field: "v" } });
    await evictDurableObject(stream);
    await runDurableObjectAlarm(stream);
    await send(tenant, "s", [reading(1_000)]);
    await settled(tenant, "s");
    expect(await alertsOf(tenant, "s")).toHaveLength(1);
  });

  it("are not raised at a file of history, from which the next readings are judged", async () => {
    const tenant = await newTenant();
    const lines = Array.from({ length: 200 }, (_, i) => `${at(i)},${i === 120 ? 90 : calm(i).toFixed(3)}`);
    const raw_text = ["timestamp,v", ...lines].join("\n");
    const processed = await tenant.call("POST", "/api/llm/process", { raw_text, stream_id: "s" });
    expect(processed.status, await processed.clone().text()).toBe(200);
    expect(await detectionOf(tenant, "s")).toMatchObject({ full: 1, warming_up: 0 });
    await send(tenant, "s", [row(200, 90)]);
    expect((await alertOf(tenant, "s")).context).toMatchObject({ value: 90, timestamp: at(200) });
    expect(await alertsOf(tenant, "s")).toHaveLength(1);
  });

  it("are one where many series of a stream are unusual at once", async () => {
    const tenant = await newTenant();
    const sensors = Array.from({ length: 30 }, (_, i) => ({ sensor: `s${i}` }));
    const all = (second: number, by = 0) =>
      sensors.map((tags, i) => row(second, calm(second + i * 1_000) + by, tags));
    await send(tenant, "s", Array.from({ length: 100 }, (_, second) => all(second)).flat());
    await send(tenant, "s", all(100, -60));
    const alert = await alertOf(tenant, "s");
    await settled(tenant, "s");
    expect(await alertsOf(tenant, "s")).toHaveLength(1);
    expect(alert.context).toMatchObject({ series_count: 30, kind: "dip", timestamp: at(100) });
    expect(alert.context.series).toHaveLength(20);
    expect(new Set(alert.context.series!.map(({ tags }) => tags.sensor)).size).toBe(20);
    expect(alert.message).toMatch(/^30 series of s at once; the most unusual, v of s: .+ is a dip/);
  });
});

describe("a stream's detection", () => {
  it("says openly which series are not judged yet, and can be switched off and on again", async () => {
    const tenant = await newTenant();
    const first = Array.from({ length: 100 }, (_, second) => row(second));
    await send(tenant, "s", [...first, row(0, 1, { other: "one" })]);
    const detection = await detectionOf(tenant, "s");
    expect(detection).toMatchObject({ enabled: true, full: 2, compact: 0, warming_up: 1 });
    // Of the one that is judged, each second: 604,800 readings, one in 2,230 of which passes the level.
    expect(detection.expected_false_alarms_per_week).toBeGreaterThan(200);
    expect(detection.expected_false_alarms_per_week).toBeLessThan(272);
    const off = await tenant.call("PATCH", "/api/stream/s", { detection: { enabled: false } });
    const nothing = { enabled: false, full: 0, compact: 0, warming_up: 0, expected_false_alarms_per_week: 0 };
    expect(await off.json()).toMatchObject({ detection: nothing });
    await send(tenant, "s", [row(100, 90)]);
    await abortAllDurableObjects();
    await send(tenant, "s", [row(101, 90)]);
    expect(await detectionOf(tenant, "s")).toEqual(nothing);
    await tenant.call("PATCH", "/api/stream/s", { detection: { enabled: true } });
    await send(
      tenant,
      "s",
      Array.from({ length: 59 }, (_, i) => row(102 + i)),
    );
    expect(await detectionOf(tenant, "s")).toEqual({
      enabled: true,
      full: 1,
      compact: 0,
      warming_up: 1,
      expected_false_alarms_per_week: 0,
    });
    expect(await alertsOf(tenant, "s")).toEqual([]);
    await send(
      tenant,
      "s",
      Array.from({ length: 20 }, (_, i) => row(161 + i)),
    );
    await send(tenant, "s", [row(181, 90)]);
    expect((await alertOf(tenant, "s")).context).toMatchObject({ value: 90, timestamp: at(181) });
    const wrong = await tenant.call("PATCH", "/api/stream/s", { detection: { enabled: "no" } });
    expect(wrong.status).toBe(422);
  });

  it("is that of the whole stream, also where it is split later", async () => {
    const tenant = await newTenant();
    await send(tenant, "s", [row(0)]);
    await tenant.call("PATCH", "/api/stream/s", { detection: { enabled: false } });
    await tenant.call("PATCH", "/api/stream/s", { shards: 3 });
    const tags = Array.from({ length: 12 }, (_, i) => ({ host: `h${i}` }));
    await send(
      tenant,
      "s",
      tags.map((one) => row(1, 1, one)),
    );
    expect(await detectionOf(tenant, "s")).toEqual({
      enabled: false,
      full: 0,
      compact: 0,
      warming_up: 0,
      expected_false_alarms_per_week: 0,
    });
    await tenant.call("PATCH", "/api/stream/s", { detection: { enabled: true } });
    await send(
      tenant,
      "s",
      tags.map((one) => row(2, 1, one)),
    );
    expect(await detectionOf(tenant, "s")).toEqual({
      enabled: true,
      full: 12,
      compact: 0,
      warming_up: 12,
      expected_false_alarms_per_week: 0,
    });
  });
});
