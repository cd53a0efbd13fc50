import { abortAllDurableObjects, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { Engine } from "../../durable-objects/stream/engine/engine";
import { streamObject } from "../../src/platform/objects";
import { alertOf, alertsOf, at, calm, row, send, settled } from "../durable-objects/detection/stream-alerts";
import { newTenant, problem, type TestTenant } from "../support/client";

/** A stream with an alert at a reading that is far from the others. */
async function withAlert() {
  const tenant = await newTenant();
  await send(tenant, "s", [...Array.from({ length: 200 }, (_, second) => row(second)), row(200, 60)]);
  return { tenant, alert: await alertOf(tenant, "s") };
}

const give = (tenant: TestTenant, body: object, stream = "s") =>
  tenant.call("POST", `/api/stream/${stream}/feedback`, body);

/** Another such reading long after the quiet time of the first: whether it is told. */
async function isToldAgain(tenant: TestTenant): Promise<boolean> {
  const quiet = Array.from({ length: 250 }, (_, i) => row(201 + i));
  await send(tenant, "s", [...quiet, row(451, calm(451) + 38)]);
  await settled(tenant, "s");
  return (await alertsOf(tenant, "s")).some(({ context }) => context.timestamp === at(451));
}

describe("feedback on an alert", () => {
  it("that was expected keeps the like from being told again, also after evictions", async () => {
    const { tenant, alert } = await withAlert();
    const given = await give(tenant, { alert_id: alert.id, expected: true, comment: "Cleaning" });
    const answer = { stream_id: "s", alert_id: alert.id, expected: true, comment: "Cleaning", series: 1 };
    expect([given.status, await given.json()]).toEqual([200, answer]);
    await abortAllDurableObjects();
    expect(await (await give(tenant, { alert_id: alert.id, expected: true })).json()).toEqual(answer);
    await evictDurableObject(streamObject(env, tenant.tenantId, "s"));
    expect(await isToldAgain(tenant)).toBe(false);
  });

  it("that was an anomaly leaves the detector as it was", async () => {
    const { tenant, alert } = await withAlert();
    const { field, tags, timestamp } = alert.context;
    const given = await give(tenant, { field, tags, timestamp, expected: false });
    expect(await given.json()).toMatchObject({ alert_id: alert.id, expected: false, comment: null });
    expect(await isToldAgain(tenant)).toBe(true);
  });

  it("is in the stream's audit, once for what was said once", async () => {
    const { tenant, alert } = await withAlert();
    for (const expected of [true, true, false, true]) await give(tenant, { alert_id: alert.id, expected });
    const audit = await runInDurableObject(streamObject(env, tenant.tenantId, "s"), (_, { storage }) => {
      const { audit } = storage.transactionSync(() => new Engine(storage.sql));
      return { entries: audit.entries(0, 100), isValid: audit.verify().valid };
    });
    const said = audit.entries.filter(({ kind }) => kind === "feedback");
    expect(said.map(({ counts }) => counts)).toEqual(
      [true, false, true].map((expected) => ({ alert_id: alert.id, expected })),
    );
    expect(said.every(({ clientId }) => clientId === tenant.clientId)).toBe(true);
    expect(audit.isValid).toBe(true);
  });

  it("of no such alert, and one that cannot be read, is refused", async () => {
    const { tenant } = await withAlert();
    const unknown = [
      { alert_id: "alert_none", expected: true },
      { timestamp: at(199), field: "v", expected: true },
      { timestamp: at(200), field: "w", expected: true },
    ];
    for (const body of unknown)
      expect(await problem(await give(tenant, body))).toMatchObject({ status: 404, code: "alert_not_found" });
    expect(await problem(await give(tenant, unknown[0]!, "none"))).toMatchObject({
      code: "stream_not_found",
    });
    const wrong = [
      {},
      { alert_id: "a" },
      { expected: true },
      { alert_id: "a", timestamp: at(1), field: "v", expected: true },
      { timestamp: "soon", field: "v", expected: true },
      { field: "v", expected: true },
      { alert_id: "a", expected: true, comment: "x".repeat(1_001) },
      { alert_id: "a", expected: true, reason: "x" },
    ];
    for (const body of wrong)
      expect(await problem(await give(tenant, body))).toMatchObject({ status: 422, code: "invalid_request" });
    const reader = await newTenant({}, ["stream:read"]);
    expect((await give(reader, unknown[0]!)).status).toBe(403);
  });

  it("goes with the stream", async () => {
    const { tenant, alert } = await withAlert();
    await tenant.call("DELETE", "/api/stream/s");
    await send(tenant, "s", [row(0)]);
    expect(await problem(await give(tenant, { alert_id: alert.id, expected: true }))).toMatchObject({
      code: "alert_not_found",
    });
  });
});
