import { fail } from "../../core/errors";
import type { TenantContext } from "../../platform/context";
import { currentTenant, type Tenant } from "../../tenants";

/** The account whose work is due. Throws `tenant_not_found`, and `tenant_suspended` where it is not active. */
export async function activeTenant(ctx: TenantContext): Promise<Tenant> {
  const tenant = await currentTenant(ctx, ctx.principal.tenantId);
  if (tenant.status === "active") return tenant;
  throw fail("tenant_suspended", `The account is ${tenant.status}.`);
}
