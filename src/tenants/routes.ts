import { z } from "zod";
import { isOperator } from "../auth";
import { unwrap } from "../core/result";
import { formatMs } from "../core/timestamps";
import { endpoint, publicEndpoint, type Router, reply } from "../platform/http/endpoint";
import { tenantObject } from "../platform/objects";
import { changeLimits, changeTenant, currentTenant } from "./change";
import {
  auditEntrySchema,
  createdTenantSchema,
  createTenantSchema,
  patchTenantSchema,
  putLimitsSchema,
  tenantSchema,
  usageSchema,
} from "./contract";
import { metricsRoutes } from "./metrics/routes";
import { signUp } from "./sign-up";
import { etagOf, viewOf } from "./view";

const params = z.object({ id: z.string().min(1).max(128) });
const own = { params, tenantParam: "id" as const, tag: "Tenants" };

export function tenantRoutes(router: Router): void {
  metricsRoutes(router);
  publicEndpoint(
    router,
    {
      method: "post",
      path: "/api/tenant",
      operationId: "createTenant",
      tag: "Tenants",
      access: "public",
      summary: "Open an account",
      description: "Open in development; a deployment asks for the operator's token by default.",
      body: createTenantSchema,
      responses: {
        201: {
          description: "The account and its first client; the secret is shown this once",
          schema: createdTenantSchema,
        },
      },
    },
    async (ctx, { body, raw }) => {
      const caller = {
        isOperator: await isOperator(ctx, raw),
        idempotencyKey: raw.headers.get("idempotency-key"),
      };
      const created = await signUp(ctx, body, caller);
      return reply(201, created, {
        location: `/api/tenant/${created.tenant_id}`,
        "cache-control": "no-store",
      });
    },
  );
  endpoint(
    router,
    {
      ...own,
      method: "get",
      path: "/api/tenant/{id}",
      operationId: "getTenant",
      access: "tenant:manage",
      summary: "The account",
      responses: { 200: { description: "The account", schema: tenantSchema } },
    },
    async (ctx, { params }) => {
      const tenant = await currentTenant(ctx, params.id);
      return reply(200, viewOf(tenant), { etag: etagOf(tenant) });
    },
  );
  endpoint(
    router,
    {
      ...own,
      method: "patch",
      path: "/api/tenant/{id}",
      operationId: "changeTenant",
      access: "tenant:manage",
      summary: "Change the account",
      description:
        'What is absent stays, each of the settings too; null takes a setting away. `auto_processing`: every five minutes, auto_analysis of the streams that were written to. `llm`: "never" shows no language model anything of the account\'s data, whatever a request asks.',
      body: patchTenantSchema,
      responses: { 200: { description: "The account", schema: tenantSchema } },
    },
    async (ctx, { params, body, raw }) => {
      const tenant = await changeTenant(ctx, params.id, body, raw.headers.get("if-match"));
      return reply(200, viewOf(tenant), { etag: etagOf(tenant) });
    },
  );
  endpoint(
    router,
    {
      ...own,
      method: "put",
      path: "/api/tenant/{id}/limits",
      operationId: "changeLimits",
      access: "tenant:manage",
      summary: "Change limits under the tier's ceiling",
      body: putLimitsSchema,
      responses: { 200: { description: "The account", schema: tenantSchema } },
    },
    async (ctx, { params, body, raw }) => {
      const tenant = await changeLimits(ctx, params.id, body, raw.headers.get("if-match"));
      return reply(200, viewOf(tenant), { etag: etagOf(tenant) });
    },
  );
  endpoint(
    router,
    {
      ...own,
      method: "get",
      path: "/api/tenant/{id}/usage",
      operationId: "getUsage",
      access: "tenant:manage",
      summary: "What was used",
      responses: {
        200: { description: "Usage since the account was opened, and the limits", schema: usageSchema },
      },
    },
    async (ctx, { params }) => {
      const usage = unwrap(await tenantObject(ctx.env, params.id).usage());
      return reply(200, { tenant_id: params.id, ...usage });
    },
  );
  endpoint(
    router,
    {
      ...own,
      method: "get",
      path: "/api/tenant/{id}/audit",
      operationId: "getAudit",
      access: "tenant:manage",
      summary: "The audit log, newest first",
      query: z.strictObject({
        limit: z.coerce.number().int().min(1).max(500).default(100),
        cursor: z
          .string()
          .regex(/^\d{1,15}$/)
          .optional(),
      }),
      responses: {
        200: {
          description: "A page",
          schema: z.object({ entries: z.array(auditEntrySchema), next_cursor: z.string().nullable() }),
        },
      },
    },
    async (ctx, { params, query }) => {
      const before = query.cursor === undefined ? null : Number(query.cursor);
      const rows = await tenantObject(ctx.env, params.id).auditPage(before, query.limit);
      const entries = rows.map(({ atMs, requestId, ...row }) => ({
        ...row,
        ts: formatMs(atMs),
        request_id: requestId,
      }));
      const more = rows.length === query.limit;
      return reply(200, { entries, next_cursor: more ? String(rows.at(-1)!.seq) : null });
    },
  );
  endpoint(
    router,
    {
      ...own,
      method: "get",
      path: "/api/tenant/{id}/audit/verify",
      operationId: "verifyAudit",
      access: "tenant:manage",
      summary: "Check the hash chain of the audit log",
      responses: {
        200: {
          description: "The check",
          schema: z.object({ valid: z.boolean(), entries: z.number(), broken_at: z.number().nullable() }),
        },
      },
    },
    async (ctx, { params }) => {
      const check = await tenantObject(ctx.env, params.id).verifyAudit();
      return reply(200, {
        valid: check.brokenAt === null,
        entries: check.entries,
        broken_at: check.brokenAt,
      });
    },
  );
}
