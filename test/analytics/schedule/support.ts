import { createExecutionContext, createMessageBatch, getQueueResult } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { enqueueDue } from "../../../src/analytics";
import { secureRandom } from "../../../src/core/ids";
import { handleQueue } from "../../../src/queues";
import type { TestTenant } from "../../support/client";

export type Json = Record<string, never>;
export type Body = { kind: string; tenant_id: string; due_ms: number };

export const json = async (response: Response) => (await response.json()) as Json;

const HOUR_MS = 3_600_000;
const row = (hour: number) => ({
  timestamp: new Date(Date.UTC(2025, 0, 1) + hour * HOUR_MS).toISOString(),
  value: 100 + (hour % 7),
});

export const write = (tenant: TestTenant, streamId: string, from: number, to: number) =>
  tenant.call(
    "POST",
    `/api/stream/${streamId}/points`,
    Array.from({ length: to - from }, (_, i) => row(from + i)),
  );

/** The cron at this time, as far as it concerns one tenant: what it put on the queue. */
export async function cronAt(nowMs: number, tenant: TestTenant): Promise<Body[]> {
  const sent: Body[] = [];
  const ANALYZE = {
    send: () => Promise.reject(new Error("the cron sends batches")),
    sendBatch: async (messages: Iterable<{ body: Body }>) => {
      for (const { body } of messages) sent.push(body);
    },
  } as unknown as Env["ANALYZE"];
  await enqueueDue({ env: { ...env, ANALYZE }, random: secureRandom }, nowMs);
  return sent.filter(({ tenant_id }) => tenant_id === tenant.tenantId);
}

/** Hands messages to the consumer; gives the ids of those that are to come again. */
export async function deliver(bodies: readonly Body[]): Promise<string[]> {
  const messages = bodies.map((body, i) => ({ id: String(i), timestamp: new Date(), attempts: 1, body }));
  const batch = createMessageBatch("stratosmesh-analyze", messages);
  const context = createExecutionContext();
  await handleQueue(batch, env, context);
  return (await getQueueResult(batch, context)).retryMessages.map(({ msgId }) => msgId);
}

export async function executions(tenant: TestTenant): Promise<Json[]> {
  return (await json(await tenant.call("GET", "/api/strategy"))).executions as unknown as Json[];
}
