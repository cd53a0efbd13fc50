import { env } from "cloudflare:workers";
import { expect, vi } from "vitest";
import { budgetUnits, permittedStrategy, resolve } from "../../src/analytics";
import { carryOut } from "../../src/backtest/carry-out";
import { load, settled } from "../../src/backtest/load";
import { askedOf, type BacktestRequest, backtestSchema } from "../../src/backtest/request";
import { consumerContext } from "../../src/platform/consumer-context";
import type { TenantContext } from "../../src/platform/context";
import { newTenant, type TestTenant } from "../support/client";
import { create, get, query } from "../support/work";
import { randomWalk } from "./test-strategies";

export type Json = Record<string, unknown>;

export const day = (index: number) => new Date(Date.UTC(2024, 0, 1 + index)).toISOString().slice(0, 10);

export async function write(tenant: TestTenant, stream: string, rows: readonly string[]): Promise<void> {
  const csv = ["date,close", ...rows].join("\n");
  const answer = await tenant.call("POST", `/api/stream/${stream}/points`, csv, {
    "content-type": "text/csv",
  });
  expect(answer.status).toBe(202);
}

/** A tenant with daily prices of a random walk from 2024-01-01 on, in the stream `stock`. */
export async function withPrices(days = 140, body: Json = {}): Promise<TestTenant> {
  const tenant = await newTenant(body);
  const rows = Array.from(randomWalk(7, days), (price, i) => `${day(i)},${price}`);
  await write(tenant, "stock", rows);
  return tenant;
}

/** More than ten slices of work by its estimate, and quickly done. */
export const LONG = { strategy_id: "hybrid_arima_ma", stream_id: "stock" };

export const run = async (tenant: TestTenant, body: Json, headers: Record<string, string> = {}) => {
  const answer = await tenant.call("POST", "/api/strategy/backtest", body, headers);
  return { answer, found: (await answer.json()) as Json };
};

export const executionOf = async (tenant: TestTenant, id: unknown): Promise<Json> =>
  (await (await tenant.call("GET", `/api/strategy/${id}`)).json()) as Json;

/** What a backtest found, without what tells two of them apart. */
export function foundIn({
  execution_id: _,
  created_at,
  updated_at,
  progress,
  attempts,
  ...found
}: Json): Json {
  return found;
}

/** What the long backtest finds in one request. */
export async function inOneGo(tenant: TestTenant): Promise<Json> {
  const { answer, found } = await run(tenant, LONG, { prefer: "wait=25" });
  expect(answer.status, JSON.stringify(found)).toBe(200);
  return foundIn(found);
}

export const finished = (
  tenant: TestTenant,
  id: unknown,
  status = "succeeded",
  timeout = 15_000,
): Promise<Json> =>
  vi.waitFor(
    async () => {
      const execution = await executionOf(tenant, id);
      expect(execution).toMatchObject({ status });
      return execution;
    },
    // A tenant may ask a hundred times a minute.
    { timeout, interval: 500 },
  );

/** The context of a consumer; the clock is the test's where it is given. */
export async function contextOf(tenant: TestTenant, nowMs?: () => number): Promise<TenantContext> {
  const ctx = await consumerContext(env, tenant.tenantId, "", () => {});
  return nowMs ? Object.create(ctx, { clock: { value: { nowMs } } }) : ctx;
}

/** The long backtest as somebody holds it who has just begun. */
export async function held(tenant: TestTenant) {
  const ctx = await contextOf(tenant);
  const asked = askedOf(backtestSchema.parse(LONG), 0);
  const strategy = await permittedStrategy(ctx, asked.execution);
  const resolution = await resolve(ctx, asked.execution, strategy);
  const request = settled(asked, resolution, 10 * budgetUnits(ctx));
  const item = await create(tenant.tenantId, {
    kind: "backtest",
    request: JSON.stringify(request),
    status: "running",
    streamId: "stock",
    strategyId: LONG.strategy_id,
  });
  return { ctx, item, id: item.id, request };
}
type Holding = Awaited<ReturnType<typeof held>>;

/** The same in the hands of another, who took the first for dead. */
export async function claimedAnew(holding: Holding): Promise<Holding> {
  const { tenantId } = holding.ctx.principal;
  await query(tenantId, "UPDATE work SET claim = claim + 1 WHERE id = ?", holding.id);
  return { ...holding, item: await get(tenantId, holding.id, "backtest") };
}

/** Goes on with it for some slices, reading its data anew, and is then never heard of again. */
export async function dieAfter({ ctx, item, request }: Holding, slices: number): Promise<void> {
  const dies = (done: number) => {
    if (done > slices) throw new Error("dead");
    return false;
  };
  const loaded = await load(ctx, request as BacktestRequest);
  await expect(carryOut(ctx, item, request, loaded, dies)).rejects.toThrow("dead");
}

/** Goes on with it to the end. */
export const carryOn = async ({ ctx, item, request }: Holding) =>
  carryOut(ctx, item, request, await load(ctx, request), () => false);

export const eventsOf = async (tenant: TestTenant): Promise<Json[]> =>
  ((await (await tenant.call("GET", "/api/events")).json()) as { events: Json[] }).events;
