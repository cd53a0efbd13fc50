import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { streamObject } from "../../src/platform/objects";
import { LIVE_LIMITS } from "../../src/streams/live/limits";
import { call, newTenant, problem, type TestTenant, tokensOf } from "../support/client";

interface Heard {
  type: string;
  seq?: number;
  points?: { timestamp: string; fields: Record<string, number>; tags: Record<string, string> }[];
  [key: string]: unknown;
}

/** A live socket that remembers what it heard, and waits for the first message that fits. */
class Listener {
  readonly heard: Heard[] = [];
  closed: number | null = null;
  private waiting: (() => void)[] = [];

  constructor(readonly socket: WebSocket) {
    socket.addEventListener("message", ({ data }) => {
      this.heard.push(JSON.parse(data as string));
      this.wake();
    });
    socket.addEventListener("close", ({ code }) => {
      this.closed = code;
      this.wake();
    });
    socket.accept();
  }

  send(message: unknown): void {
    this.socket.send(JSON.stringify(message));
  }

  async hear(fits: (message: Heard) => boolean): Promise<Heard> {
    for (;;) {
      const found = this.heard.find(fits);
      if (found) return found;
      await this.more();
    }
  }

  /** The values of the field, once there are `n` of them. */
  async values(field: string, n: number): Promise<number[]> {
    for (;;) {
      const values = this.heard.flatMap(({ points = [] }) => points.map(({ fields }) => fields[field]!));
      if (values.length >= n) return values;
      await this.more();
    }
  }

  async close(): Promise<number> {
    while (this.closed === null) await this.more();
    return this.closed;
  }

  private more = () => new Promise<void>((resolve) => this.waiting.push(resolve));

  private wake(): void {
    for (const wake of this.waiting.splice(0)) wake();
  }
}

const START = Date.UTC(2025, 0, 1);
const at = (i: number) => new Date(START + i * 60_000).toISOString();
const write = (tenant: TestTenant, id: string, payload: object) =>
  tenant.call("POST", "/api/stream", { stream_id: id, payload });

async function withStream(id = "s", body?: Record<string, unknown>): Promise<TestTenant> {
  const tenant = await newTenant(body);
  expect((await write(tenant, id, { timestamp: at(0), v: 0 })).status).toBe(202);
  return tenant;
}

async function follow(
  tenant: TestTenant,
  path = "/api/stream/s/live",
  headers: Record<string, string> = {},
): Promise<Listener> {
  const response = await tenant.call("GET", path, undefined, { upgrade: "websocket", ...headers });
  expect(response.status).toBe(101);
  const listener = new Listener(response.webSocket!);
  await listener.hear(({ type }) => type === "hello");
  return listener;
}

describe("a live socket", () => {
  it("says hello, and gives points as they are written", async () => {
    const tenant = await withStream();
    const listener = await follow(tenant);
    expect(listener.heard[0]).toMatchObject({ stream_id: "s", seq: 0, can_write: true, fields: null });
    await write(tenant, "s", [{ timestamp: at(1), v: 1, room: "a" }]);
    expect((await listener.hear(({ type }) => type === "points")).points).toEqual([
      { timestamp: at(1), fields: { v: 1 }, tags: { room: "a" } },
    ]);
  });

  it("gives what its filter shows, also after the object was evicted", async () => {
    const tenant = await withStream();
    const listener = await follow(tenant, "/api/stream/s/live?field=v&tag.room=a");
    await evictDurableObject(streamObject(env, tenant.tenantId, "s"));
    await write(tenant, "s", [
      { timestamp: at(1), v: 1, w: 5, room: "b" },
      { timestamp: at(2), v: 2, w: 5, room: "a" },
    ]);
    expect((await listener.hear(({ type }) => type === "points")).points).toEqual([
      { timestamp: at(2), fields: { v: 2 }, tags: { room: "a" } },
    ]);
  });

  it("gives and takes the points of all shards of a stream that was split", async () => {
    const tenant = await withStream();
    expect((await tenant.call("PATCH", "/api/stream/s", { shards: 3 })).status).toBe(200);
    const listener = await follow(tenant);
    const rooms = Array.from({ length: 12 }, (_, v) => ({ timestamp: at(1), v, room: `r${v}` }));
    await write(tenant, "s", rooms);
    expect((await listener.values("v", 12)).toSorted((a, b) => a - b)).toEqual(rooms.map(({ v }) => v));
    const sent = rooms.map((row) => ({ ...row, v: row.v + 100 }));
    listener.send({ type: "points", id: 7, points: sent });
    expect(await listener.hear(({ type }) => type === "ack")).toMatchObject({ accepted: 0, updated: 12 });
    const stored = await (await tenant.call("GET", "/api/stream/s")).json();
    expect(stored).toMatchObject({ shards: 3, points: 13 });
  });

  it("goes on counting its messages after the object was evicted", async () => {
    const tenant = await withStream();
    const listener = await follow(tenant);
    await write(tenant, "s", { timestamp: at(1), v: 1 });
    await listener.values("v", 1);
    // What is kept is written when a slot has passed in which nothing was due.
    await new Promise((resolve) => setTimeout(resolve, 4 * LIVE_LIMITS.slotMs));
    await evictDurableObject(streamObject(env, tenant.tenantId, "s"));
    listener.send({ type: "ack", seq: 2 });
    await listener.hear(({ type }) => type === "error");
    listener.send({ type: "points", points: [{ timestamp: at(2), v: 2 }] });
    expect(await listener.values("v", 2)).toEqual([1, 2]);
    const numbered = listener.heard.filter(({ type }) => type === "points");
    expect(numbered.map(({ seq }) => seq)).toEqual([1, 2]);
  });

  it("tells what was missed before the object was evicted", async () => {
    const tenant = await withStream();
    const stream = streamObject(env, tenant.tenantId, "s");
    const listener = await follow(tenant);
    const micros = START * 1_000;
    await runInDurableObject(stream, (_, state) => {
      for (const socket of state.getWebSockets("live")) {
        const gap = { fromMicros: micros, toMicros: micros + 1, rows: 2, alerts: 1 };
        socket.serializeAttachment({ ...socket.deserializeAttachment(), gap });
      }
    });
    await evictDurableObject(stream);
    await tenant.call("GET", "/api/stream/s");
    expect(await listener.hear(({ type }) => type === "gap")).toEqual({
      type: "gap",
      seq: 1,
      from: at(0),
      to: "2025-01-01T00:00:00.000001Z",
      dropped: 2,
      alerts: 1,
    });
  });

  it("gives an alert of its stream", async () => {
    const tenant = await withStream();
    const listener = await follow(tenant);
    const payload = Array.from({ length: 200 }, (_, i) => ({
      timestamp: at(i),
      temperature: 20 + Math.sin(i) / 5,
    }));
    await write(tenant, "s", payload);
    await write(tenant, "s", { timestamp: at(200), temperature: 95 });
    expect(await listener.hear(({ type }) => type === "alert")).toMatchObject({
      event: "alert",
      stream_id: "s",
      level: "CRITICAL",
      context: { field: "temperature", value: 95 },
    });
  });

  it("takes the token as a subprotocol and as a ticket of one use", async () => {
    const tenant = await withStream();
    const offered = await call("/api/stream/s/live", {
      headers: { upgrade: "websocket", "sec-websocket-protocol": `stratosmesh.v1, bearer.${tenant.token}` },
    });
    expect(offered.status).toBe(101);
    expect(offered.headers.get("sec-websocket-protocol")).toBe("stratosmesh.v1");
    const { ticket } = (await (await tenant.call("POST", "/api/ws/ticket")).json()) as { ticket: string };
    const redeem = () =>
      call(`/api/stream/s/live?ticket=${ticket}&field=v`, { headers: { upgrade: "websocket" } });
    expect((await redeem()).status).toBe(101);
    expect((await redeem()).status).toBe(401);
  });

  it("is refused without an upgrade, of no stream, of another tenant's, and with a filter that is too long", async () => {
    const tenant = await withStream();
    const upgrade = { upgrade: "websocket" };
    expect(await problem(await tenant.call("GET", "/api/stream/s/live"))).toMatchObject({
      status: 426,
      code: "upgrade_required",
    });
    const none = await tenant.call("GET", "/api/stream/none/live", undefined, upgrade);
    expect(await problem(none)).toMatchObject({ status: 404, code: "stream_not_found" });
    const foreign = await (await newTenant()).call("GET", "/api/stream/s/live", undefined, upgrade);
    expect(await problem(foreign)).toMatchObject({ status: 404, code: "stream_not_found" });
    const long = `/api/stream/s/live?field=${"x".repeat(LIVE_LIMITS.filterChars)}`;
    expect(await problem(await tenant.call("GET", long, undefined, upgrade))).toMatchObject({ status: 422 });
  });

  it("warns before a token ends, can be renewed in place, and closes with 4401 at its end", async () => {
    const tenant = await withStream();
    const stream = streamObject(env, tenant.tenantId, "s");
    const expireIn = (ms: number) =>
      runInDurableObject(stream, async (_, state) => {
        for (const socket of state.getWebSockets("live"))
          socket.serializeAttachment({ ...socket.deserializeAttachment(), expiresMs: Date.now() + ms });
        await state.storage.setAlarm(Date.now());
      });
    const listener = await follow(tenant);
    await expireIn(30_000);
    await runDurableObjectAlarm(stream);
    await listener.hear(({ type }) => type === "token_expiring");
    listener.send({ type: "renew", token: (await newTenant()).token });
    expect(await listener.hear(({ type }) => type === "error")).toMatchObject({ code: "unauthorized" });
    listener.send({ type: "renew", token: tenant.token });
    await listener.hear(({ type }) => type === "renewed");
    await expireIn(-1);
    await runDurableObjectAlarm(stream);
    expect(await listener.close()).toBe(4401);
  });

  it("is closed with 4410 when its stream is deleted", async () => {
    const tenant = await withStream();
    const listener = await follow(tenant);
    expect((await tenant.call("DELETE", "/api/stream/s")).status).toBe(200);
    expect(await listener.close()).toBe(4410);
  });
});

describe("readings through a live socket", () => {
  it("are stored, acknowledged under their id, and given to the others", async () => {
    const tenant = await withStream();
    const [sender, other] = [await follow(tenant), await follow(tenant)];
    sender.send({ type: "points", id: "m1", points: [{ timestamp: at(1), v: 1 }, 42] });
    expect(await sender.hear(({ type }) => type === "ack")).toEqual({
      type: "ack",
      id: "m1",
      accepted: 1,
      updated: 0,
      duplicates: 0,
      rejected: 1,
      errors: [{ row: 2, reason: "the row is not an object" }],
    });
    expect(await other.values("v", 1)).toEqual([1]);
    const data = (await (await tenant.call("GET", "/api/stream/s/data")).json()) as { points: object[] };
    expect(data.points).toHaveLength(2);
  });

  it("need the scope stream:write", async () => {
    const tenant = await withStream();
    const { access_token } = await tokensOf(tenant, ["stream:read"]);
    const listener = await follow(tenant, "/api/stream/s/live", { authorization: `Bearer ${access_token}` });
    expect(listener.heard[0]).toMatchObject({ can_write: false });
    listener.send({ type: "points", id: 7, points: [{ v: 1 }] });
    expect(await listener.hear(({ type }) => type === "error")).toMatchObject({
      id: 7,
      code: "insufficient_scope",
    });
  });

  it("take one request of the rate policy a message, and say when to try again", async () => {
    const tenant = await withStream("s", { limits: { rate_limit_per_minute: 8 } });
    const listener = await follow(tenant);
    for (let i = 1; i <= 8; i++)
      listener.send({ type: "points", id: i, points: [{ timestamp: at(i), v: i }] });
    const refused = await listener.hear(({ type }) => type === "error");
    expect(refused).toMatchObject({ code: "rate_limited" });
    expect(refused.retryAfter).toBeGreaterThan(0);
  });

  it("that cannot be read are answered, and only many of them in a row close the socket", async () => {
    const tenant = await withStream();
    const listener = await follow(tenant);
    listener.socket.send("not json");
    expect(await listener.hear(({ type }) => type === "error")).toMatchObject({ code: "invalid_json" });
    const most = LIVE_LIMITS.refusals.most / LIVE_LIMITS.refusals.fault;
    for (let i = 1; i < most; i++) listener.socket.send("{");
    listener.send({ type: "points", points: [{ timestamp: at(1), v: 1 }] });
    await listener.hear(({ type }) => type === "ack");
    for (let i = 0; i <= most; i++) listener.socket.send("{");
    expect(await listener.close()).toBe(1008);
  });
});
