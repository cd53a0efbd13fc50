import { expect, it } from "vitest";
import { type AdmittedCall, StreamLease } from "../../durable-objects/stream/admission/stream-lease";
import type { Admission, Lease, LeaseRequest } from "../../src/core/admission";
import { ok, type Result } from "../../src/core/result";

const READ = { write: false, bytes: 0 };

/** A holder whose tenant grants what the test says, and a clock that the test moves. */
function holder(grants: Partial<Lease>[]) {
  const requests: LeaseRequest[] = [];
  const world = { nowMs: 1_000_000, bytes: 0, requests };
  const lease = new StreamLease({
    giver: () => ({
      lease: async (request): Promise<Result<Lease>> => {
        requests.push(request);
        return ok({
          id: request.id,
          epoch: 3,
          active: true,
          region: "weur",
          corsOrigins: null,
          tokens: request.need,
          rate: { limit: 10, windowSeconds: 60, remaining: 5, resetSeconds: 60 },
          retryAfterSeconds: 7,
          write: request.write ? "granted" : "unasked",
          bytesUpTo: request.storedBytes + (request.write?.sum ?? 0),
          quotas: { streams: 2, storageMb: 1 },
          revoked: { tokenIds: [], complete: true },
          ...grants.shift(),
        });
      },
    }),
    now: () => world.nowMs,
    storedBytes: () => world.bytes,
    after: () => () => {},
  });
  return { lease, world };
}

const call = (admission: Partial<Admission> = {}): AdmittedCall => ({
  tenantId: "tenant",
  streamId: "s",
  shard: 0,
  admission: { tokenId: "t", operator: false, requests: 1, epoch: null, region: null, ...admission },
});

const codeOf = (result: Result<unknown>) => (result.ok ? "ok" : result.failure.code);

it("answers at once while its lease has tokens, and says what is left", async () => {
  const { lease, world } = holder([{ tokens: 3 }]);
  await lease.admit(call(), READ);
  const second = lease.admit(call(), READ);
  expect(second).toMatchObject({ ok: true, value: { epoch: 3, region: "weur", rate: { remaining: 6 } } });
  expect(world.requests).toHaveLength(1);
});

it("asks once for all that wait, and refuses the last ones when that is not enough", async () => {
  const { lease, world } = holder([{}, { tokens: 3 }]);
  const answers = await Promise.all(Array.from({ length: 6 }, () => lease.admit(call(), READ)));
  expect(answers.map(codeOf)).toEqual(["ok", "ok", "ok", "ok", "rate_limited", "rate_limited"]);
  expect(answers[4]).toMatchObject({ failure: { retryAfterSeconds: 7, extra: { limit: 10 } } });
  expect(world.requests.map(({ need }) => need)).toEqual([1, 5]);
});

it("takes no token for the operator or for what was admitted before, and asks nothing of a closed account's operator", async () => {
  const { lease, world } = holder([{ active: false }]);
  expect(codeOf(await lease.admit(call({ operator: true }), READ))).toBe("ok");
  expect(world.requests[0]).toMatchObject({ need: 0 });
  expect(codeOf(await lease.admit(call({ requests: 0, epoch: 3 }), READ))).toBe("unauthorized");
});

it("refuses what was admitted before an erasure", async () => {
  const { lease } = holder([]);
  expect(codeOf(await lease.admit(call({ requests: 0, epoch: 2 }), READ))).toBe("conflict");
});

it("refuses a revoked token, and asks about one that the lease is silent on", async () => {
  const { lease, world } = holder([
    { tokens: 5, revoked: { tokenIds: ["t"], complete: true } },
    { tokens: 5, revoked: { tokenIds: [], complete: false } },
  ]);
  expect(codeOf(await lease.admit(call(), READ))).toBe("unauthorized");
  lease.recall(null);
  expect(codeOf(await lease.admit(call({ tokenId: "a" }), READ))).toBe("ok");
  expect(codeOf(await lease.admit(call({ tokenId: "b" }), READ))).toBe("ok");
  expect(world.requests.map(({ tokenIds }) => tokenIds)).toEqual([["t"], ["a"], ["b"]]);
});

it("refuses a write by the quota that refuses it, and reads all the same", async () => {
  const { lease } = holder([
    { tokens: 9, write: "streams" },
    { tokens: 9, write: "storage" },
    { tokens: 9, bytesUpTo: 50 },
  ]);
  const write = { write: true, bytes: 100 };
  expect(codeOf(await lease.admit(call(), write))).toBe("stream_limit_reached");
  expect(codeOf(await lease.admit(call(), READ))).toBe("ok");
  expect(codeOf(await lease.admit(call(), write))).toBe("storage_limit_reached");
  expect(codeOf(await lease.admit(call(), write))).toBe("storage_limit_reached");
  expect(codeOf(await lease.admit(call(), { write: true, bytes: 50 }))).toBe("ok");
  expect(lease.bytesLeft()).toBe(0);
});

it("stops at the end of its lease, and at once when the clock goes back", async () => {
  const { lease, world } = holder([{ tokens: 9 }, { tokens: 9 }, { tokens: 9 }]);
  await lease.admit(call(), READ);
  world.nowMs += 1_999;
  expect(lease.epoch()).toBe(3);
  world.nowMs += 1;
  expect(lease.epoch()).toBeNull();
  await lease.admit(call(), READ);
  world.nowMs -= 1;
  expect(lease.epoch()).toBeNull();
  await lease.admit(call(), READ);
  expect(world.requests.map(({ previous }) => previous)).toEqual([
    null,
    { seq: 1, unused: 8 },
    { seq: 2, unused: 8 },
  ]);
});

it("hands back what it did not use, of a lease that has not come yet all, and of another life's nothing", async () => {
  const { lease, world } = holder([{ tokens: 9 }, {}]);
  await lease.admit(call(), READ);
  const { id } = world.requests[0]!;
  expect(lease.recall({ holding: "another life", seq: 1 })).toMatchObject({ unusedTokens: 0 });
  expect(lease.epoch()).toBe(3);
  expect(lease.recall(id)).toMatchObject({ unusedTokens: 8 });
  expect(lease.recall(id)).toMatchObject({ unusedTokens: 8 });
  expect(lease.epoch()).toBeNull();
  const waiting = lease.admit(call(), READ);
  expect(lease.recall({ ...id, seq: 2 })).toMatchObject({ unusedTokens: "all" });
  expect(codeOf(await waiting)).toBe("ok");
  expect(world.requests.map((request) => request.id.seq)).toEqual([1, 2, 3]);
});

it("gives up when the tenant never answers, and does not hang", async () => {
  const lease = new StreamLease({
    giver: () => ({ lease: () => Promise.reject(new Error("gone")) }),
    now: () => 0,
    storedBytes: () => 0,
    after: () => () => {},
  });
  expect(codeOf(await lease.admit(call(), READ))).toBe("unavailable");
});
