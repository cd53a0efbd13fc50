import { OpenAPIHono } from "@hono/zod-openapi";
import { secureHeaders } from "hono/secure-headers";
import { analyticsRoutes, checkSchedule } from "./analytics";
import { authenticate, authRoutes, isOperator, operatorPrincipal, verifyAccessToken } from "./auth";
import { backtestRoutes } from "./backtest";
import { systemClock } from "./core/clock";
import { fail } from "./core/errors";
import { secureRandom } from "./core/ids";
import { configOf } from "./env";
import { erasureRoutes } from "./erasure-routes";
import { extractionRoutes } from "./extraction";
import { isUpgrade, notificationRoutes, redeemTicket, subprotocolToken } from "./notifications";
import { opsRoutes } from "./ops";
import { admitAddress } from "./platform/address-limit";
import type { Context } from "./platform/context";
import type { AppEnv, Guards } from "./platform/http/endpoint";
import { failureOf, problemResponse } from "./platform/http/problem";
import { EXPOSED_HEADERS } from "./platform/http/response-headers";
import { continueTrace, requestIdOf } from "./platform/http/trace";
import { admit } from "./platform/leases";
import { errorFields, log } from "./platform/log";
import { streamRoutes } from "./streams";
import { tenantRoutes } from "./tenants";

export const app = new OpenAPIHono<AppEnv>();

const guards: Guards = {
  async authenticate(ctx, request) {
    // Not through a URL object, which costs more than the rest of this.
    const tenantId = /^[a-z]+:\/\/[^/]+\/api\/(?:tenant|metrics)\/([^/?#]+)/.exec(request.url)?.[1];
    if (tenantId && (await isOperator(ctx, request))) return operatorPrincipal(tenantId);
    if (isUpgrade(request)) {
      const ticket = new URL(request.url).searchParams.get("ticket");
      if (ticket) return redeemTicket(ctx, ticket);
      const token = subprotocolToken(request);
      if (token) return verifyAccessToken(ctx, token);
    }
    return authenticate(ctx, request);
  },
  admit,
  admitAddress,
};

app.use(async (c, next) => {
  const ctx: Context = {
    env: c.env,
    config: configOf(c.env),
    clock: systemClock,
    random: secureRandom,
    requestId: requestIdOf(c.req.header("x-request-id"), secureRandom),
    traceparent: continueTrace(c.req.header("traceparent"), secureRandom),
    address: c.req.header("cf-connecting-ip") ?? "unknown",
    waitUntil: (work) => c.executionCtx.waitUntil(work),
  };
  c.set("ctx", ctx);
  c.set("guards", guards);
  // Before the response is there: each header that is set on a finished one makes a new one.
  c.header("X-Request-Id", ctx.requestId);
  c.header("traceparent", ctx.traceparent);
  await next();
});

app.use(secureHeaders({ crossOriginResourcePolicy: "cross-origin", xFrameOptions: "DENY" }));

app.use(async (c, next) => {
  const origin = c.req.header("origin");
  if (c.req.method === "OPTIONS" && origin && c.req.header("access-control-request-method")) {
    // Answered for any origin: the tenant, and with it its allow-list, is known only on the request itself.
    return c.body(null, 204, {
      "Access-Control-Allow-Origin": "*",
      "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
      "Access-Control-Allow-Headers":
        c.req.header("access-control-request-headers") ?? "authorization, content-type",
      "Access-Control-Max-Age": "86400",
    });
  }
  if (origin) {
    c.header("Access-Control-Allow-Origin", "*");
    c.header("Access-Control-Expose-Headers", EXPOSED_HEADERS);
  }
  await next();
});

opsRoutes(app);
authRoutes(app);
tenantRoutes(app);
erasureRoutes(app);
streamRoutes(app, checkSchedule);
extractionRoutes(app);
analyticsRoutes(app);
backtestRoutes(app);
notificationRoutes(app);

app.openAPIRegistry.registerComponent("securitySchemes", "bearer", {
  type: "http",
  scheme: "bearer",
  bearerFormat: "JWT",
});

/** OpenAPI 3.1 of the schemas that validate. */
export const openApiDocument = () =>
  app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "StratosMesh",
      version: "1.0.0",
      description:
        "Any data in; streams of time series, forecasts, anomalies and alerts out. Errors are problem documents (RFC 9457).",
    },
  });

app.get("/openapi.json", (c) => c.json(openApiDocument()));

app.notFound((c) => {
  const ctx = c.get("ctx");
  const path = c.req.path;
  const methods = methodsOf(path);
  const failure =
    methods.length > 0
      ? fail("method_not_allowed", `${path} takes ${methods.join(", ")}.`).failure
      : fail("not_found", `There is nothing at ${path.slice(0, 200)}.`).failure;
  const response = problemResponse(failure, ctx.requestId, path);
  if (methods.length > 0) response.headers.set("allow", methods.join(", "));
  return c.newResponse(response.body, response);
});

app.onError((error, c) => {
  const ctx = c.get("ctx");
  const failure = failureOf(error);
  if (failure.code === "internal") {
    log(ctx?.config.LOG_LEVEL ?? "error", "error", "request_failed", {
      request_id: ctx?.requestId ?? "",
      path: c.req.path,
      ...errorFields(error),
    });
  }
  const response = problemResponse(failure, ctx?.requestId ?? "", c.req.path);
  return c.newResponse(response.body, response);
});

/** The methods that some route takes at this path. */
function methodsOf(path: string): string[] {
  const methods = new Set<string>();
  for (const route of app.routes) {
    if (route.method === "ALL") continue;
    const pattern = new RegExp(
      `^${route.path.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/:[^/]+/g, "[^/]+")}$`,
    );
    if (pattern.test(path)) methods.add(route.method);
  }
  return [...methods].sort();
}
