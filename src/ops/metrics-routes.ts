import { z } from "zod";
import { acceptedForm } from "../platform/http/accept";
import { publicEndpoint, type Router, reply } from "../platform/http/endpoint";
import { CONTENT_TYPES, EXPOSITIONS, expose } from "./exposition";
import { exposedMetrics, platformMetrics } from "./platform-metrics";

const totals = z.record(z.string(), z.union([z.number(), z.record(z.string(), z.number())]));
const metricsSchema = z.object({
  timestamp: z.string(),
  totals,
  tenants: z.array(z.object({ tenant_id: z.string(), totals })).optional(),
});
const about =
  "Counters since the platform began, some minutes old, and read anew every ten seconds at most; they never go backwards. With the operator's token also what is used, and each tenant by itself.";

export function metricsRoutes(router: Router): void {
  publicEndpoint(
    router,
    {
      method: "get",
      path: "/metrics",
      operationId: "platformMetrics",
      tag: "Operations",
      access: "public",
      summary: "The platform's counters",
      description: about,
      responses: { 200: { description: "The counters", schema: metricsSchema } },
    },
    async (ctx, { raw }) => reply(200, await platformMetrics(ctx, raw)),
  );
  publicEndpoint(
    router,
    {
      method: "get",
      path: "/metrics/prometheus",
      operationId: "prometheusMetrics",
      tag: "Operations",
      access: "public",
      summary: "The platform's counters, for a scraper",
      description: `${about} By Accept: the Prometheus text format 0.0.4, or OpenMetrics 1.0.`,
      responses: {
        200: {
          description: "The counters",
          content: { "text/plain": z.string(), "application/openmetrics-text": z.string() },
        },
      },
    },
    async (ctx, { raw }) => {
      const form = acceptedForm(raw.headers.get("accept"), EXPOSITIONS);
      const text = expose(await exposedMetrics(ctx, raw), form);
      return new Response(text, { headers: { "content-type": CONTENT_TYPES[form], vary: "Accept" } });
    },
  );
}
