import { abortAllDurableObjects, evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { app } from "../../src/app";
import { unwrap } from "../../src/core/result";
import { streamObject } from "../../src/platform/objects";

const ctx = { waitUntil() {}, passThroughOnException() {}, props: {} } as unknown as ExecutionContext;
const call = async (path: string, init: RequestInit = {}) => {
  const answer = await app.fetch(new Request(`http://localhost${path}`, init), env, ctx);
  return {
    status: answer.status,
    headers: answer.headers,
    body: (await answer.json()) as Record<string, never>,
  };
};

async function tenant() {
  const signed = await call("/api/tenant", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "T", email: "t@example.com" }),
  });
  const { tenant_id, client_credentials } = signed.body as unknown as {
    tenant_id: string;
    client_credentials: { client_id: string; client_secret: string };
  };
  const auth = await call("/api/auth", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ tenant_id, ...client_credentials }),
  });
  const token = (auth.body as unknown as { access_token: string }).access_token;
  const send = (method: string, path: string, body?: string, more: Record<string, string> = {}) =>
    call(path, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...more },
      ...(body === undefined ? {} : { body }),
    });
  return { tenantId: tenant_id, send };
}

const at = (second: number) => new Date(1_700_000_000_000 + second * 1_000).toISOString();
const row = (second: number, v: number) => ({ timestamp: at(second), fields: { v }, tags: {} });

describe("a stream", () => {
  it("keeps late, repeated and simultaneous points, through a crash and an eviction", async () => {
    const { tenantId, send } = await tenant();
    const body = JSON.stringify([row(3, 3), row(1, 1), row(2, 2), row(2, 20), row(2, 200)]);
    const first = await send("POST", "/api/stream/s/points", body);
    expect(first.body).toMatchObject({ accepted: 5, updated: 0, duplicates: 0, rejected: 0 });
    expect(first.status).toBe(202);
    const again = await send("POST", "/api/stream/s/points", body);
    expect(again.body).toMatchObject({ accepted: 0, updated: 0, duplicates: 5 });
    await abortAllDurableObjects();
    const late = await send("POST", "/api/stream/s/points", JSON.stringify([row(0, 0), row(1, 1.5)]));
    expect(late.body).toMatchObject({ accepted: 1, updated: 1, duplicates: 0 });
    const stub = streamObject(env, tenantId, "s");
    await evictDurableObject(stub);
    const data = await send("GET", "/api/stream/s/data?limit=4");
    const { points, next_cursor } = data.body as unknown as {
      points: { fields: { v: number } }[];
      next_cursor: string;
    };
    expect(points.map((point) => point.fields.v)).toEqual([0, 1.5, 2, 20]);
    const rest = await send("GET", `/api/stream/s/data?limit=4&cursor=${next_cursor}`);
    expect(rest.body).toMatchObject({
      points: [{ fields: { v: 200 } }, { fields: { v: 3 } }],
      next_cursor: null,
    });
    const admission = { tokenId: "t", operator: false, requests: 0, epoch: null, region: null } as const;
    const { result } = await stub.verifyAudit({ tenantId, streamId: "s", shard: 0, mapId: null, admission });
    expect(unwrap<{ valid: boolean }>(result).valid).toBe(true);
  });

  it("answers an idempotency key once and refuses it with another body", async () => {
    const { send } = await tenant();
    const key = { "idempotency-key": "k1" };
    const body = JSON.stringify([{ v: 1 }, 42]);
    const first = await send("POST", "/api/stream/s/points", body, key);
    expect(first.body).toMatchObject({ accepted: 1, rejected: 1, errors: [{ row: 2 }] });
    const again = await send("POST", "/api/stream/s/points", body, key);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect(again.body).toEqual(first.body);
    const other = await send("POST", "/api/stream/s/points", "[]", key);
    expect(other.body).toMatchObject({ status: 422, code: "idempotency_key_reused" });
  });

  it("reads CSV, refuses unknown query keys, and is gone once deleted", async () => {
    const { send } = await tenant();
    const csv = "date,city,temp\n2024-01-01,Bern,1.5\nnope,Bern,2\n2024-01-02,Bern,3\n";
    const first = await send("POST", "/api/stream/c/points", csv, { "content-type": "text/csv" });
    expect(first.body).toMatchObject({ accepted: 2, rejected: 1, errors: [{ row: 2 }] });
    expect((await send("GET", "/api/stream/c/data?tag.city=Bern&end=2024-01-01")).body).toMatchObject({
      points: [{ timestamp: "2024-01-01T00:00:00.000Z", fields: { temp: 1.5 }, tags: { city: "Bern" } }],
    });
    expect((await send("GET", "/api/stream/c/data?nonsense=1")).status).toBe(422);
    expect((await send("GET", "/api/stream/c")).body).toMatchObject({ points: 2, cardinality: 1 });
    expect((await send("DELETE", "/api/stream/c")).body).toMatchObject({ deleted: true, points: 2 });
    expect((await send("GET", "/api/stream/c/data")).status).toBe(404);
  });

  it("raises an alert that names field and stream when a reading leaves its band", async () => {
    const { send } = await tenant();
    const calm = Array.from({ length: 100 }, (_, i) => row(i, 20 + (i % 5) * 0.1));
    await send("POST", "/api/stream/hot/points", JSON.stringify(calm));
    await abortAllDurableObjects();
    await send("POST", "/api/stream/hot/points", JSON.stringify([row(100, 90)]));
    await expect
      .poll(async () => JSON.stringify((await send("GET", "/api/events")).body), { timeout: 5_000 })
      .toMatch(/"message":"v of hot: 90 is a spike/);
  });
});
