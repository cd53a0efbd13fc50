import type { TestTenant } from "../support/client";

/** What the suite must know of a route to walk it. Every operation of the OpenAPI document needs its row. */
export interface Case {
  /** The path with the caller's own ids, or null where the route has none. */
  path(own: TestTenant): string;
  /** The same path with something of another tenant's, and the code it must give. */
  foreign?: { path(other: TestTenant): string; code: string };
  /** A body that is valid JSON and wrong, and the code it must give. */
  wrong?: { body: unknown; code: string };
  /** The cap on the body in bytes; a larger one is 413. */
  maxBytes?: number;
  headers?: Record<string, string>;
}

const own = (suffix: string) => ({
  path: (tenant: TestTenant) => `/api/tenant/${tenant.tenantId}${suffix}`,
  foreign: { path: (other: TestTenant) => `/api/tenant/${other.tenantId}${suffix}`, code: "tenant_not_found" },
});
const at = (path: string) => ({ path: () => path });
const COMMAND = 1_000_000;
const TREE = 20_000_000;
const STREAMED = 95_000_000;
const emptyObject = { body: {}, code: "invalid_request" };

export const CASES: Record<string, Case> = {
  health: at("/health"),
  healthPost: at("/health"),
  healthDetailed: at("/health/detailed"),
  jwks: at("/.well-known/jwks.json"),
  authorize: { ...at("/api/auth"), wrong: emptyObject, maxBytes: COMMAND },
  refresh: { ...at("/api/auth/refresh"), wrong: emptyObject, maxBytes: COMMAND },
  revokeToken: { ...at("/api/auth/revoke"), wrong: emptyObject, maxBytes: COMMAND },
  createTenant: { ...at("/api/tenant"), wrong: { body: { name: "x", email: "no address" }, code: "invalid_request" }, maxBytes: COMMAND },
  getTenant: own(""),
  changeTenant: { ...own(""), wrong: { body: { tier: "enterprise" }, code: "invalid_request" }, maxBytes: COMMAND },
  changeLimits: { ...own("/limits"), wrong: { body: { limits: { rate_limit_per_minute: -1 } }, code: "invalid_request" }, maxBytes: COMMAND },
  getUsage: own("/usage"),
  getAudit: own("/audit"),
  verifyAudit: own("/audit/verify"),
  eraseTenantData: { ...own("/data?confirm=no") },
  closeTenant: { ...own("?confirm=no") },
};
export { at, COMMAND, emptyObject, STREAMED, TREE };
