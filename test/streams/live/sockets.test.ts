import { describe, expect, it } from "vitest";
import type { LiveHost } from "../../../durable-objects/stream/live/host";
import { LiveSockets } from "../../../durable-objects/stream/live/sockets";
import { failed, ok } from "../../../src/core/result";
import { LIVE_LIMITS } from "../../../src/streams/live/limits";
import { type LiveRequest, liveHeaders, liveRequestOf } from "../../../src/streams/live/request";
import { FakeTiming, rows, START_MS } from "./support";

/** A socket as the object holds it, with what it was told. */
class FakeSocket {
  readyState: number = WebSocket.OPEN;
  readonly told: Record<string, unknown>[] = [];
  code: number | null = null;
  private attachment: unknown = null;

  send(text: string): void {
    this.told.push(JSON.parse(text));
  }
  close(code: number): void {
    this.code = code;
    this.readyState = WebSocket.CLOSING;
  }
  serializeAttachment(attachment: unknown): void {
    this.attachment = structuredClone(attachment);
  }
  deserializeAttachment(): unknown {
    return structuredClone(this.attachment);
  }
}

const request: LiveRequest = {
  principal: {
    kind: "client",
    tenantId: "t",
    clientId: "c",
    scopes: ["stream:read", "stream:write"],
    tokenId: "k",
    expiresAt: START_MS / 1_000 + 3_600,
  },
  streamId: "s",
  filter: { fields: null, tags: {} },
};

/** Sockets without their object: `connected` puts one there, `wake` makes what an object makes of them when it starts. */
function room(host: Partial<LiveHost> = {}) {
  const timing = new FakeTiming();
  const held: FakeSocket[] = [];
  const ctx = {
    acceptWebSocket: () => undefined,
    getWebSockets: () => held as unknown as WebSocket[],
    setWebSocketAutoResponse: () => undefined,
  };
  const whole: LiveHost = {
    append: async () => ok({ accepted: 1, updated: 0, duplicates: 0 }),
    verify: async () => null,
    reschedule: async () => undefined,
    ...host,
  };
  const wake = () => new LiveSockets(ctx, whole, timing);
  const connected = (more: Partial<LiveRequest["principal"]> = {}) => {
    const socket = new FakeSocket();
    const principal = { ...request.principal, ...more };
    socket.serializeAttachment({
      ...request,
      principal,
      expiresMs: principal.expiresAt * 1_000,
      warned: false,
      flow: { seq: 0, acknowledges: false, unacknowledged: [], allowance: 1_000_000, atMs: START_MS },
      gap: null,
    });
    held.push(socket);
    return { fake: socket, socket: socket as unknown as WebSocket };
  };
  return { timing, wake, connected };
}

const say = (message: unknown) => JSON.stringify(message);

describe("live sockets", () => {
  it("refuse one more than the stream may have, with the reason", async () => {
    const { wake, connected } = room();
    for (let i = 0; i < LIVE_LIMITS.sockets; i++) connected();
    const refused = wake().accept(request);
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ code: "rate_limited", retryAfterSeconds: 30 });
  });

  it("say when the alarm is due, warn then, and close at the end of the token", () => {
    const { timing, wake, connected } = room();
    const { fake } = connected();
    const live = wake();
    expect(live.next()).toBe(START_MS + 3_540_000);
    timing.pass(3_540_000);
    live.due(timing.nowMs());
    expect(fake.told).toMatchObject([{ type: "token_expiring" }]);
    expect(live.next()).toBe(START_MS + 3_600_000);
    timing.pass(60_000);
    live.points(rows([1]));
    timing.pass(0);
    live.due(timing.nowMs());
    expect([fake.told.length, fake.code, live.next()]).toEqual([1, 4401, null]);
  });

  it("go on with a renewed token and its scopes", async () => {
    const renewed = { ...request.principal, scopes: ["stream:read"], expiresAt: START_MS / 1_000 + 7_200 };
    const { wake, connected } = room({ verify: async () => renewed });
    const { fake, socket } = connected();
    const live = wake();
    await live.message(socket, say({ type: "renew", token: "x" }));
    await live.message(socket, say({ v: 1 }));
    expect(fake.told).toMatchObject([{ type: "renewed" }, { type: "error", code: "insufficient_scope" }]);
    expect(live.next()).toBe(START_MS + 7_140_000);
  });

  it("remember through an eviction what was sent and what was missed", async () => {
    const { timing, wake, connected } = room();
    const { fake, socket } = connected();
    const before = wake();
    await before.message(socket, say({ type: "ack", seq: 0 }));
    for (let i = 0; i < 70; i++) {
      before.points(rows([i], { from: i }));
      timing.pass(100);
    }
    timing.pass(1_000);
    const after = wake();
    await after.message(socket, say({ type: "ack", seq: 64 }));
    timing.pass(100);
    expect(fake.told.at(-1)).toMatchObject({ type: "gap", seq: 65, dropped: 6 });
  });

  it("let only some messages wait to be stored, and close where a sender never listens", async () => {
    const release: (() => void)[] = [];
    const { wake, connected } = room({
      append: () =>
        new Promise((resolve) => release.push(() => resolve(failed({ code: "unavailable", detail: "" })))),
    });
    const { fake, socket } = connected();
    const live = wake();
    const waiting = Array.from({ length: LIVE_LIMITS.inFlightPerSocket }, () =>
      live.message(socket, say({ v: 1 })),
    );
    await live.message(socket, say({ type: "points", id: 9, points: [{ v: 1 }] }));
    expect(fake.told).toMatchObject([{ type: "error", id: 9, code: "rate_limited", retryAfter: 1 }]);
    for (let i = 0; i < LIVE_LIMITS.refusals.most; i++) await live.message(socket, say({ v: 1 }));
    expect(fake.code).toBe(1008);
    for (const go of release) go();
    await Promise.all(waiting);
  });

  it("answer a message that failed on our side, and let the error be seen", async () => {
    const { wake, connected } = room({ append: () => Promise.reject(new Error("broken")) });
    const { fake, socket } = connected();
    await expect(wake().message(socket, say({ v: 1 }))).rejects.toThrow("broken");
    expect(fake.told).toMatchObject([{ type: "error", code: "internal" }]);
  });

  it("are all closed when the stream is erased", () => {
    const { wake, connected } = room();
    const { fake } = connected();
    expect(wake().closeAll()).toBe(1);
    expect(fake.code).toBe(4410);
  });
});

it("the request reaches the object as the Worker made it, in any script", () => {
  const filter = { fields: ["température", "湿度"], tags: { "raum 1": "Küche" } };
  const headers = liveHeaders({ ...request, filter });
  expect(liveRequestOf(new Request("https://stream/live", { headers }))).toEqual({ ...request, filter });
  expect(liveRequestOf(new Request("https://stream/live"))).toBeNull();
});
