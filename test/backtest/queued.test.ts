import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { WorkList } from "../../durable-objects/tenant/work/list";
import { Uploads } from "../../durable-objects/tenant/work/uploads";
import { backtests } from "../../src/backtest";
import { failBacktest } from "../../src/backtest/carry-out";
import { backtestStrategy } from "../../src/backtest/execute";
import { backtestSchema } from "../../src/backtest/request";
import { CHECKPOINT_BYTES, claimOf, WORK_RULES } from "../../src/core/work";
import { tenantObject } from "../../src/platform/objects";
import { parsePrefer } from "../../src/platform/prefer";
import { problem, type TestTenant } from "../support/client";
import { create, get, later, newWork, query } from "../support/work";
import {
  carryOn,
  claimedAnew,
  contextOf,
  day,
  dieAfter,
  eventsOf,
  executionOf,
  finished,
  foundIn,
  held,
  inOneGo,
  type Json,
  LONG,
  run,
  withPrices,
  write,
} from "./support";

const body = backtestSchema.parse(LONG);
const stateOf = (tenant: TestTenant, id: string) => tenantObject(env, tenant.tenantId).workState(id);
const endsOf = async (tenant: TestTenant) =>
  (await eventsOf(tenant)).filter(({ event, status }) => event === "job_progress" && status !== "running");

async function cancelAll(tenant: TestTenant): Promise<void> {
  const list = await tenant.call("GET", "/api/strategy?kind=backtest");
  const { executions } = (await list.json()) as { executions: { execution_id: string }[] };
  for (const { execution_id } of executions) await tenant.call("DELETE", `/api/strategy/${execution_id}`);
}

describe("a queued backtest", () => {
  it("answers 202 with its place, and ends as one within its request", async () => {
    const tenant = await withPrices();
    const { answer, found } = await run(tenant, LONG, { prefer: "respond-async" });
    expect(answer.status).toBe(202);
    expect(answer.headers.get("location")).toBe(`/api/strategy/${found.execution_id}`);
    expect(found).toMatchObject({ status: "queued", kind: "backtest", progress: { fraction: 0 } });
    const ended = await finished(tenant, found.execution_id);
    expect(foundIn(ended)).toEqual(await inOneGo(tenant));
  });

  it("is told of while it runs, each part once, and once when it ends", async () => {
    const tenant = await withPrices();
    const { found } = await run(tenant, LONG, { prefer: "respond-async" });
    await finished(tenant, found.execution_id);
    await vi.waitFor(async () => expect(await endsOf(tenant)).toHaveLength(1));
    const told = await eventsOf(tenant);
    expect(told.length).toBeLessThanOrEqual(20);
    expect(new Set(told.map(({ id }) => id)).size).toBe(told.length);
    const fractions = told.slice(0, -1).map(({ progress }) => (progress as Json).fraction as number);
    expect(fractions.length).toBeGreaterThan(3);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(told.at(-1)).toMatchObject({
      event: "job_progress",
      status: "succeeded",
      execution_id: found.execution_id,
      stream_id: "stock",
      data: { total_trades: expect.any(Number) },
    });
  });

  it("ends once, as it would have, with every message delivered again", async () => {
    const tenant = await withPrices();
    const { tenantId } = tenant;
    const { found } = await run(tenant, LONG, { prefer: "respond-async" });
    await vi.waitFor(
      async () => {
        const turns = await query<{ id: number }>(tenantId, "SELECT id FROM turns");
        const again = turns.map(({ id }) => ({ body: { kind: "work", tenant_id: tenantId, turn: id } }));
        if (again.length > 0) await env.ANALYZE.sendBatch([...again, ...again]);
        expect(await get(tenantId, String(found.execution_id), "backtest")).toMatchObject({
          status: "succeeded",
        });
      },
      { timeout: 15_000, interval: 50 },
    );
    await vi.waitFor(async () => expect(await endsOf(tenant)).toHaveLength(1));
    expect(foundIn(await executionOf(tenant, found.execution_id))).toEqual(await inOneGo(tenant));
  });

  it("goes on from its last checkpoint after a crash of its consumer, to the same end", async () => {
    const tenant = await withPrices();
    const holding = await held(tenant);
    await dieAfter(holding, 3);
    const { spentUnits } = JSON.parse((await stateOf(tenant, holding.id))!).state;
    await later(tenant.tenantId);
    const ended = await finished(tenant, holding.id);
    expect(foundIn(ended)).toEqual(await inOneGo(tenant));
    const told = (await eventsOf(tenant)).filter(({ execution_id }) => execution_id === holding.id);
    expect(new Set(told.map(({ id }) => id)).size).toBe(told.length);
    expect(spentUnits).toBeGreaterThan(500_000);
  });

  it("takes nothing from a consumer that was thought dead", async () => {
    const tenant = await withPrices();
    const holding = await held(tenant);
    await dieAfter(holding, 2);
    const another = await claimedAnew(holding);
    const before = await stateOf(tenant, holding.id);
    const late = { state: "{}", progress: "{}", release: false };
    expect(
      await tenantObject(env, tenant.tenantId).checkpointWork(claimOf(holding.item), late),
    ).toMatchObject({
      ok: false,
      failure: { code: "conflict" },
    });
    await failBacktest(holding.ctx, holding.item, { code: "internal", detail: "" });
    expect(await stateOf(tenant, holding.id)).toEqual(before);
    expect(await carryOn(another)).toMatchObject({ status: "succeeded" });
  });

  it("ends once where two consumers are at it", async () => {
    const tenant = await withPrices();
    const holding = await held(tenant);
    await dieAfter(holding, 1);
    const another = await claimedAnew(holding);
    await Promise.all([carryOn(holding), carryOn(another)]);
    expect(foundIn(await executionOf(tenant, holding.id))).toEqual(await inOneGo(tenant));
    await vi.waitFor(async () => expect(await endsOf(tenant)).toHaveLength(2));
    expect(new Set((await endsOf(tenant)).map(({ execution_id }) => execution_id)).size).toBe(2);
  });

  it("counts its tries anew when it got somewhere, is given up when it did not, and can be redriven", async () => {
    const tenant = await withPrices();
    const { tenantId } = tenant;
    const holding = await held(tenant);
    const tried = () =>
      query(tenantId, "UPDATE work SET attempts = ? WHERE id = ?", WORK_RULES.backtest.attempts, holding.id);
    await tried();
    await dieAfter(holding, 1);
    expect(await get(tenantId, holding.id, "backtest")).toMatchObject({ attempts: 1, status: "running" });
    await tried();
    await later(tenantId);
    const failed = await finished(tenant, holding.id, "failed");
    expect(failed).toMatchObject({ error: { code: "internal" }, redrivable: true });
    await vi.waitFor(async () => expect(await endsOf(tenant)).toMatchObject([{ status: "failed" }]));
    expect((await tenant.call("POST", `/api/strategy/${holding.id}/redrive`)).status).toBe(202);
    await finished(tenant, holding.id);
  });

  it("does not move when points come after its end, nor when another stream is written to", async () => {
    const tenant = await withPrices();
    const expected = await inOneGo(tenant);
    const holding = await held(tenant);
    await dieAfter(holding, 2);
    await write(tenant, "stock", [`${day(140)},99`, `${day(141)},98`]);
    await write(
      tenant,
      "other",
      Array.from({ length: 300 }, (_, i) => `${day(i)},5`),
    );
    await later(tenant.tenantId);
    expect(foundIn(await finished(tenant, holding.id))).toEqual(expected);
  });

  it("begins anew where its points change, and says so", async () => {
    const tenant = await withPrices();
    const holding = await held(tenant);
    await dieAfter(holding, 2);
    await write(tenant, "stock", [`${day(3)},120`]);
    await later(tenant.tenantId);
    const { warnings, ...found } = foundIn(await finished(tenant, holding.id));
    expect(warnings).toEqual([expect.stringContaining("begun anew")]);
    const { warnings: _, ...expected } = await inOneGo(tenant);
    expect(found).toEqual(expected);
  });

  it("fails with a code of its own where its points keep changing", async () => {
    const tenant = await withPrices();
    const holding = await held(tenant);
    for (let change = 0; change < 3; change++) {
      await dieAfter(holding, 1);
      await write(tenant, "stock", [`${day(3)},${120 + change}`]);
    }
    await backtests.run(holding.ctx, holding.item);
    expect(await executionOf(tenant, holding.id)).toMatchObject({
      status: "failed",
      error: { code: "data_changed" },
      redrivable: false,
    });
  });

  it("fails where its stream is gone", async () => {
    const tenant = await withPrices();
    const holding = await held(tenant);
    await dieAfter(holding, 1);
    await tenant.call("DELETE", "/api/stream/stock");
    await later(tenant.tenantId);
    expect(await finished(tenant, holding.id, "failed")).toMatchObject({
      error: { code: "stream_not_found" },
    });
  });
});

describe("a cancelled backtest", () => {
  it("goes no further, keeps nothing of what it found, and is not cancelled twice", async () => {
    const tenant = await withPrices();
    const holding = await held(tenant);
    await dieAfter(holding, 1);
    expect((await tenant.call("DELETE", `/api/strategy/${holding.id}`)).status).toBe(200);
    expect(await carryOn(holding)).toMatchObject({ status: "cancelled" });
    expect(await stateOf(tenant, holding.id)).toBeNull();
    expect(await problem(await tenant.call("DELETE", `/api/strategy/${holding.id}`))).toMatchObject({
      status: 409,
    });
    expect(await endsOf(tenant)).toEqual([]);
  });

  it("ends at its next slice while its request runs", async () => {
    const tenant = await withPrices();
    let asked = 0;
    const ctx = await contextOf(tenant, () => {
      // A few slices on, somebody cancels.
      if (++asked === 5) void cancelAll(tenant);
      return 0;
    });
    const reply = await backtestStrategy(ctx, body, parsePrefer("wait=25"));
    expect(reply).toMatchObject({ status: 200, body: { status: "cancelled", progress: { phase: "walk" } } });
    expect(asked).toBeGreaterThan(4);
  });
});

it("a backtest that takes longer than its caller waits goes on in the queue, from where it was", async () => {
  const tenant = await withPrices();
  let now = 0;
  const ctx = await contextOf(tenant, () => {
    now += 1_000;
    return now;
  });
  const reply = await backtestStrategy(ctx, body, parsePrefer("wait=4"));
  const accepted = reply.body as Json;
  expect(reply.status).toBe(202);
  expect(reply.headers).toMatchObject({ location: `/api/strategy/${accepted.execution_id}` });
  expect(accepted).toMatchObject({ status: "queued", progress: { phase: "walk" } });
  expect((accepted.progress as { fraction: number }).fraction).toBeGreaterThan(0);
  expect(foundIn(await finished(tenant, accepted.execution_id))).toEqual(await inOneGo(tenant));
});

describe("the tenant's object", () => {
  it("refuses a checkpoint that no row can hold", async () => {
    const tenant = await withPrices();
    const { item } = await held(tenant);
    const checkpoint = (chars: number, character = "x") =>
      tenantObject(env, tenant.tenantId).checkpointWork(claimOf(item), {
        state: character.repeat(chars),
        progress: "{}",
        release: false,
      });
    expect((await checkpoint(CHECKPOINT_BYTES)).ok).toBe(true);
    const refused = { ok: false, failure: { code: "work_budget_exceeded" } };
    expect(await checkpoint(CHECKPOINT_BYTES + 1)).toMatchObject(refused);
    expect(await checkpoint(CHECKPOINT_BYTES / 2, "温")).toMatchObject(refused);
  });

  it("holds a hundred backtests that have not ended, and takes the next when one has", async () => {
    const tenant = await withPrices();
    const { tenantId } = tenant;
    const most = WORK_RULES.backtest.open!;
    const open = await Promise.all(
      Array.from({ length: most }, () => create(tenantId, { kind: "backtest", status: "running" })),
    );
    const quick = { strategy_id: "moving_average", config: { period: 5 }, stream_id: "stock" };
    const { answer, found } = await run(tenant, quick);
    expect(found).toMatchObject({ status: 429, code: "work_limit_reached", limit: most });
    expect(answer.headers.get("retry-after")).not.toBeNull();
    expect((await tenant.call("POST", "/api/strategy", quick)).status).toBe(200);
    await tenant.call("DELETE", `/api/strategy/${open[0]!.id}`);
    expect((await run(tenant, quick)).answer.status).toBe(200);
  });

  it("puts a backtest that is gone on with behind what has waited longer", async () => {
    const claimed = await runInDurableObject(tenantObject(env, crypto.randomUUID()), (_, { storage }) => {
      const list = new WorkList(storage.sql, new Uploads(storage.sql, env.UPLOADS, () => {}));
      const long = list.create(newWork({ kind: "backtest" }), 1);
      const short = list.create(newWork(), 2);
      const first = list.claims.claim("analyze", 3)!;
      list.claims.checkpoint(first, { state: "{}", progress: "{}", release: true }, 4);
      return [first, list.claims.claim("analyze", 5), list.claims.claim("analyze", 5)].map((item) =>
        [long, short].findIndex(({ id }) => id === item?.id),
      );
    });
    expect(claimed).toEqual([0, 1, 0]);
  });
});

it("an erasure takes a backtest under way, its checkpoint included", async () => {
  const tenant = await withPrices();
  const holding = await held(tenant);
  await dieAfter(holding, 1);
  const erased = await tenant.call(
    "DELETE",
    `/api/tenant/${tenant.tenantId}/data?confirm=${tenant.tenantId}`,
  );
  expect(await erased.json()).toMatchObject({ receipt: { stores: { work: 1 } } });
  expect(await query(tenant.tenantId, "SELECT * FROM checkpoint")).toEqual([]);
  expect((await tenant.call("GET", `/api/strategy/${holding.id}`)).status).toBe(404);
});
