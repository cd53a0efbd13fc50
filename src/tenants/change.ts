import type { z } from "zod";
import { fail } from "../core/errors";
import type { TenantContext } from "../platform/context";
import { tenantObject } from "../platform/objects";
import type { patchTenantSchema, putLimitsSchema } from "./contract";
import { definedOnly } from "./sign-up";
import { findTenant, type Tenant, type TenantChange, updateTenant } from "./store";
import { grantLimits, type LimitName, tierOf } from "./tiers";

export async function currentTenant(ctx: Pick<TenantContext, "env">, tenantId: string): Promise<Tenant> {
  const tenant = await findTenant(ctx.env, tenantId);
  if (!tenant) throw fail("tenant_not_found", "There is no tenant with this id.");
  return tenant;
}

/** PATCH /api/tenant/{id}. */
export async function changeTenant(
  ctx: TenantContext,
  tenantId: string,
  input: z.infer<typeof patchTenantSchema>,
  ifMatch: string | null,
) {
  const { allowed_strategies, settings, ...plain } = input;
  const change = definedOnly({ ...plain, allowedStrategies: allowed_strategies, settings }) as TenantChange;
  return write(ctx, tenantId, change, ifMatch, "tenant.changed", Object.keys(change).join(", "));
}

/** PUT /api/tenant/{id}/limits: free movement under the tier's ceiling; the operator moves the tier. In force from the answer on. */
export async function changeLimits(
  ctx: TenantContext,
  tenantId: string,
  input: z.infer<typeof putLimitsSchema>,
  ifMatch: string | null,
) {
  const tenant = await currentTenant(ctx, tenantId);
  if (input.tier && input.tier !== tenant.tier && ctx.principal.kind !== "operator") {
    throw fail("operator_only", "The tier is moved by the operator.");
  }
  const tierName = input.tier ?? tenant.tier;
  const tier = tierOf(ctx.config, tierName);
  const { limits, clamped } = grantLimits(tier, { ...tenant.limits, ...definedOnly(input.limits) });
  const asked = clamped.filter((name) => input.limits[name] !== undefined);
  if (asked.length > 0) throw aboveCeiling(tierName, asked[0]!, tier[asked[0]!].ceiling);
  const detail = `${JSON.stringify(limits)} ${input.reason ?? ""}`.trim();
  return write(ctx, tenantId, { limits, tier: tierName }, ifMatch, "tenant.limits_changed", detail);
}

function aboveCeiling(tier: string, name: LimitName, ceiling: number) {
  return fail("limit_above_ceiling", `${name} may be at most ${ceiling} on the tier ${tier}.`, {
    extra: { limit: name, ceiling, tier },
  });
}

async function write(
  ctx: TenantContext,
  tenantId: string,
  change: TenantChange,
  ifMatch: string | null,
  action: string,
  detail: string,
) {
  const version =
    ifMatch === null || ifMatch === "*" ? undefined : Number(/^"(\d+)"$/.exec(ifMatch)?.[1] ?? -1);
  const done = await updateTenant(ctx.env, tenantId, change, ctx.clock.nowMs(), version);
  if (!done)
    throw fail("conflict", "The tenant was changed meanwhile: If-Match does not name its current ETag.");
  const object = tenantObject(ctx.env, tenantId);
  // The object reads the change before we answer: the very next request obeys it.
  await object.refreshPolicy();
  await object.audit({
    actor: ctx.principal.clientId,
    action,
    resource: tenantId,
    requestId: ctx.requestId,
    detail,
  });
  return currentTenant(ctx, tenantId);
}
