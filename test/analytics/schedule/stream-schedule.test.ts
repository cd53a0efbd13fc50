import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { updateTenant } from "../../../src/tenants";
import { newTenant, problem, type TestTenant } from "../../support/client";
import { type Body, cronAt, deliver, executions, json, write } from "./support";

const MINUTE_MS = 60_000;
const AVERAGE = { every: "10m", strategy_id: "moving_average", config: { period: 5 } };

const change = (tenant: TestTenant, schedule: unknown) =>
  tenant.call("PATCH", "/api/stream/prices", { schedule });
const shown = async (tenant: TestTenant) =>
  (await json(await tenant.call("GET", "/api/stream/prices"))).schedule as unknown as {
    next_due_at: string;
    last_run: { due_at: string; execution_id: string | null; error: { code: string } | null } | null;
  };
const nextDueMs = async (tenant: TestTenant) => Date.parse((await shown(tenant)).next_due_at);

async function scheduled(body: Record<string, unknown> = {}, schedule: unknown = AVERAGE) {
  const tenant = await newTenant(body);
  await write(tenant, "prices", 0, 40);
  const answer = await change(tenant, schedule);
  expect(answer.status).toBe(200);
  return { tenant, dueMs: await nextDueMs(tenant) };
}

describe("a schedule", () => {
  it("runs the strategy when it is due, tells of it, and not before", async () => {
    const { tenant, dueMs } = await scheduled();
    expect(await cronAt(dueMs - 1, tenant)).toEqual([]);
    expect(await deliver(await cronAt(dueMs, tenant))).toEqual([]);
    await vi.waitFor(
      async () =>
        expect(await executions(tenant)).toMatchObject([
          { strategy_id: "moving_average", stream_id: "prices", status: "succeeded" },
        ]),
      { timeout: 15_000, interval: 200 },
    );
    const [made] = await executions(tenant);
    expect(await shown(tenant)).toMatchObject({
      every: "10m",
      next_due_at: new Date(dueMs + 10 * MINUTE_MS).toISOString(),
      last_run: { due_at: new Date(dueMs).toISOString(), execution_id: made!.execution_id, error: null },
    });
    expect(await cronAt(dueMs + 1, tenant)).toEqual([]);
  });

  it("runs once where two crons overlap, and where a message comes again", async () => {
    const { tenant, dueMs } = await scheduled();
    const [first, second] = await Promise.all([cronAt(dueMs, tenant), cronAt(dueMs, tenant)]);
    const sent = [...first, ...second];
    expect(sent.length).toBeGreaterThan(0);
    expect(await deliver(sent)).toEqual([]);
    expect(await deliver([sent[0]!])).toEqual([]);
    expect(await executions(tenant)).toHaveLength(1);
    // Nor does it count twice against the hour's strategies.
    const usage = await json(await tenant.call("GET", `/api/tenant/${tenant.tenantId}/usage`));
    expect(usage).toMatchObject({ strategies: 1 });
    expect(await cronAt(dueMs, tenant)).toEqual([]);
  });

  it("catches up once what was missed, and keeps its rhythm", async () => {
    const { tenant, dueMs } = await scheduled();
    const lateMs = dueMs + 125 * MINUTE_MS;
    const sent = await cronAt(lateMs, tenant);
    expect(sent).toHaveLength(1);
    expect(await cronAt(lateMs, tenant)).toEqual([]);
    expect(await nextDueMs(tenant)).toBe(dueMs + 130 * MINUTE_MS);
  });

  it("that was put on the queue by a cron that died is put there again, and runs once", async () => {
    const { tenant, dueMs } = await scheduled();
    const message: Body & { stream_id: string; traceparent: string } = {
      ...{ kind: "schedule", tenant_id: tenant.tenantId, stream_id: "prices", due_ms: dueMs },
      traceparent: "",
    };
    expect(await deliver([message])).toEqual([]);
    expect(await deliver(await cronAt(dueMs, tenant))).toEqual([]);
    expect(await executions(tenant)).toHaveLength(1);
  });

  it("runs as it was changed, and no more once it was taken away", async () => {
    const { tenant, dueMs } = await scheduled();
    await change(tenant, { ...AVERAGE, every: "1h", config: { period: 7 } });
    expect(await cronAt(dueMs, tenant)).toEqual([]);
    const changedMs = await nextDueMs(tenant);
    const sent = await cronAt(changedMs, tenant);
    expect(sent).toHaveLength(1);
    await change(tenant, null);
    expect(await shown(tenant)).toBeNull();
    await deliver(sent);
    expect(await executions(tenant)).toEqual([]);
    expect(await cronAt(changedMs + 60 * MINUTE_MS, tenant)).toEqual([]);
  });

  it("goes with its stream, and does not come back with another of that name", async () => {
    const { tenant, dueMs } = await scheduled();
    const sent = await cronAt(dueMs, tenant);
    await tenant.call("DELETE", "/api/stream/prices");
    await write(tenant, "prices", 0, 40);
    expect(await deliver(sent)).toEqual([]);
    expect(await executions(tenant)).toEqual([]);
    expect(await shown(tenant)).toBeNull();
  });

  it("goes with the tenant's data", async () => {
    const { tenant, dueMs } = await scheduled();
    await tenant.call("DELETE", `/api/tenant/${tenant.tenantId}/data?confirm=${tenant.tenantId}`);
    expect(await cronAt(dueMs, tenant)).toEqual([]);
  });

  it("does not run for an account that is not active", async () => {
    const { tenant, dueMs } = await scheduled();
    const sent = await cronAt(dueMs, tenant);
    await updateTenant(env, tenant.tenantId, { status: "closed" }, dueMs);
    expect(await deliver(sent)).toEqual([]);
    await updateTenant(env, tenant.tenantId, { status: "active" }, dueMs);
    expect(await executions(tenant)).toEqual([]);
  });

  it("says that the hour's strategies are used up, and tries again at its next time", async () => {
    const { tenant, dueMs } = await scheduled({ limits: { max_strategies_per_hour: 1 } });
    await tenant.call("POST", "/api/strategy", { strategy_id: "moving_average", config: { period: 5 } });
    expect(await deliver(await cronAt(dueMs, tenant))).toEqual([]);
    expect(await executions(tenant)).toHaveLength(1);
    expect((await shown(tenant)).last_run).toMatchObject({
      execution_id: null,
      error: { code: "strategy_quota_exceeded" },
    });
    await tenant.call("PUT", `/api/tenant/${tenant.tenantId}/limits`, {
      limits: { max_strategies_per_hour: 10 },
    });
    await deliver(await cronAt(dueMs + 10 * MINUTE_MS, tenant));
    expect(await executions(tenant)).toHaveLength(2);
    expect((await shown(tenant)).last_run).toMatchObject({ error: null });
  });

  it("does not run a strategy that is not allowed, and says so", async () => {
    const { tenant, dueMs } = await scheduled({ allowed_strategies: ["arima_prediction"] });
    await deliver(await cronAt(dueMs, tenant));
    expect(await executions(tenant)).toEqual([]);
    expect((await shown(tenant)).last_run).toMatchObject({ error: { code: "strategy_not_allowed" } });
  });

  it("is refused with each wrong key by its name", async () => {
    const { tenant } = await scheduled();
    const refusal = async (schedule: unknown) => (await problem(await change(tenant, schedule))).body;
    expect(await refusal({ ...AVERAGE, config: { periood: 5 } })).toMatchObject({
      code: "invalid_request",
      errors: [{ pointer: "/schedule/config", message: expect.stringContaining("periood") }],
    });
    expect(await refusal({ ...AVERAGE, evry: "1h" })).toMatchObject({
      errors: [{ pointer: "/schedule", message: expect.stringContaining("evry") }],
    });
    expect(await refusal({ ...AVERAGE, strategy_id: "nope" })).toMatchObject({ code: "strategy_not_found" });
    for (const every of ["4m", "8d", "1mo", "soon", "0h"])
      expect(await refusal({ ...AVERAGE, every }), every).toMatchObject({
        errors: [{ pointer: "/schedule/every" }],
      });
    expect(await shown(tenant)).toMatchObject(AVERAGE);
  });

  it("is another tenant's to nobody else", async () => {
    const { tenant, dueMs } = await scheduled();
    const other = await newTenant();
    await write(other, "prices", 0, 40);
    expect(
      await problem(await other.call("PATCH", "/api/stream/theirs", { schedule: AVERAGE })),
    ).toMatchObject({ code: "stream_not_found" });
    await deliver(await cronAt(dueMs, tenant));
    expect(await executions(other)).toEqual([]);
    expect(await shown(other)).toBeNull();
  });

  it("is written to the audit log", async () => {
    const { tenant } = await scheduled();
    const { entries } = await json(await tenant.call("GET", `/api/tenant/${tenant.tenantId}/audit`));
    expect(entries).toContainEqual(
      expect.objectContaining({ action: "stream.schedule_changed", resource: "prices" }),
    );
  });
});
