import { z } from "zod";
import { fail } from "./core/errors";
import { eraseCredentials, eraseTenantData } from "./erasers";
import type { TenantContext } from "./platform/context";
import { endpoint, type Router, reply } from "./platform/http/endpoint";
import { tenantObject } from "./platform/objects";
import { currentTenant, updateTenant } from "./tenants";
import { erasureSchema } from "./tenants/contract";

const params = z.object({ id: z.string().min(1).max(128) });
const query = z.strictObject({ confirm: z.string() });

const erasure = {
  method: "delete",
  tag: "Tenants",
  access: "tenant:manage",
  tenantParam: "id",
  description: "`confirm` repeats the tenant's id.",
  params,
  query,
  responses: { 200: { description: "A receipt with a count per store", schema: erasureSchema } },
} as const;

/** Erasure reaches into every feature, and so stands with the entry, not in one of them. */
export function erasureRoutes(router: Router): void {
  endpoint(
    router,
    {
      ...erasure,
      path: "/api/tenant/{id}/data",
      operationId: "eraseTenantData",
      summary: "Erase all data of the tenant",
    },
    async (ctx, { params, query }) => {
      await confirmed(ctx, params.id, query.confirm);
      return reply(200, await eraseTenantData(ctx, params.id));
    },
  );
  endpoint(
    router,
    {
      ...erasure,
      path: "/api/tenant/{id}",
      operationId: "closeTenant",
      summary: "Erase all data and close the account",
    },
    async (ctx, { params, query }) => {
      await confirmed(ctx, params.id, query.confirm);
      await updateTenant(ctx.env, params.id, { status: "closed", name: "", email: "" }, ctx.clock.nowMs());
      await tenantObject(ctx.env, params.id).refreshPolicy();
      const erased = await eraseTenantData(ctx, params.id);
      const stores = { ...erased.receipt.stores, credentials: await eraseCredentials(ctx, params.id) };
      return reply(200, { ...erased, receipt: { ...erased.receipt, stores } });
    },
  );
}

async function confirmed(ctx: TenantContext, tenantId: string, confirm: string): Promise<void> {
  await currentTenant(ctx, tenantId);
  if (confirm !== tenantId) {
    throw fail("invalid_request", "confirm must repeat the tenant's id.", {
      errors: [{ pointer: "#/query/confirm", message: "must repeat the tenant's id" }],
    });
  }
}
