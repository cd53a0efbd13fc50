import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { unwrap } from "../../src/core/result";
import type { NewWork, WorkItem, WorkKind } from "../../src/core/work";
import { tenantObject } from "../../src/platform/objects";

/** The request of a cheap execution, as it is stored. */
export const cheapRequest = (values = 10): string =>
  JSON.stringify({
    strategyId: "moving_average",
    config: { period: 3 },
    target: {
      streamId: null,
      fields: null,
      tags: null,
      startMicros: null,
      endMicros: null,
      data: Array.from({ length: values }, (_, i) => i),
    },
    requestedMs: 1_700_000_000_000,
  });

let created = 0;
export const newWork = (more: Partial<NewWork> = {}): NewWork => ({
  id: `exec_${++created}_${crypto.randomUUID()}`,
  kind: "strategy",
  request: cheapRequest(),
  status: "queued",
  streamId: null,
  strategyId: "moving_average",
  traceparent: "",
  ...more,
});

const actor = { clientId: "test", requestId: "test" };

/** Work in a tenant's object, as a route creates it. */
export async function create(tenantId: string, more: Partial<NewWork> = {}): Promise<WorkItem> {
  return unwrap<WorkItem>(await tenantObject(env, tenantId).createWork(newWork(more), actor));
}

export async function get(tenantId: string, id: string, kind: WorkKind = "strategy"): Promise<WorkItem> {
  return unwrap<WorkItem>(await tenantObject(env, tenantId).getWork(id, kind));
}

/** Statements on the storage of a tenant's object: to make what only time or a crash makes. */
export const query = <T extends Record<string, SqlStorageValue>>(
  tenantId: string,
  sql: string,
  ...values: SqlStorageValue[]
): Promise<T[]> =>
  runInDurableObject(tenantObject(env, tenantId), (_, { storage }) =>
    storage.sql.exec<T>(sql, ...values).toArray(),
  );

/** Time passes: leases and turns run out, pauses are over. The alarm rings. */
export async function later(tenantId: string): Promise<void> {
  await query(tenantId, "UPDATE work SET due_ms = 0 WHERE status IN ('queued','running')");
  await query(tenantId, "UPDATE turns SET touched_ms = 0");
  await runDurableObjectAlarm(tenantObject(env, tenantId));
}

export const evict = (tenantId: string): Promise<void> => evictDurableObject(tenantObject(env, tenantId));

/** How many pieces are in each state. */
export async function counts(tenantId: string): Promise<Record<string, number>> {
  const rows = await query<{ status: string; n: number }>(
    tenantId,
    "SELECT status, count(*) AS n FROM work GROUP BY status",
  );
  return Object.fromEntries(rows.map(({ status, n }) => [status, n]));
}
