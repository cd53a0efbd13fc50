import { exports } from "cloudflare:workers";

const BASE = "http://stratosmesh.test";

export const send = (path: string, init: RequestInit = {}): Promise<Response> =>
  exports.default.fetch(new Request(`${BASE}${path}`, init));

export interface Caller {
  tenantId: string;
  /** A text is sent as it stands, all else as JSON. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  form(
    fields: Record<string, string>,
    file: { name: string; text: string } | null,
    headers?: Record<string, string>,
  ): Promise<Response>;
}

/** A tenant of its own with a token of all scopes. */
export async function newCaller(allowed?: string[]): Promise<Caller> {
  const signup = await send("/api/tenant", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      name: "Test",
      email: "test@example.com",
      ...(allowed ? { allowed_strategies: allowed } : {}),
    }),
  });
  const made = (await signup.json()) as {
    tenant_id: string;
    client_credentials: { client_id: string; client_secret: string };
  };
  const auth = await send("/api/auth", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ tenant_id: made.tenant_id, ...made.client_credentials }),
  });
  const { access_token } = (await auth.json()) as { access_token: string };
  const authorization = `Bearer ${access_token}`;
  return {
    tenantId: made.tenant_id,
    call: (method, path, body, headers = {}) =>
      send(path, {
        method,
        headers: {
          authorization,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      }),
    form: (fields, file, headers = {}) => {
      const form = new FormData();
      if (file) form.append("file", new File([file.text], file.name, { type: "text/csv" }));
      for (const [name, value] of Object.entries(fields)) form.append(name, value);
      return send("/api/llm/process", { method: "POST", headers: { authorization, ...headers }, body: form });
    },
  };
}

/** 120 hours of a price and a volume. */
export function pricesCsv(): string {
  const lines = ["date,symbol,price,volume"];
  for (let hour = 0; hour < 120; hour++) {
    const at = new Date(Date.UTC(2025, 0, 1) + hour * 3_600_000).toISOString();
    lines.push(`${at},AAPL,${(150 + hour * 0.1 + Math.sin(hour)).toFixed(2)},${1_000 + ((hour * 37) % 100)}`);
  }
  return `${lines.join("\n")}\n`;
}
