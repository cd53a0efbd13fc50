import type { Context as HonoContext } from "hono";
import type { Failure } from "../../core/errors";
import type { RateState } from "../context";

/** RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers). */
export function rateHeaders(rate: RateState, policy = "tenant"): [string, string][] {
  return [
    ["RateLimit-Policy", `"${policy}";q=${rate.limit};w=${rate.windowSeconds}`],
    ["RateLimit", `"${policy}";r=${rate.remaining};t=${rate.resetSeconds}`],
  ];
}

/** The same for a request that its tenant's rate policy refused; of any other failure, nothing. */
export function refusedRateHeaders({ code, extra, retryAfterSeconds }: Failure): [string, string][] {
  const limit = extra?.limit;
  if (code !== "rate_limited" || typeof limit !== "number") return [];
  return rateHeaders({ limit, windowSeconds: 60, remaining: 0, resetSeconds: retryAfterSeconds ?? 1 });
}

export const EXPOSED_HEADERS = [
  "X-Request-Id",
  "RateLimit",
  "RateLimit-Policy",
  "Retry-After",
  "Location",
  "ETag",
  "Idempotency-Replayed",
  "Preference-Applied",
].join(", ");

/** CORS of a request itself, where the token has named the tenant: its allow-list, or any origin. */
export function allowOrigin(c: HonoContext, allowed: readonly string[] | null): void {
  const origin = c.req.header("origin");
  if (!origin) return;
  c.header("Vary", "Origin", { append: true });
  if (allowed && !allowed.includes(origin)) {
    c.res.headers.delete("Access-Control-Allow-Origin");
    return;
  }
  c.header("Access-Control-Allow-Origin", allowed ? origin : "*");
  c.header("Access-Control-Expose-Headers", EXPOSED_HEADERS);
}
