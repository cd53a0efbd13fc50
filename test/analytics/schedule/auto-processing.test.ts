import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { tenantObject } from "../../../src/platform/objects";
import { updateTenant } from "../../../src/tenants";
import { newTenant, type TestTenant } from "../../support/client";
import { cronAt, deliver, executions, json, write } from "./support";

const FIVE_MINUTES_MS = 300_000;

const own = (tenant: TestTenant) => `/api/tenant/${tenant.tenantId}`;
const turn = (tenant: TestTenant, auto_processing: boolean | null) =>
  tenant.call("PATCH", own(tenant), { settings: { auto_processing } });
const shown = async (tenant: TestTenant) =>
  (await json(await tenant.call("GET", own(tenant)))).auto_processing as unknown as {
    next_due_at: string;
    last_run: { due_at: string; error: { code: string } | null } | null;
  } | null;

async function processed(body: Record<string, unknown> = {}) {
  const tenant = await newTenant(body);
  expect((await turn(tenant, true)).status).toBe(200);
  return { tenant, dueMs: Date.parse((await shown(tenant))!.next_due_at) };
}
const streamsOf = async (tenant: TestTenant) =>
  (await executions(tenant)).map(({ stream_id, strategy_id }) => `${strategy_id} ${stream_id}`).sort();

describe("automatic processing", () => {
  it("analyses what was written to, once for each state of a stream", async () => {
    const { tenant, dueMs } = await processed();
    await write(tenant, "a", 0, 40);
    await write(tenant, "b", 0, 40);
    expect(await deliver(await cronAt(dueMs, tenant))).toEqual([]);
    expect(await streamsOf(tenant)).toEqual(["auto_analysis a", "auto_analysis b"]);
    // Nothing new: the same points sent again are none.
    await write(tenant, "a", 0, 40);
    await deliver(await cronAt(dueMs + FIVE_MINUTES_MS, tenant));
    expect(await executions(tenant)).toHaveLength(2);
    await write(tenant, "b", 40, 41);
    await deliver(await cronAt(dueMs + 2 * FIVE_MINUTES_MS, tenant));
    expect(await streamsOf(tenant)).toEqual(["auto_analysis a", "auto_analysis b", "auto_analysis b"]);
    expect(await shown(tenant)).toMatchObject({
      last_run: { due_at: new Date(dueMs + 2 * FIVE_MINUTES_MS).toISOString(), error: null },
    });
  });

  it("sees what was written before the tenant's object was evicted", async () => {
    const { tenant, dueMs } = await processed();
    await write(tenant, "a", 0, 40);
    await evictDurableObject(tenantObject(env, tenant.tenantId));
    await deliver(await cronAt(dueMs, tenant));
    expect(await streamsOf(tenant)).toEqual(["auto_analysis a"]);
  });

  it("runs once where two crons overlap and a message comes again", async () => {
    const { tenant, dueMs } = await processed();
    await write(tenant, "a", 0, 40);
    const sent = await Promise.all([cronAt(dueMs, tenant), cronAt(dueMs, tenant)]);
    expect(await deliver(sent.flat())).toEqual([]);
    expect(await deliver(sent.flat())).toEqual([]);
    expect((await shown(tenant))!.last_run).toMatchObject({ error: null });
    expect(await executions(tenant)).toHaveLength(1);
  });

  it("catches up once after two hours without a cron", async () => {
    const { tenant, dueMs } = await processed();
    await write(tenant, "a", 0, 40);
    const lateMs = dueMs + 7_200_000;
    const sent = await cronAt(lateMs, tenant);
    expect(sent).toHaveLength(1);
    await deliver(sent);
    expect(await executions(tenant)).toHaveLength(1);
    expect(await cronAt(lateMs, tenant)).toEqual([]);
  });

  it("leaves out what has too few points, and what was deleted", async () => {
    const { tenant, dueMs } = await processed();
    await write(tenant, "few", 0, 2);
    await write(tenant, "gone", 0, 40);
    await tenant.call("DELETE", "/api/stream/gone");
    expect(await deliver(await cronAt(dueMs, tenant))).toEqual([]);
    expect(await executions(tenant)).toEqual([]);
  });

  it("stops where the hour's strategies are used up, says so, and goes on the next time", async () => {
    const { tenant, dueMs } = await processed({ limits: { max_strategies_per_hour: 1 } });
    await write(tenant, "a", 0, 40);
    await write(tenant, "b", 0, 40);
    for (const turns of [0, 3, 6]) {
      await deliver(await cronAt(dueMs + turns * FIVE_MINUTES_MS, tenant));
      expect(await streamsOf(tenant)).toEqual(["auto_analysis a"]);
      expect((await shown(tenant))!.last_run).toMatchObject({ error: { code: "strategy_quota_exceeded" } });
    }
    await tenant.call("PUT", `${own(tenant)}/limits`, { limits: { max_strategies_per_hour: 10 } });
    await deliver(await cronAt(dueMs + 9 * FIVE_MINUTES_MS, tenant));
    expect(await streamsOf(tenant)).toEqual(["auto_analysis a", "auto_analysis b"]);
    expect((await shown(tenant))!.last_run).toMatchObject({ error: null });
  });

  it("goes on with a message of its own where there are many streams", async () => {
    const { tenant, dueMs } = await processed({ limits: { max_concurrent_streams: 100 } });
    for (let i = 0; i < 50; i++) await write(tenant, `a${i}`, 0, 2);
    await write(tenant, "z", 0, 40);
    await deliver(await cronAt(dueMs, tenant));
    await vi.waitFor(async () => expect(await streamsOf(tenant)).toEqual(["auto_analysis z"]), {
      timeout: 10_000,
      interval: 200,
    });
    await vi.waitFor(async () => expect((await shown(tenant))!.last_run).toMatchObject({ error: null }));
  });

  it("does nothing where it is off, was turned off, or the account is not active", async () => {
    const off = await newTenant();
    await write(off, "a", 0, 40);
    expect(await shown(off)).toBeNull();
    const { tenant, dueMs } = await processed();
    await write(tenant, "a", 0, 40);
    expect(await cronAt(dueMs, off)).toEqual([]);
    const sent = await cronAt(dueMs + FIVE_MINUTES_MS, tenant);
    await turn(tenant, null);
    await deliver(sent);
    expect(await executions(tenant)).toEqual([]);
    await turn(tenant, true);
    await updateTenant(env, tenant.tenantId, { status: "closed" }, dueMs);
    expect(await cronAt(dueMs + 3 * FIVE_MINUTES_MS, tenant)).toEqual([]);
  });

  it("leaves the tenant's other settings as they are", async () => {
    const cors_origins = ["https://ours.example"];
    const tenant = await newTenant({ settings: { cors_origins, auto_processing: true } });
    expect(await shown(tenant)).toMatchObject({ last_run: null });
    await turn(tenant, false);
    expect(await json(await tenant.call("GET", own(tenant)))).toMatchObject({
      settings: { cors_origins, auto_processing: false },
      auto_processing: null,
    });
  });
});
