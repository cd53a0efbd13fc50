import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { vi } from "vitest";
import { app } from "../../src/app";
import { erasePlans } from "../../src/extraction";
import { forgetHeard } from "../../src/extraction/advice/heard";
import { db } from "../../src/platform/db";
import { newTenant, type TestTenant } from "./client";
import { modelServer, type Play } from "./model-server";

let models = 0;

/** The bindings of a deployment with a language model of its own, which nobody has called yet. */
export const envWithModel = (more: Record<string, string> = {}) => ({
  ...env,
  GEMINI_API_KEY: "a-secret-key",
  GEMINI_MODEL: `test-model-${++models}`,
  GEMINI_BASE_URL: "https://models.example/v1beta",
  ...more,
});

/** Everything that is fetched is answered by a server of models that plays these. */
export function playing(...plays: Play[]) {
  const server = modelServer("gemini", ...plays);
  vi.spyOn(globalThis, "fetch").mockImplementation(server.fetch);
  return server.received;
}

export interface TestFile {
  name: string;
  bytes: Uint8Array<ArrayBuffer> | string;
}

export interface ModelledTenant extends Pick<TestTenant, "tenantId" | "token"> {
  env: ReturnType<typeof envWithModel>;
  process(body: Record<string, unknown>, file?: TestFile, headers?: Record<string, string>): Promise<Body>;
  analyze(body: object): Promise<Body>;
  get(path: string): Promise<Body>;
  /** As if no data of any shape had been loaded, and no model asked about any. */
  forgetPlans(): Promise<number>;
  send(path: string, init: RequestInit): Promise<Response>;
}

/** An answer of the API, as far as these tests look into it. */
export interface Body {
  status: number;
  confidence: number;
  confidence_level: string;
  records_processed: number;
  stream_id: string;
  job_id: string;
  shape_id: string | null;
  plan_version: number | null;
  warnings: string[];
  ambiguities: { readings: { reading: string; chosen: boolean }[] }[];
  schema: Record<string, unknown> & { value_fields: string[]; category_fields: string[] };
  plan: { tables: { timestamp: { order: string } | null; columns: { name: string; role: string }[] }[] };
  llm: { used: boolean; provider: string | null; model: string | null; tokens: number };
  [other: string]: unknown;
}

/** A tenant of a deployment that has a model. Its requests go through the whole app, with that deployment's bindings. */
export async function newModelledTenant(more: Record<string, string> = {}): Promise<ModelledTenant> {
  const { tenantId, token } = await newTenant();
  const bindings = envWithModel(more);
  const send = async (path: string, init: RequestInit): Promise<Response> => {
    const ctx = createExecutionContext();
    const headers = { authorization: `Bearer ${token}`, ...(init.headers as Record<string, string>) };
    const request = new Request(`http://localhost:3000${path}`, { ...init, headers });
    const response = await app.fetch(request, bindings, ctx);
    await waitOnExecutionContext(ctx);
    return response;
  };
  const json = async (response: Response): Promise<Body> => ({
    ...((await response.json()) as Body),
    status: response.status,
  });
  const post = async (path: string, body: object, headers: Record<string, string> = {}): Promise<Body> =>
    json(
      await send(path, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify(body),
      }),
    );
  return {
    tenantId,
    token,
    env: bindings,
    send,
    process: async (body, file, headers) => {
      if (!file) return post("/api/llm/process", body, headers);
      const form = new FormData();
      for (const [name, value] of Object.entries(body)) form.append(name, String(value));
      form.append("file", new File([file.bytes], file.name));
      return json(await send("/api/llm/process", { method: "POST", body: form }));
    },
    forgetPlans: () => {
      forgetHeard();
      return erasePlans(db(env), tenantId);
    },
    analyze: (body) => post("/api/llm/analyze", body),
    get: async (path) => json(await send(path, { method: "GET" })),
  };
}
