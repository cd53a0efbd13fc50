import { exports } from "cloudflare:workers";

/** The platform as a caller meets it: requests through the whole Worker, in workerd, on real bindings. */
export const call = (path: string, init?: RequestInit): Promise<Response> =>
  exports.default.fetch(new Request(`http://localhost:3000${path}`, init));

export interface TestTenant {
  tenantId: string;
  clientId: string;
  clientSecret: string;
  token: string;
  refreshToken: string;
  /** A request with the tenant's token; an object becomes a JSON body. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
}

/** Signs up a tenant of the test's own. */
export async function newTenant(body: Record<string, unknown> = {}, scopes?: string[]): Promise<TestTenant> {
  const created = await post("/api/tenant", { name: "Test", email: "test@example.com", ...body });
  const credentials = (await created.json()) as {
    tenant_id: string;
    client_credentials: { client_id: string; client_secret: string };
  };
  const tenant = {
    tenantId: credentials.tenant_id,
    clientId: credentials.client_credentials.client_id,
    clientSecret: credentials.client_credentials.client_secret,
  };
  const tokens = await tokensOf(tenant, scopes);
  return {
    ...tenant,
    token: tokens.access_token,
    refreshToken: tokens.refresh_token,
    call: (method, path, json, headers = {}) => {
      const withBody = json !== undefined;
      const text = typeof json === "string" ? json : JSON.stringify(json);
      return call(path, {
        method,
        headers: {
          authorization: `Bearer ${tokens.access_token}`,
          ...(withBody ? { "content-type": "application/json" } : {}),
          ...headers,
        },
        ...(withBody ? { body: text } : {}),
      });
    },
  };
}

export const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  call(path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });

export async function tokensOf(
  tenant: { tenantId: string; clientId: string; clientSecret: string },
  scopes?: string[],
): Promise<{ access_token: string; refresh_token: string; scope: string[] }> {
  const response = await post("/api/auth", {
    tenant_id: tenant.tenantId,
    client_id: tenant.clientId,
    client_secret: tenant.clientSecret,
    ...(scopes ? { scopes } : {}),
  });
  return response.json();
}

/** The status and the stable code of an answer: what a test of failure compares. */
export async function problem(
  response: Response,
): Promise<{ status: number; code: string; body: Record<string, unknown> }> {
  const body = (await response.json()) as Record<string, unknown>;
  return { status: response.status, code: String(body.code), body };
}
