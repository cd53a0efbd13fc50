import { z } from "zod";
import { endpoint, type Router, reply } from "../../platform/http/endpoint";
import { metricsSchema } from "./contract";
import { readMetrics } from "./read";

const time = z.string().max(64).optional();

export function metricsRoutes(router: Router): void {
  endpoint(
    router,
    {
      method: "get",
      path: "/api/metrics/{tenant_id}",
      operationId: "getMetrics",
      tag: "Tenants",
      access: "tenant:manage",
      tenantParam: "tenant_id",
      summary: "What was processed and used in a period",
      description:
        "Counted by day (UTC), for 400 days: a day that the period touches counts whole. `start` is inclusive, `end` exclusive; an `end` that is a date includes that day. Without both, the running month; without `start`, from the first of the month in which `end` lies; without `end`, to the end of today.",
      params: z.object({ tenant_id: z.string().min(1).max(128) }),
      query: z.strictObject({ start: time, end: time }),
      responses: { 200: { description: "The figures", schema: metricsSchema } },
    },
    async (ctx, { params, query }) => reply(200, await readMetrics(ctx, params.tenant_id, query)),
  );
}
