import { unwrap } from "../core/result";
import type { Context, Grant, Principal } from "./context";
import { tenantObject } from "./objects";

/**
 * Leave for one request of a tenant: its rate policy, its token not revoked, the account open. A plain call to the
 * TenantObject; leases held in the working object will stand behind this same function.
 */
export async function admit(ctx: Context, principal: Principal): Promise<Grant> {
  const tenant = tenantObject(ctx.env, principal.tenantId);
  return unwrap(await tenant.admit({ tokenId: principal.tokenId, operator: principal.kind === "operator" }));
}
