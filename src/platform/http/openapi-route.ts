import type { RouteConfig } from "@hono/zod-openapi";
import { z } from "zod";
import type { Access, EndpointSpec } from "./endpoint-spec";
import { PROBLEM_JSON } from "./problem";
import { problemSchema } from "./problem-schema";

/** The endpoint as OpenAPI describes it. */
export function openApiRouteOf<P, Q, B>(spec: EndpointSpec<P, Q, B>): RouteConfig {
  const responses: RouteConfig["responses"] = {};
  for (const [status, { description, schema, content }] of Object.entries(spec.responses)) {
    const media = content ?? (schema ? { "application/json": schema } : null);
    responses[status] = {
      description,
      ...(media
        ? { content: Object.fromEntries(Object.entries(media).map(([type, s]) => [type, { schema: s }])) }
        : {}),
    };
  }
  responses.default = {
    description: "A problem document",
    content: { [PROBLEM_JSON]: { schema: problemSchema } },
  };
  const bodies = spec.body ? { "application/json": spec.body } : spec.rawBody;
  return {
    method: spec.method,
    path: spec.path,
    operationId: spec.operationId,
    tags: [spec.tag],
    summary: spec.summary,
    ...(spec.description ? { description: spec.description } : {}),
    ...(spec.access === "public" ? { security: [] } : { security: [{ bearer: scopesOf(spec.access) }] }),
    request: {
      ...(spec.params ? { params: spec.params as unknown as z.ZodObject } : {}),
      ...(spec.query ? { query: spec.query as unknown as z.ZodObject } : {}),
      ...(bodies
        ? {
            body: {
              required: true,
              content: Object.fromEntries(Object.entries(bodies).map(([type, schema]) => [type, { schema }])),
            },
          }
        : {}),
      ...headersOf(spec),
    },
    responses,
  };
}

/** For the document, of handlers that see to it themselves too. */
export const IDEMPOTENCY_HEADER = { "Idempotency-Key": "Kept 24 h." } as const;

function headersOf<P, Q, B>({ idempotent, headers }: EndpointSpec<P, Q, B>) {
  const told = { ...(idempotent ? IDEMPOTENCY_HEADER : {}), ...headers };
  const optional = (description: string) => z.string().max(255).optional().openapi({ description });
  const named = Object.entries(told).map(([name, description]) => [name, optional(description)] as const);
  return named.length > 0 ? { headers: z.object(Object.fromEntries(named)) } : {};
}

const scopesOf = (access: Access): string[] => (access === "tenant" ? [] : [access]);
