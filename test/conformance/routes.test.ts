import { beforeAll, describe, expect, it } from "vitest";
import { openApiDocument } from "../../src/app";
import { call, newTenant, problem, type TestTenant } from "../support/client";
import { CASES, type Made } from "./cases";

interface Operation {
  id: string;
  method: string;
  path: string;
  secured: boolean;
  scope: string | null;
}

/** A row for an operation that is not there would be walked by nobody: both directions must match. */
const operations: Operation[] = Object.entries(openApiDocument().paths ?? {}).flatMap(([path, item]) =>
  Object.entries(item as Record<string, { operationId: string; security?: Record<string, string[]>[] }>).map(
    ([method, operation]) => {
      const bearer = operation.security?.[0]?.bearer;
      return {
        id: operation.operationId,
        method: method.toUpperCase(),
        path,
        secured: bearer !== undefined,
        scope: bearer?.[0] ?? null,
      };
    },
  ),
);

let tenant: TestTenant;
let other: TestTenant;
let scopeless: TestTenant;
let made: Made;

beforeAll(async () => {
  const limits = { rate_limit_per_minute: 1_000 };
  tenant = await newTenant({ limits });
  other = await newTenant({ limits });
  made = await madeBy(other);
  scopeless = await newTenant({ limits }, ["notify:send"]);
});

/** A stream, a job and an execution that really exist, and are somebody else's. */
async function madeBy(who: TestTenant): Promise<Made> {
  const lines = Array.from(
    { length: 40 },
    (_, i) => `${new Date(Date.UTC(2025, 0, 1 + i)).toISOString()},${100 + (i % 7)}`,
  );
  const body = { raw_text: ["time,value", ...lines].join("\n"), stream_id: "theirs" };
  const job = (await (await who.call("POST", "/api/llm/process", body)).json()) as { job_id: string };
  const run = { strategy_id: "moving_average", stream_id: "theirs", config: { period: 5 } };
  const execution = (await (await who.call("POST", "/api/strategy", run)).json()) as { execution_id: string };
  expect(job.job_id).toMatch(/^job_/);
  expect(execution.execution_id).toMatch(/^exec_/);
  return { streamId: "theirs", jobId: job.job_id, executionId: execution.execution_id };
}

const authorized = (who: TestTenant, extra: Record<string, string> = {}) => ({
  authorization: `Bearer ${who.token}`,
  ...extra,
});

/** A check that a route has no use for is no test of it: it is left out, not skipped. */
const itWhere = (applies: boolean) => (title: string, check: () => void | Promise<void>) => {
  if (applies) it(title, check);
};

it("every operation of the document has its row, and every row its operation", () => {
  expect(operations.map(({ id }) => id).sort()).toEqual(Object.keys(CASES).sort());
});

describe.each(operations)("$method $path", ({ id, method, path, secured, scope }) => {
  const row = CASES[id]!;
  const send = (target: string, headers: Record<string, string>, body?: BodyInit) =>
    call(target, {
      method,
      headers: { ...row.headers, ...headers },
      ...(body === undefined ? {} : { body }),
    });
  const bodied = method === "POST" || method === "PUT" || method === "PATCH";

  it("answers with a request id, and keeps the caller's", async () => {
    const response = await send(row.path(tenant), { "x-request-id": "caller-1" }, bodied ? "{}" : undefined);
    expect(response.headers.get("x-request-id")).toBe("caller-1");
    expect(response.status).toBeLessThan(500);
  });

  itWhere(secured)("refuses no token and a broken one with 401", async () => {
    const tokens = [null, "broken", `${tenant.token.slice(0, -4)}AAAA`, `${tenant.token}x`];
    for (const token of tokens) {
      const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
      const answer = await send(row.path(tenant), headers, bodied ? "{}" : undefined);
      expect(answer.headers.get("www-authenticate")).toContain("Bearer");
      expect(await problem(answer)).toMatchObject({ status: 401, code: "unauthorized" });
    }
  });

  itWhere(secured && scope !== null)("refuses a token without its scope with 403", async () => {
    const answer = await send(row.path(scopeless), authorized(scopeless), bodied ? "{}" : undefined);
    expect(await problem(answer)).toMatchObject({ status: 403, code: "insufficient_scope" });
  });

  itWhere(row.foreign !== undefined)("answers another tenant's id like one that does not exist", async () => {
    const answer = await send(
      row.foreign!.path(other, made),
      authorized(tenant, { "content-type": "application/json" }),
      bodied ? JSON.stringify(row.foreign!.body ?? row.wrong?.body ?? {}) : undefined,
    );
    expect(await problem(answer)).toMatchObject({ status: 404, code: row.foreign!.code });
  });

  itWhere(path.includes("{"))("has a row for another tenant's id, or says why not", () => {
    expect(row.foreign ?? row.unshared).toBeDefined();
  });

  itWhere(row.maxBytes !== undefined)("refuses a body over its cap with 413", async () => {
    const over = { "content-type": "application/json", "content-length": String(row.maxBytes! + 1) };
    const answer = await send(
      row.path(tenant),
      authorized(tenant, { ...over, ...row.headers }),
      new Uint8Array(row.maxBytes! + 1),
    );
    expect(await problem(answer)).toMatchObject({ status: 413, code: "payload_too_large" });
  });

  itWhere(row.wrong !== undefined)("refuses a wrong body with its code", async () => {
    const answer = await send(
      row.path(tenant),
      authorized(tenant, { "content-type": "application/json" }),
      JSON.stringify(row.wrong!.body),
    );
    const { status, code } = await problem(answer);
    expect(code).toBe(row.wrong!.code);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
  });

  itWhere(row.wrong !== undefined && row.headers === undefined)(
    "refuses what is not JSON with 400",
    async () => {
      const answer = await send(
        row.path(tenant),
        authorized(tenant, { "content-type": "application/json" }),
        "{",
      );
      expect(await problem(answer)).toMatchObject({ status: 400, code: "invalid_json" });
    },
  );

  itWhere(bodied)("has a row for a wrong body, or takes none", () => {
    const bodiless = ["healthPost", "issueTicket", "redriveExecution", "redriveJob"];
    expect(row.wrong !== undefined || bodiless.includes(id)).toBe(true);
  });
});

it("answers an unknown path with 404 and a wrong method with 405 and Allow", async () => {
  expect(await problem(await call("/api/nothing"))).toMatchObject({ status: 404, code: "not_found" });
  const wrong = await call("/api/auth", { method: "GET" });
  expect(wrong.headers.get("allow")).toBe("POST");
  expect(await problem(wrong)).toMatchObject({ status: 405, code: "method_not_allowed" });
});

it("answers a preflight for any origin, and carries the trace", async () => {
  const preflight = await call("/api/stream", {
    method: "OPTIONS",
    headers: { origin: "https://a.example", "access-control-request-method": "POST" },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get("access-control-allow-origin")).toBe("*");
  const traced = await call("/health", {
    headers: { traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" },
  });
  expect(traced.headers.get("traceparent")).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-01$/);
});

it("applies a tenant's allow-list of origins on the request itself", async () => {
  const strict = await newTenant({ settings: { cors_origins: ["https://ours.example"] } });
  const from = (origin: string) => strict.call("GET", "/api/stream", undefined, { origin });
  expect((await from("https://ours.example")).headers.get("access-control-allow-origin")).toBe(
    "https://ours.example",
  );
  expect((await from("https://theirs.example")).headers.get("access-control-allow-origin")).toBeNull();
});
