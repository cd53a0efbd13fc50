import { abortAllDurableObjects } from "cloudflare:test";
import { expect, it } from "vitest";
import { newTenant, post, problem } from "../support/client";

it("grants limits under the tier's ceiling and says which were clamped", async () => {
  const response = await post("/api/tenant", {
    name: "Big",
    email: "big@example.com",
    limits: { rate_limit_per_minute: 5_000, max_storage_mb: 5_000 },
  });
  expect(response.status).toBe(201);
  expect(await response.json()).toMatchObject({
    limits: { rate_limit_per_minute: 1_000, max_storage_mb: 5_000, max_concurrent_streams: 50 },
    clamped: ["rate_limit_per_minute"],
  });
});

it("hands a secret out once: the second sign-up with a key is refused", async () => {
  const key = { "idempotency-key": crypto.randomUUID() };
  const body = { name: "Once", email: "once@example.com" };
  expect((await post("/api/tenant", body, key)).status).toBe(201);
  expect(await problem(await post("/api/tenant", body, key))).toMatchObject({
    status: 409,
    code: "conflict",
  });
});

it("refuses a tier above standard to anybody but the operator", async () => {
  const body = { name: "Rich", email: "rich@example.com", tier: "enterprise" };
  expect((await post("/api/tenant", body)).status).toBe(403);
  const operator = { authorization: "Bearer test-operator-token-0123456789abcdef" };
  expect((await post("/api/tenant", body, operator)).status).toBe(201);
});

it("is exact at the edge of its rate: a hundred parallel requests, ten of them allowed", async () => {
  const tenant = await newTenant({ limits: { rate_limit_per_minute: 10 } });
  const answers = await Promise.all(Array.from({ length: 100 }, () => tenant.call("GET", "/api/stream")));
  const statuses = answers.map((answer) => answer.status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(10);
  const refused = answers.find((answer) => answer.status === 429)!;
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await refused.json()).toMatchObject({
    code: "rate_limited",
    limit: 10,
    retryAfter: expect.any(Number),
    error: expect.any(String),
  });
});

it("never overspends its rate after a crash", async () => {
  const tenant = await newTenant({ limits: { rate_limit_per_minute: 20 } });
  let allowed = 0;
  for (let i = 0; i < 15; i++) allowed += (await tenant.call("GET", "/api/stream")).status === 200 ? 1 : 0;
  await abortAllDurableObjects();
  for (let i = 0; i < 15; i++) allowed += (await tenant.call("GET", "/api/stream")).status === 200 ? 1 : 0;
  expect(allowed).toBeLessThanOrEqual(20);
});

it("obeys a changed limit from the answer on, and advertises it", async () => {
  const tenant = await newTenant({ limits: { rate_limit_per_minute: 50 } });
  const changed = await tenant.call("PUT", `/api/tenant/${tenant.tenantId}/limits`, {
    limits: { rate_limit_per_minute: 3 },
    reason: "quiet",
  });
  expect(changed.status).toBe(200);
  const first = await tenant.call("GET", "/api/stream");
  expect(first.headers.get("ratelimit-policy")).toBe('"tenant";q=3;w=60');
  await tenant.call("GET", "/api/stream");
  expect((await tenant.call("GET", "/api/stream")).status).toBe(429);
});

it("refuses a limit above the ceiling by name", async () => {
  const tenant = await newTenant();
  const answer = await problem(
    await tenant.call("PUT", `/api/tenant/${tenant.tenantId}/limits`, { limits: { max_storage_mb: 10_001 } }),
  );
  expect(answer).toMatchObject({
    status: 403,
    code: "limit_above_ceiling",
    body: { limit: "max_storage_mb", ceiling: 10_000 },
  });
});

it("changes only the version that If-Match names", async () => {
  const tenant = await newTenant();
  const path = `/api/tenant/${tenant.tenantId}`;
  const etag = (await tenant.call("GET", path)).headers.get("etag")!;
  expect((await tenant.call("PATCH", path, { name: "Second" }, { "if-match": etag })).status).toBe(200);
  expect(
    await problem(await tenant.call("PATCH", path, { name: "Third" }, { "if-match": etag })),
  ).toMatchObject({ status: 409 });
});

it("keeps an audit chain that verifies, and whose details an erasure makes unreadable", async () => {
  const tenant = await newTenant();
  const path = `/api/tenant/${tenant.tenantId}`;
  await tenant.call("PATCH", path, { name: "Renamed" });
  const before = (await (await tenant.call("GET", `${path}/audit`)).json()) as {
    entries: { action: string; detail: string | null }[];
  };
  expect(before.entries.find((entry) => entry.action === "tenant.created")?.detail).toBe("test@example.com");
  expect((await tenant.call("DELETE", `${path}/data?confirm=${tenant.tenantId}`)).status).toBe(200);
  const after = (await (await tenant.call("GET", `${path}/audit`)).json()) as {
    entries: { action: string; detail: string | null }[];
  };
  expect(after.entries.find((entry) => entry.action === "tenant.created")).toMatchObject({ detail: null });
  expect(await (await tenant.call("GET", `${path}/audit/verify`)).json()).toMatchObject({
    valid: true,
    broken_at: null,
  });
});

it("closes: its tokens and credentials end", async () => {
  const tenant = await newTenant();
  const path = `/api/tenant/${tenant.tenantId}`;
  expect((await tenant.call("DELETE", `${path}?confirm=${tenant.tenantId}`)).status).toBe(200);
  expect((await tenant.call("GET", path)).status).toBe(401);
  const login = await post("/api/auth", {
    tenant_id: tenant.tenantId,
    client_id: tenant.clientId,
    client_secret: tenant.clientSecret,
  });
  expect(login.status).toBe(401);
});

it("may write to as many streams within an hour as it is granted", async () => {
  const tenant = await newTenant({ limits: { max_concurrent_streams: 1 } });
  const write = (stream: string) =>
    tenant.call("POST", "/api/stream", { stream_id: stream, payload: { v: 1 } });
  expect((await write("one")).status).toBe(202);
  expect(await problem(await write("two"))).toMatchObject({ status: 403, code: "stream_limit_reached" });
  expect((await write("one")).status).toBe(202);
  expect(await (await tenant.call("GET", "/api/stream")).json()).toMatchObject({
    streams: [{ stream_id: "one" }],
  });
});

it("may run as many strategies an hour as it is granted", async () => {
  const tenant = await newTenant({ limits: { max_strategies_per_hour: 1 } });
  const run = () =>
    tenant.call("POST", "/api/strategy", {
      strategy_id: "moving_average",
      data: [1, 2, 3, 4, 5, 6],
      config: { period: 2 },
    });
  expect((await run()).status).toBe(200);
  expect(await problem(await run())).toMatchObject({
    status: 429,
    code: "strategy_quota_exceeded",
    body: { limit: 1 },
  });
});

it("stores no more than it is granted, and loses nothing of what was stored", async () => {
  const tenant = await newTenant({ limits: { max_storage_mb: 1 } });
  // Of full precision: nothing to compress.
  const payload = (from: number) =>
    Array.from({ length: 2_000 }, (_, i) => ({
      timestamp: 1_700_000_000 + from + i,
      ...Object.fromEntries(["a", "b", "c", "d"].map((name, n) => [name, Math.sin(from + i + n / 10)])),
    }));
  const statuses: number[] = [];
  for (let i = 0; i < 24; i++) {
    statuses.push(
      (await tenant.call("POST", "/api/stream", { stream_id: "full", payload: payload(i * 2_000) })).status,
    );
  }
  const stored = statuses.filter((status) => status === 202).length;
  expect(new Set(statuses)).toEqual(new Set([202, 403]));
  expect(await (await tenant.call("GET", "/api/stream/full")).json()).toMatchObject({
    points: stored * 2_000,
  });
  const usage = (await (await tenant.call("GET", `/api/tenant/${tenant.tenantId}/usage`)).json()) as {
    stored_bytes: number;
  };
  expect(usage.stored_bytes).toBeLessThanOrEqual(1_000_000);
  // It was full: one more write of that size would not have fitted.
  expect(usage.stored_bytes).toBeGreaterThan(850_000);
});

it("counts raw uploads and streams as one storage, and gives room back with a deleted stream", async () => {
  const tenant = await newTenant({ limits: { max_storage_mb: 1 } });
  const stored = async () =>
    (
      (await (await tenant.call("GET", `/api/tenant/${tenant.tenantId}/usage`)).json()) as {
        stored_bytes: number;
      }
    ).stored_bytes;
  const upload = (rows: number) =>
    tenant.call("POST", "/api/llm/process", {
      raw_text: `date,value\n${Array.from({ length: rows }, (_, i) => `${1_700_000_000 + i},${Math.sin(i)}\n`).join("")}`,
      stream_id: "s",
    });
  expect((await upload(5_000)).status).toBe(200);
  const after = await stored();
  expect(after).toBeGreaterThan(150_000);
  const refused = await upload(40_000);
  expect(await refused.json()).toMatchObject({ status: 403, code: "storage_limit_reached" });
  expect(await stored()).toBe(after);
  await tenant.call("DELETE", "/api/stream/s");
  expect(await stored()).toBeLessThan(after);
  expect(
    await (await tenant.call("POST", "/api/strategy", { strategy_id: "moving_average" })).json(),
  ).toMatchObject({ status: 404, code: "stream_not_found" });
});
