import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { hubObject } from "../../src/platform/objects";
import { call, newTenant, problem, type TestTenant, tokensOf } from "../support/client";

interface Heard {
  type?: string;
  event?: string;
  seq?: number;
  id?: string;
  [key: string]: unknown;
}

/** A socket that remembers what it heard, and waits for the first message that fits. */
class Listener {
  readonly heard: Heard[] = [];
  closed: number | null = null;
  private waiting: (() => void)[] = [];

  constructor(readonly socket: WebSocket) {
    socket.addEventListener("message", ({ data }) => {
      this.heard.push(JSON.parse(data as string));
      for (const wake of this.waiting.splice(0)) wake();
    });
    socket.addEventListener("close", ({ code }) => {
      this.closed = code;
      for (const wake of this.waiting.splice(0)) wake();
    });
    socket.accept();
  }

  send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  async hear(fits: (message: Heard) => boolean): Promise<Heard> {
    for (;;) {
      const found = this.heard.find(fits);
      if (found) return found;
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  async close(): Promise<number> {
    while (this.closed === null) await new Promise<void>((resolve) => this.waiting.push(resolve));
    return this.closed;
  }
}

async function listen(tenant: TestTenant): Promise<Listener> {
  const response = await tenant.call("GET", "/api/ws", undefined, { upgrade: "websocket" });
  expect(response.status).toBe(101);
  const listener = new Listener(response.webSocket!);
  await listener.hear(({ type }) => type === "welcome");
  return listener;
}

const publish = (tenant: TestTenant, mark: number, event: object, source = "test") =>
  hubObject(env, tenant.tenantId).publish({
    tenantId: tenant.tenantId,
    source,
    events: [
      {
        mark,
        event: JSON.stringify({ event: "alert", id: `a${mark}`, ts: "2025-01-01T00:00:00.000Z", ...event }),
      },
    ],
  });

describe("the native WebSocket", () => {
  it("gives everything of the tenant without a subscription, in order of seq", async () => {
    const tenant = await newTenant();
    const listener = await listen(tenant);
    await publish(tenant, 1, { stream_id: "a" });
    await publish(tenant, 2, { stream_id: "b" });
    expect((await listener.hear(({ id }) => id === "a2")).seq).toBe(2);
    expect(listener.heard.filter(({ event }) => event === "alert").map(({ seq }) => seq)).toEqual([1, 2]);
  });

  it("gives what was subscribed to, also after the object was evicted", async () => {
    const tenant = await newTenant();
    const listener = await listen(tenant);
    listener.send({ type: "subscribe", streams: ["mine"], levels: ["CRITICAL"] });
    await listener.hear(({ type }) => type === "subscribed");
    await evictDurableObject(hubObject(env, tenant.tenantId));
    await publish(tenant, 1, { stream_id: "other", level: "CRITICAL" });
    await publish(tenant, 2, { stream_id: "mine", level: "INFO" });
    await publish(tenant, 3, { stream_id: "mine", level: "CRITICAL" });
    await listener.hear(({ id }) => id === "a3");
    expect(listener.heard.filter(({ event }) => event === "alert").map(({ id }) => id)).toEqual(["a3"]);
  });

  it("replays what came after `since`, and says what is no longer kept", async () => {
    const tenant = await newTenant();
    for (let mark = 1; mark <= 3; mark++) await publish(tenant, mark, { stream_id: "s" });
    const listener = await listen(tenant);
    listener.send({ type: "subscribe", since: 1 });
    await listener.hear(({ id }) => id === "a3");
    expect(listener.heard.filter(({ event }) => event === "alert").map(({ seq }) => seq)).toEqual([2, 3]);
  });

  it("keeps and spreads each mark of a source once", async () => {
    const tenant = await newTenant();
    const listener = await listen(tenant);
    await publish(tenant, 1, { stream_id: "s" });
    await publish(tenant, 1, { stream_id: "s" });
    await publish(tenant, 1, { stream_id: "s" }, "another source");
    await publish(tenant, 2, { stream_id: "s" });
    await listener.hear(({ id }) => id === "a2");
    expect(listener.heard.filter(({ event }) => event === "alert").map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });

  it("tells another tenant nothing", async () => {
    const [one, other] = [await newTenant(), await newTenant()];
    const listener = await listen(other);
    await publish(one, 1, { stream_id: "s" });
    await publish(other, 1, { stream_id: "own" });
    await listener.hear(({ stream_id }) => stream_id === "own");
    expect(listener.heard.some(({ stream_id }) => stream_id === "s")).toBe(false);
  });

  it("takes the token as a subprotocol and as a ticket of one use", async () => {
    const tenant = await newTenant();
    const offered = await call("/api/ws", {
      headers: { upgrade: "websocket", "sec-websocket-protocol": `stratosmesh.v1, bearer.${tenant.token}` },
    });
    expect(offered.status).toBe(101);
    expect(offered.headers.get("sec-websocket-protocol")).toBe("stratosmesh.v1");
    const { ticket } = (await (await tenant.call("POST", "/api/ws/ticket")).json()) as { ticket: string };
    const redeem = () => call(`/api/ws?ticket=${ticket}`, { headers: { upgrade: "websocket" } });
    expect((await redeem()).status).toBe(101);
    expect((await redeem()).status).toBe(401);
  });

  it("answers a request without an upgrade with 426", async () => {
    const tenant = await newTenant();
    expect(await problem(await tenant.call("GET", "/api/ws"))).toMatchObject({
      status: 426,
      code: "upgrade_required",
    });
  });

  it("answers a message it does not know with an error, and stays open", async () => {
    const listener = await listen(await newTenant());
    listener.socket.send("not json");
    expect(await listener.hear(({ type }) => type === "error")).toMatchObject({ code: "invalid_message" });
    listener.send({ type: "subscribe", streams: Array.from({ length: 51 }, (_, i) => `s${i}`) });
    listener.send({ type: "subscribe" });
    await listener.hear(({ type }) => type === "subscribed");
  });

  it("warns before a token ends, can be renewed in place, and closes with 4401 at its end", async () => {
    const tenant = await newTenant();
    const hub = hubObject(env, tenant.tenantId);
    const expireIn = (ms: number) =>
      runInDurableObject(hub, (_, state) => {
        for (const socket of state.getWebSockets()) {
          socket.serializeAttachment({ ...socket.deserializeAttachment(), expiresMs: Date.now() + ms });
        }
      });
    const listener = await listen(tenant);
    await expireIn(30_000);
    await runDurableObjectAlarm(hub);
    await listener.hear(({ type }) => type === "token_expiring");
    listener.send({ type: "renew", token: (await newTenant()).token });
    expect(await listener.hear(({ type }) => type === "error")).toMatchObject({ code: "unauthorized" });
    listener.send({ type: "renew", token: tenant.token });
    await listener.hear(({ type }) => type === "renewed");
    await expireIn(-1);
    await runDurableObjectAlarm(hub);
    expect(await listener.close()).toBe(4401);
  });

  it("carries an alert from a reading that breaks its band, within the same second's work", async () => {
    const tenant = await newTenant();
    const listener = await listen(tenant);
    const start = Date.UTC(2025, 0, 1);
    const payload = Array.from({ length: 200 }, (_, i) => ({
      timestamp: start + i * 60_000,
      temperature: 20 + Math.sin(i) / 5,
    }));
    await tenant.call("POST", "/api/stream", { stream_id: "boiler", payload });
    await tenant.call("POST", "/api/stream", {
      stream_id: "boiler",
      payload: { timestamp: start + 200 * 60_000, temperature: 95 },
    });
    const alert = await listener.hear(({ event }) => event === "alert");
    expect(alert).toMatchObject({
      stream_id: "boiler",
      level: "CRITICAL",
      seq: 1,
      context: { field: "temperature", value: 95, kind: "spike" },
    });
    const events = (await (await tenant.call("GET", "/api/events")).json()) as {
      events: Heard[];
      next_since: number;
    };
    expect(events).toMatchObject({ events: [{ id: alert.id }], next_since: 1 });
  });
});

describe("the hub", () => {
  const event = (id: string) => JSON.stringify({ event: "alert", id, ts: "2025-01-01T00:00:00.000Z" });

  it("keeps a mark once within one call too, and in the order of the marks", async () => {
    const tenant = await newTenant();
    const hub = hubObject(env, tenant.tenantId);
    const events = [2, 1, 2].map((mark) => ({ mark, event: event(`m${mark}`) }));
    await hub.publish({ tenantId: tenant.tenantId, source: "s", events });
    const page = await hub.since(0, 10);
    expect(page.events.map(({ event: text }) => JSON.parse(text).id)).toEqual(["m1", "m2"]);
  });

  it("gives pages that fit a message, however large the events", async () => {
    const tenant = await newTenant();
    const hub = hubObject(env, tenant.tenantId);
    const large = JSON.stringify({
      event: "alert",
      id: "x",
      ts: "2025-01-01T00:00:00.000Z",
      data: "x".repeat(100_000),
    });
    for (let mark = 1; mark <= 50; mark++) {
      await hub.publish({ tenantId: tenant.tenantId, source: "s", events: [{ mark, event: large }] });
    }
    const page = await hub.since(0, 1_000);
    expect(page.events.length).toBeGreaterThan(1);
    expect(page.events.length).toBeLessThan(50);
    const rest = await hub.since(page.events.at(-1)!.seq, 1_000);
    expect(page.events.length + rest.events.length).toBe(50);
  });

  it("goes on counting after an erasure, and closes the sockets of what was erased", async () => {
    const tenant = await newTenant();
    const listener = await listen(tenant);
    await publish(tenant, 1, { stream_id: "s" });
    expect(
      (await tenant.call("DELETE", `/api/tenant/${tenant.tenantId}/data?confirm=${tenant.tenantId}`)).status,
    ).toBe(200);
    expect(await listener.close()).toBe(4410);
    const again = await listen(tenant);
    expect(again.heard[0]).toMatchObject({ type: "welcome", seq: 1 });
  });

  it("is not woken by a forged ticket", async () => {
    const forged = `smt_${crypto.randomUUID()}.${"a".repeat(64)}.${"b".repeat(64)}`;
    const answer = await call(`/api/ws?ticket=${forged}`, { headers: { upgrade: "websocket" } });
    expect(answer.status).toBe(401);
  });

  it("does not renew a connection with a token that may not read streams", async () => {
    const tenant = await newTenant();
    const listener = await listen(tenant);
    listener.send({ type: "renew", token: (await tokensOf(tenant, ["notify:send"])).access_token });
    expect(await listener.hear(({ type }) => type === "error")).toMatchObject({ code: "unauthorized" });
  });
});
