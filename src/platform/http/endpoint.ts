import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import type { Context as HonoContext } from "hono";
import { z } from "zod";
import { fail } from "../../core/errors";
import { canonicalJson } from "../../core/json";
import type { Context, Grant, Principal, TenantContext } from "../context";
import { fingerprintOf, runIdempotent } from "../idempotency";
import { Leave, withLeave } from "../leases";
import { BODY_LIMITS, decodeUtf8, isJsonType, parseBody, readBytes } from "./body";
import type { Access, EndpointSpec } from "./endpoint-spec";
import { openApiRouteOf } from "./openapi-route";
import { failureOf } from "./problem";
import { allowOrigin, rateHeaders, refusedRateHeaders } from "./response-headers";
import { validate } from "./validate";

/** What the platform needs of features that it must not import: src/app.ts hands these in. */
export interface Guards {
  /** The principal of the request's token; throws `unauthorized`. */
  authenticate(ctx: Context, request: Request): Promise<Principal>;
  /** One request of the tenant's rate policy, the token not revoked; throws `rate_limited`, `unauthorized` and others. */
  admit(ctx: Context, principal: Principal): Promise<Grant>;
  /** One request of the policy of an address without a valid token. */
  admitAddress(ctx: Context): void;
}

export type AppEnv = { Bindings: Env; Variables: { ctx: Context; guards: Guards } };
export type Router = OpenAPIHono<AppEnv>;

export interface EndpointRequest<P, Q, B> {
  params: P;
  query: Q;
  body: B;
  /** The request itself, its body unread unless `body` was declared. */
  raw: Request;
}

export interface Reply {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

type Handler<C, P, Q, B> = (ctx: C, request: EndpointRequest<P, Q, B>) => Promise<Reply | Response>;

/** Registers an endpoint that needs a token. Every endpoint does its steps in the same order: who, may they, how much, what. */
export function endpoint<P, Q, B>(
  router: Router,
  spec: EndpointSpec<P, Q, B>,
  handler: Handler<TenantContext, P, Q, B>,
) {
  register(router, spec, async (c) => {
    const ctx = c.get("ctx");
    const guards = c.get("guards");
    const principal = await authenticated(guards, ctx, c.req.raw);
    requireScope(spec.access, principal);
    const params = paramsOf(spec, c);
    if (spec.tenantParam && principal.kind === "client" && params[spec.tenantParam] !== principal.tenantId) {
      throw fail("tenant_not_found", "There is no tenant with this id.");
    }
    const leave = new Leave(principal, (grant) => {
      for (const [name, value] of rateHeaders(grant.rate)) c.header(name, value);
      allowOrigin(c, grant.corsOrigins);
    });
    const tenantCtx = withLeave(ctx, principal, leave);
    const run = async () => {
      const query = queryOf(spec, c);
      const { body, text } = await bodyOf(spec, c.req.raw);
      const work = async () => handler(tenantCtx, { params, query, body, raw: c.req.raw });
      const key = spec.idempotent ? c.req.raw.headers.get("idempotency-key") : null;
      if (key === null) return work();
      const fingerprint = await fingerprintOf(`${canonicalJson(query)}\n${text}`);
      return runIdempotent(tenantCtx, { key, scope: `${c.req.method} ${c.req.path}`, fingerprint }, work);
    };
    const admitHere = async () => leave.admitted(await guards.admit(ctx, principal));
    try {
      if (spec.admission !== "object") await admitHere();
      return await run().finally(async () => {
        // A request that ended before it came to its object is a request all the same.
        if (!leave.isDecided) await admitHere();
      });
    } catch (error) {
      for (const [name, value] of refusedRateHeaders(failureOf(error))) c.header(name, value);
      throw error;
    }
  });
}

/** Registers an endpoint without a token, or one for the operator. */
export function publicEndpoint<P, Q, B>(
  router: Router,
  spec: EndpointSpec<P, Q, B>,
  handler: Handler<Context, P, Q, B>,
) {
  register(router, spec, async (c) => {
    const ctx = c.get("ctx");
    c.get("guards").admitAddress(ctx);
    const params = paramsOf(spec, c);
    const query = queryOf(spec, c);
    const { body } = await bodyOf(spec, c.req.raw);
    return handler(ctx, { params, query, body, raw: c.req.raw });
  });
}

export const reply = (status: number, body?: unknown, headers?: Record<string, string>): Reply => ({
  status,
  ...(body === undefined ? {} : { body }),
  ...(headers ? { headers } : {}),
});

async function authenticated(guards: Guards, ctx: Context, request: Request): Promise<Principal> {
  try {
    return await guards.authenticate(ctx, request);
  } catch (error) {
    guards.admitAddress(ctx);
    throw error;
  }
}

function requireScope(access: Access, principal: Principal): void {
  if (access === "tenant" || principal.kind === "operator") return;
  if (access === "operator") throw fail("operator_only", "Only the operator of this deployment may do this.");
  if (principal.scopes.includes(access)) return;
  throw fail("insufficient_scope", `The token needs the scope ${access}.`, {
    extra: { required_scope: access },
  });
}

function paramsOf<P, Q, B>(spec: EndpointSpec<P, Q, B>, c: HonoContext<AppEnv>): P {
  return spec.params ? validate(spec.params, c.req.param(), "#/path") : ({} as P);
}

function queryOf<P, Q, B>(spec: EndpointSpec<P, Q, B>, c: HonoContext<AppEnv>): Q {
  const given = c.req.query();
  if (spec.query) return validate(spec.query, given, "#/query");
  for (const _ in given) return validate(noQuery as unknown as z.ZodType<Q>, given, "#/query");
  return {} as Q;
}

/** Made once: a schema costs more to make than to check. */
const noQuery = z.strictObject({});

async function bodyOf<P, Q, B>(
  spec: EndpointSpec<P, Q, B>,
  request: Request,
): Promise<{ body: B; text: string }> {
  if (!spec.body) return { body: undefined as B, text: "" };
  if (!isJsonType(request.headers.get("content-type"))) {
    throw fail("unsupported_media_type", "The body must be JSON (application/json).");
  }
  const text = decodeUtf8(await readBytes(request, spec.maxBodyBytes ?? BODY_LIMITS.commandBytes));
  return { body: parseBody(spec.body, text), text };
}

function register<P, Q, B>(
  router: Router,
  spec: EndpointSpec<P, Q, B>,
  run: (c: HonoContext<AppEnv>) => Promise<Reply | Response>,
) {
  const route = createRoute(openApiRouteOf(spec));
  router.openAPIRegistry.registerPath(route);
  router.on(spec.method.toUpperCase(), route.getRoutingPath(), async (c) => {
    const result = await run(c);
    if (result instanceof Response) return copyOf(c, result);
    if (result.headers) for (const [name, value] of Object.entries(result.headers)) c.header(name, value);
    return result.body === undefined
      ? c.body(null, result.status as 204)
      : c.json(result.body as object, result.status as 200);
  });
}

/** The response with headers that middleware may add to. An upgrade carries its socket, which no other copy keeps. */
function copyOf(c: HonoContext<AppEnv>, response: Response): Response {
  if (response.status !== 101) return c.newResponse(response.body, response);
  return new Response(null, {
    status: 101,
    webSocket: response.webSocket,
    headers: new Headers(response.headers),
  });
}
