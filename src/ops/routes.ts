import { z } from "zod";
import { publicEndpoint, type Router, reply } from "../platform/http/endpoint";
import { probeAll } from "./health";
import { metricsRoutes } from "./metrics-routes";

const healthSchema = z.object({ status: z.string(), timestamp: z.string() });
const detailedSchema = healthSchema.extend({
  dependencies: z.record(z.string(), z.object({ status: z.string(), latency_ms: z.number() })),
});

export function opsRoutes(router: Router): void {
  metricsRoutes(router);
  for (const method of ["get", "post"] as const) {
    publicEndpoint(
      router,
      {
        method,
        path: "/health",
        operationId: method === "get" ? "health" : "healthPost",
        tag: "Operations",
        access: "public",
        summary: "Whether the Worker answers",
        responses: { 200: { description: "It does", schema: healthSchema } },
      },
      async (ctx) => reply(200, { status: "ok", timestamp: new Date(ctx.clock.nowMs()).toISOString() }),
    );
  }
  publicEndpoint(
    router,
    {
      method: "get",
      path: "/health/detailed",
      operationId: "healthDetailed",
      tag: "Operations",
      access: "public",
      summary: "Each dependency, probed",
      description: "503 when one of them does not answer.",
      responses: {
        200: { description: "All well", schema: detailedSchema },
        503: { description: "Degraded", schema: detailedSchema },
      },
    },
    async (ctx) => {
      const health = await probeAll(ctx);
      return reply(health.status === "ok" ? 200 : 503, {
        ...health,
        timestamp: new Date(ctx.clock.nowMs()).toISOString(),
      });
    },
  );
}
