import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import type { Lease, LeaseRequest } from "../../src/core/admission";
import { type Result, unwrap } from "../../src/core/result";
import { tenantObject } from "../../src/platform/objects";
import { newTenant, problem, type TestTenant } from "../support/client";
import { seededRandom } from "../support/series";

const write = (tenant: TestTenant, stream: string, payload: unknown = { v: 1 }) =>
  tenant.call("POST", "/api/stream", { stream_id: stream, payload });

const statuses = async (answers: Promise<Response>[]): Promise<number[]> =>
  (await Promise.all(answers)).map((answer) => answer.status);

const storedBytes = async (tenant: TestTenant): Promise<number> => {
  const usage = await tenant.call("GET", `/api/tenant/${tenant.tenantId}/usage`);
  return ((await usage.json()) as { stored_bytes: number }).stored_bytes;
};

const count = (list: number[], status: number): number => list.filter((item) => item === status).length;

it("lets in exactly what is left of a rate, of a hundred parallel requests over ten streams", async () => {
  const tenant = await newTenant({ limits: { rate_limit_per_minute: 60 } });
  for (let i = 0; i < 20; i++) expect((await write(tenant, `s${i % 10}`)).status).toBe(202);
  const burst = await statuses(Array.from({ length: 100 }, (_, i) => write(tenant, `s${i % 10}`)));
  expect(count(burst, 202)).toBe(40);
  expect(count(burst, 429)).toBe(60);
});

it("counts requests that touch a stream and those that touch none by the same rate", async () => {
  const tenant = await newTenant({ limits: { rate_limit_per_minute: 30 } });
  const mixed = await statuses(
    Array.from({ length: 60 }, (_, i) =>
      i % 2 === 0 ? write(tenant, `s${i % 6}`) : tenant.call("GET", `/api/tenant/${tenant.tenantId}`),
    ),
  );
  expect(count(mixed, 202) + count(mixed, 200)).toBe(30);
  expect(count(mixed, 429)).toBe(30);
});

it("tells a refused request its limit and when to come again", async () => {
  const tenant = await newTenant({ limits: { rate_limit_per_minute: 1 } });
  expect((await write(tenant, "s")).headers.get("ratelimit")).toMatch(/^"tenant";r=0;t=\d+$/);
  const refused = await write(tenant, "s");
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(refused.headers.get("ratelimit-policy")).toBe('"tenant";q=1;w=60');
  expect(await problem(refused)).toMatchObject({ status: 429, code: "rate_limited", body: { limit: 1 } });
});

it("counts a request that fails before it comes to its stream", async () => {
  const tenant = await newTenant({ limits: { rate_limit_per_minute: 2 } });
  expect((await tenant.call("GET", "/api/stream/none")).status).toBe(404);
  expect((await tenant.call("POST", "/api/stream", {})).status).toBe(422);
  expect((await tenant.call("GET", "/api/stream/none")).status).toBe(429);
});

it("obeys a lowered limit with the very next write", async () => {
  const tenant = await newTenant({ limits: { rate_limit_per_minute: 500 } });
  for (let i = 0; i < 12; i++) expect((await write(tenant, `s${i % 3}`)).status).toBe(202);
  const path = `/api/tenant/${tenant.tenantId}/limits`;
  const limits = { rate_limit_per_minute: 13 };
  expect((await tenant.call("PUT", path, { limits, reason: "quiet" })).status).toBe(200);
  expect((await write(tenant, "s0")).status).toBe(429);
});

it("lets no write in with a token that was revoked, from the answer on", async () => {
  const tenant = await newTenant();
  expect((await write(tenant, "s")).status).toBe(202);
  const revoked = await tenant.call("POST", "/api/auth/revoke", { token: tenant.token });
  expect(revoked.status).toBe(200);
  expect((await write(tenant, "s")).status).toBe(401);
  expect((await tenant.call("GET", "/api/stream/s")).status).toBe(401);
});

it("begins anew after an erasure, with everything before it gone", async () => {
  const tenant = await newTenant();
  expect((await write(tenant, "s", [{ v: 1 }, { v: 2 }])).status).toBe(202);
  const path = `/api/tenant/${tenant.tenantId}/data?confirm=${tenant.tenantId}`;
  expect((await tenant.call("DELETE", path)).status).toBe(200);
  expect((await tenant.call("GET", "/api/stream/s")).status).toBe(404);
  expect((await write(tenant, "s")).status).toBe(202);
  expect(await (await tenant.call("GET", "/api/stream/s")).json()).toMatchObject({ points: 1 });
});

it("lets no write in once the account is closed", async () => {
  const tenant = await newTenant();
  expect((await write(tenant, "s")).status).toBe(202);
  const path = `/api/tenant/${tenant.tenantId}?confirm=${tenant.tenantId}`;
  expect((await tenant.call("DELETE", path)).status).toBe(200);
  expect((await write(tenant, "s")).status).toBe(401);
});

const request = (seq: number, more: Partial<LeaseRequest> = {}): LeaseRequest => ({
  holder: { streamId: "nobody-answers-here", shard: 0 },
  id: { holding: "a life", seq },
  previous: null,
  need: 1,
  recent: 0,
  write: null,
  storedBytes: 0,
  lastWriteMs: null,
  tokenIds: ["t"],
  ...more,
});

it("counts two shards of a stream as one stream, and the bytes of both", async () => {
  const tenant = await newTenant({ limits: { max_concurrent_streams: 1, max_storage_mb: 1 } });
  const object = tenantObject(env, tenant.tenantId);
  const ask = async (streamId: string, shard: number, bytes: number): Promise<Lease> => {
    const write = { least: bytes, sum: bytes };
    const asked = request(1, { holder: { streamId, shard }, id: { holding: streamId, seq: 1 }, write });
    return unwrap<Lease>((await object.lease(asked)) as Result<Lease>);
  };
  const first = await ask("hot", 0, 400_000);
  expect(first).toMatchObject({ write: "granted" });
  expect(first.bytesUpTo).toBeGreaterThanOrEqual(400_000);
  const second = await ask("hot", 1, 1_000_000 - first.bytesUpTo);
  expect(second).toMatchObject({ write: "granted", bytesUpTo: 1_000_000 - first.bytesUpTo });
  expect(await ask("cold", 0, 1)).toMatchObject({ write: "streams" });
});

it("fills its storage over several streams to the edge, and not beyond", async () => {
  const tenant = await newTenant({ limits: { max_storage_mb: 1 } });
  const random = seededRandom(1);
  const payload = (from: number) =>
    Array.from({ length: 500 }, (_, i) => ({
      timestamp: 1_700_000_000 + from + i,
      ...{ a: random(), b: random(), c: random(), d: random() },
    }));
  const sizes: number[] = [];
  for (let i = 0; i < 20; i++) {
    await statuses([0, 1, 2].map((stream) => write(tenant, `s${stream}`, payload(i * 500))));
    sizes.push(await storedBytes(tenant));
  }
  // A write asks for its frame's bytes; sealing and page sizes make some percent more of them later.
  expect(Math.max(...sizes)).toBeLessThan(1_050_000);
  expect(sizes.at(-1)).toBeGreaterThan(800_000);
  expect(await problem(await write(tenant, "s0", payload(20_000)))).toMatchObject({
    status: 403,
    code: "storage_limit_reached",
  });
});

it("knows the stream last written to, also when its lease is older than another's", async () => {
  const tenant = await newTenant();
  for (const stream of ["one", "two", "one"]) await write(tenant, stream);
  expect(await tenantObject(env, tenant.tenantId).lastStream()).toBe("one");
  await write(tenant, "two");
  expect(await tenantObject(env, tenant.tenantId).lastStream()).toBe("two");
});

it("reports what is stored, not what may be", async () => {
  const tenant = await newTenant();
  await write(tenant, "s");
  const stored_bytes = await storedBytes(tenant);
  expect(stored_bytes).toBeGreaterThan(0);
  expect(stored_bytes).toBeLessThan(1_000_000);
});

it("answers an erasure also when the holder of a lease is dead or does not answer", async () => {
  const tenant = await newTenant();
  const object = tenantObject(env, tenant.tenantId);
  const before = unwrap<Lease>((await object.lease(request(1))) as Result<Lease>);
  const begun = Date.now();
  const epoch = await object.beginErasure();
  expect(epoch).toBe(before.epoch + 1);
  expect(Date.now() - begun).toBeLessThan(10_000);
  const after = unwrap<Lease>((await object.lease(request(2))) as Result<Lease>);
  expect(after.epoch).toBe(epoch);
});
