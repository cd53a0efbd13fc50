import { desc, eq, isNotNull, sql } from "drizzle-orm";
import type { Db } from "../platform/db";
import { platformTotals } from "./table";

/** Whole numbers that only grow, by name; one that is absent is 0. */
export type Totals = Record<string, number>;

export interface TenantTotals {
  tenantId: string;
  totals: Totals;
}

/** Keeps what a tenant has come to; told again it is no row. */
export async function saveTotals(
  db: Db,
  { id, tenantId, totals, nowMs }: { id: string; tenantId: string; totals: Totals; nowMs: number },
): Promise<void> {
  const counters = JSON.stringify(totals);
  await db
    .insert(platformTotals)
    .values({ id, tenantId, counters, updatedAt: nowMs })
    .onConflictDoUpdate({
      target: platformTotals.id,
      set: { counters, updatedAt: nowMs },
      setWhere: sql`${platformTotals.counters} <> ${counters}`,
    });
}

/** All tenants together, those whose data were erased among them. */
export async function sumTotals(db: Db): Promise<Totals> {
  const rows = await db.all<{ name: string; value: number }>(
    sql`SELECT one.key AS name, sum(one.value) AS value FROM ${platformTotals}, json_each(${platformTotals.counters}) AS one GROUP BY one.key`,
  );
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}

/** Each tenant by itself, those with the latest news first. */
export async function totalsByTenant(db: Db, limit: number): Promise<TenantTotals[]> {
  const rows = await db
    .select({ tenantId: platformTotals.tenantId, counters: platformTotals.counters })
    .from(platformTotals)
    .where(isNotNull(platformTotals.tenantId))
    .orderBy(desc(platformTotals.updatedAt))
    .limit(limit);
  return rows.flatMap(({ tenantId, counters }) =>
    tenantId === null ? [] : [{ tenantId, totals: JSON.parse(counters) as Totals }],
  );
}

/** Takes the tenant's name off what it has come to; gives how many rows had it. */
export async function forgetTenantOfTotals(db: Db, tenantId: string): Promise<number> {
  const changed = await db
    .update(platformTotals)
    .set({ tenantId: null })
    .where(eq(platformTotals.tenantId, tenantId))
    .returning({ id: platformTotals.id });
  return changed.length;
}
