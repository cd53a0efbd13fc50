import { eq, sql } from "drizzle-orm";
import { db } from "../platform/db";
import { autoChange } from "./auto-store";
import type { AutoRun, Settings } from "./contract";
import { signupKeys, tenants } from "./table";
import type { Limits, TierName } from "./tiers";

export interface Tenant {
  tenantId: string;
  name: string;
  email: string;
  tier: TierName;
  region: string | null;
  status: "active" | "closed";
  limits: Limits;
  allowedStrategies: string[];
  settings: Settings;
  version: number;
  createdAt: number;
  updatedAt: number;
  /** When automatic processing is due next; null: it is off. */
  autoDueMs: number | null;
  /** Streams written to since then are yet to be processed. */
  autoSinceMs: number | null;
  autoLast: AutoRun | null;
}

export async function findTenant(env: Env, tenantId: string): Promise<Tenant | null> {
  const row = await db(env).select().from(tenants).where(eq(tenants.tenantId, tenantId)).get();
  if (!row) return null;
  return {
    ...row,
    tier: row.tier as TierName,
    status: row.status as Tenant["status"],
    limits: JSON.parse(row.limits),
    allowedStrategies: JSON.parse(row.allowedStrategies),
    settings: JSON.parse(row.settings),
    autoLast: row.autoLast === null ? null : JSON.parse(row.autoLast),
  };
}

/** The statement that inserts a tenant: sign-up runs it in one batch with its first client. */
export const insertTenant = (env: Env, tenant: Tenant) =>
  db(env)
    .insert(tenants)
    .values({
      ...tenant,
      limits: JSON.stringify(tenant.limits),
      allowedStrategies: JSON.stringify(tenant.allowedStrategies),
      settings: JSON.stringify(tenant.settings),
      autoLast: null,
    });

export type TenantChange = Partial<
  Pick<Tenant, "name" | "email" | "tier" | "status" | "limits" | "allowedStrategies" | "settings">
>;

/**
 * Changes a tenant if it still has `version`, where one is given; false where it has not. Settings that are not named
 * stay; null takes one away (RFC 7396).
 */
export async function updateTenant(
  env: Env,
  tenantId: string,
  change: TenantChange,
  nowMs: number,
  version?: number,
): Promise<boolean> {
  const { limits, allowedStrategies, settings, ...plain } = change;
  const changed = await db(env)
    .update(tenants)
    .set({
      ...plain,
      ...(limits ? { limits: JSON.stringify(limits) } : {}),
      ...(allowedStrategies ? { allowedStrategies: JSON.stringify(allowedStrategies) } : {}),
      ...(settings ? { settings: sql`json_patch(${tenants.settings}, ${JSON.stringify(settings)})` } : {}),
      ...autoChange(change, nowMs),
      version: sql`${tenants.version} + 1`,
      updatedAt: nowMs,
    })
    .where(
      version === undefined
        ? eq(tenants.tenantId, tenantId)
        : sql`${tenants.tenantId} = ${tenantId} and ${tenants.version} = ${version}`,
    )
    .returning({ id: tenants.tenantId });
  return changed.length > 0;
}

/** Remembers the key of a sign-up; false where it was used before. */
export async function claimSignupKey(env: Env, keyHash: string, nowMs: number): Promise<boolean> {
  const rows = await db(env)
    .insert(signupKeys)
    .values({ keyHash, createdAt: nowMs })
    .onConflictDoNothing()
    .returning();
  return rows.length > 0;
}

/** Writes that belong together, as one D1 batch. */
export const writeTogether = (env: Env, statements: Parameters<ReturnType<typeof db>["batch"]>[0]) =>
  db(env).batch(statements);
