import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { secureRandom } from "../../src/core/ids";
import { configOf } from "../../src/env";
import { expose } from "../../src/ops/exposition";
import { HELD_MS } from "../../src/ops/held";
import { exposedMetrics, platformMetrics } from "../../src/ops/platform-metrics";
import { saveTotals } from "../../src/ops/totals-store";
import type { Context } from "../../src/platform/context";
import { db } from "../../src/platform/db";
import { streamObject, tenantObject } from "../../src/platform/objects";
import { call, newTenant, type TestTenant } from "../support/client";

interface Page {
  totals: Record<string, number | Record<string, number>>;
  tenants?: { tenant_id: string; totals: Page["totals"] }[];
}
const operator = { authorization: `Bearer ${env.OPERATOR_TOKEN}` };
const request = (headers: Record<string, string> = {}) =>
  new Request("http://localhost/metrics", { headers });

/** A request at a time of the test's own. */
const at = (nowMs: number): Context => ({
  env,
  config: configOf(env),
  clock: { nowMs: () => nowMs },
  random: secureRandom,
  requestId: "",
  traceparent: "",
  address: "unknown",
  waitUntil: () => {},
});
let clockMs = 0;
/** So much later that nothing is held of what was read before. */
const later = () => {
  clockMs += HELD_MS;
  return at(clockMs);
};
const page = async (headers: Record<string, string> = {}) =>
  (await platformMetrics(later(), request(headers))) as Page;
const save = (tenantId: string, writes: number) =>
  saveTotals(db(env), { id: tenantId, tenantId, totals: { writes }, nowMs: Date.now() });
const ownOf = ({ tenants }: Page, { tenantId }: TestTenant) =>
  tenants!.filter(({ tenant_id }) => tenant_id === tenantId);

/** Streams tell their tenant, and it the platform. */
async function told({ tenantId }: TestTenant) {
  await runDurableObjectAlarm(streamObject(env, tenantId, "s"));
  await runDurableObjectAlarm(tenantObject(env, tenantId));
}
const write = async (tenant: TestTenant, values: number) => {
  const payload = Array.from({ length: values }, (_, value) => ({ timestamp: 1_700_000_000 + value, value }));
  expect((await tenant.call("POST", "/api/stream", { stream_id: "s", payload })).status).toBe(202);
};
/** As after minutes without a request: what is new is told in a new life at once. */
const asleep = async ({ tenantId }: TestTenant) => {
  await evictDurableObject(streamObject(env, tenantId, "s"));
  await evictDurableObject(tenantObject(env, tenantId));
};

describe("the platform's counters", () => {
  it("are what its tenants told, once each, and are kept when a tenant's data are erased", async () => {
    const before = (await page()).totals.stream_writes as number;
    const [tenant, other] = [await newTenant(), await newTenant()];
    for (const one of [tenant, other]) {
      await write(one, 3);
      await told(one);
      await asleep(one);
      await told(one);
    }
    expect((await page()).totals).toMatchObject({ stream_writes: before + 2 });
    const path = `/api/tenant/${tenant.tenantId}/data?confirm=${tenant.tenantId}`;
    expect((await tenant.call("DELETE", path)).status).toBe(200);
    await asleep(tenant);
    await runDurableObjectAlarm(tenantObject(env, tenant.tenantId));
    const erased = await page(operator);
    expect(erased.totals).toMatchObject({ stream_writes: before + 2 });
    expect(ownOf(erased, tenant)).toEqual([]);
    expect(ownOf(erased, other)).toMatchObject([
      { totals: { stream_writes: 1, stream_points: { accepted: 3 } } },
    ]);
    // And it begins anew, beside what was.
    await write(tenant, 2);
    await asleep(tenant);
    await told(tenant);
    const again = await page(operator);
    expect(again.totals).toMatchObject({ stream_writes: before + 3 });
    expect(ownOf(again, tenant)).toMatchObject([{ totals: { stream_writes: 1 } }]);
  });

  it("tell a stranger the totals of all, and nothing of anybody", async () => {
    const tenant = await newTenant();
    await save(tenant.tenantId, 1);
    for (const headers of [
      {},
      { authorization: "Bearer wrong" },
      { authorization: `Bearer ${tenant.token}` },
    ]) {
      const text = await (await call("/metrics", { headers: headers as Record<string, string> })).text();
      expect(text).toContain("stream_writes");
      expect(text).not.toMatch(/tenant|llm|work_units/);
      const scraped = await (
        await call("/metrics/prometheus", { headers: headers as Record<string, string> })
      ).text();
      expect(scraped).not.toMatch(/tenant|llm|work_units/);
    }
    expect(expose(await exposedMetrics(later(), request(operator)), "text/plain")).toContain(
      `stratosmesh_tenant_stream_writes_total{tenant_id="${tenant.tenantId}"} 1\n`,
    );
  });

  it("are read once in ten seconds, for anybody and for the operator", async () => {
    const { tenantId } = await newTenant();
    const own = async (nowMs: number) => {
      const { totals } = (await platformMetrics(at(nowMs), request())) as Page;
      const { tenants } = (await platformMetrics(at(nowMs), request(operator))) as Page;
      const [mine] = tenants!.filter(({ tenant_id }) => tenant_id === tenantId);
      return [totals.stream_writes as number, mine?.totals.stream_writes as number];
    };
    await save(tenantId, 1);
    clockMs += HELD_MS;
    const [all, one] = await own(clockMs);
    await save(tenantId, 5);
    expect(await own(clockMs + HELD_MS - 1)).toEqual([all, one]);
    expect(await own(clockMs + HELD_MS)).toEqual([all! + 4, one! + 4]);
    clockMs += HELD_MS;
  });

  it.each([
    [null, "text/plain; version=0.0.4; charset=utf-8"],
    ["*/*", "text/plain; version=0.0.4; charset=utf-8"],
    ["application/openmetrics-text;q=0", "text/plain; version=0.0.4; charset=utf-8"],
    [
      "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.4,*/*;q=0.1",
      "application/openmetrics-text; version=1.0.0; charset=utf-8",
    ],
  ])("come as the scraper's Accept asks: %s", async (accept, type) => {
    const answer = await call("/metrics/prometheus", accept === null ? {} : { headers: { accept } });
    expect(answer.headers.get("content-type")).toBe(type);
    expect((await answer.text()).endsWith("# EOF\n")).toBe(type.startsWith("application"));
  });

  it("are written as both formats want them", () => {
    const labels = { a: 'b"\\\n' };
    const families = [{ name: "things", help: "Things.", samples: [{ labels, value: 3 }] }];
    const sample = 'stratosmesh_things_total{a="b\\"\\\\\\n"} 3\n';
    expect(expose(families, "text/plain")).toBe(
      `# HELP stratosmesh_things_total Things.\n# TYPE stratosmesh_things_total counter\n${sample}`,
    );
    expect(expose(families, "application/openmetrics-text")).toBe(
      `# HELP stratosmesh_things Things.\n# TYPE stratosmesh_things counter\n${sample}# EOF\n`,
    );
  });
});
