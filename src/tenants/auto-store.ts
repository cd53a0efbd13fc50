import { and, asc, eq, lte, type SQL, sql } from "drizzle-orm";
import { MINUTE_MS } from "../core/clock";
import { formatMs } from "../core/timestamps";
import type { Db } from "../platform/db";
import type { AutoRun } from "./contract";
import type { TenantChange } from "./store";
import { tenants } from "./table";

/** As often as the cron comes. */
const AUTO_EVERY_MS = 5 * MINUTE_MS;

/** A tenant whose automatic processing is due, and since when. */
export interface DueTenant {
  tenantId: string;
  dueMs: number;
}

/** What of a change turns automatic processing on or off; a closed account has none. */
export function autoChange(
  { settings, status }: TenantChange,
  nowMs: number,
): { autoDueMs?: SQL | null; autoSinceMs?: SQL | null } {
  const wanted = status === undefined || status === "active" ? settings?.auto_processing : false;
  if (wanted === undefined) return {};
  if (!wanted) return { autoDueMs: null, autoSinceMs: null };
  // Turned on again it goes on as it was.
  return {
    autoDueMs: sql`coalesce(${tenants.autoDueMs}, ${nowMs})`,
    autoSinceMs: sql`coalesce(${tenants.autoSinceMs}, ${nowMs})`,
  };
}

/** Tenants whose automatic processing is due, those that have waited longest first. */
export async function dueTenants(db: Db, nowMs: number, limit: number): Promise<DueTenant[]> {
  const rows = await db
    .select({ tenantId: tenants.tenantId, dueMs: tenants.autoDueMs })
    .from(tenants)
    .where(lte(tenants.autoDueMs, nowMs))
    .orderBy(asc(tenants.autoDueMs))
    .limit(limit);
  return rows.flatMap(({ tenantId, dueMs }) => (dueMs === null ? [] : [{ tenantId, dueMs }]));
}

/** Moves each to its first time after now; one that is not due as it was read stays as it is. */
export async function advanceTenants(db: Db, due: readonly DueTenant[], nowMs: number): Promise<void> {
  const keys = JSON.stringify(due.map(({ tenantId, dueMs }) => [tenantId, dueMs]));
  await db.run(sql`
    UPDATE tenants
    SET auto_due_ms = auto_due_ms
      + (cast((${nowMs} - auto_due_ms) / ${AUTO_EVERY_MS} AS INTEGER) + 1) * ${AUTO_EVERY_MS}
    WHERE (tenant_id, auto_due_ms) IN (SELECT value ->> 0, value ->> 1 FROM json_each(${keys}))`);
}

/** Notes how a run ended. Without an error the next one begins where this one was due; else where this one began. */
export async function endAutoRun(
  db: Db,
  { tenantId, dueMs }: DueTenant,
  error: AutoRun["error"],
): Promise<void> {
  const last: AutoRun = { due_at: formatMs(dueMs), error };
  await db
    .update(tenants)
    .set({ autoLast: JSON.stringify(last), ...(error === null ? { autoSinceMs: dueMs } : {}) })
    .where(and(eq(tenants.tenantId, tenantId), lte(tenants.autoSinceMs, dueMs)));
}
