import { type Failure, fail } from "../../core/errors";
import { attempt, unwrap } from "../../core/result";
import type { TenantContext } from "../../platform/context";
import { db } from "../../platform/db";
import { findSchedule, noteRun, type Schedule } from "../../streams";
import type { Tenant } from "../../tenants";
import { activeTenant } from "./active-tenant";
import { queueExecution } from "./queue-execution";

/** What passes by itself comes again with its message; of anything else it is told, and the next time comes. */
const PASSES: Failure["code"] = "unavailable";

/** Queues the execution that a stream's schedule has due; delivered twice, it is one. What was taken away is not run. */
export async function runSchedule(
  ctx: TenantContext,
  { streamId, dueMs }: { streamId: string; dueMs: number },
): Promise<void> {
  const { tenantId } = ctx.principal;
  const tenant = await activeTenant(ctx);
  const schedule = await findSchedule(db(ctx.env), tenantId, streamId);
  if (!schedule) return;
  const queued = await attempt(() => queue(ctx, tenant, schedule, { streamId, dueMs }));
  if (!queued.ok && queued.failure.code === PASSES) unwrap(queued);
  const run = queued.ok
    ? { execution_id: queued.value, error: null }
    : { execution_id: null, error: { code: queued.failure.code, detail: queued.failure.detail } };
  await noteRun(db(ctx.env), { tenantId, streamId, dueMs }, run);
}

function queue(
  ctx: TenantContext,
  { tenantId, allowedStrategies }: Tenant,
  { strategy_id, config, field, tags }: Schedule,
  { streamId, dueMs }: { streamId: string; dueMs: number },
): Promise<string> {
  if (strategy_id !== "auto_analysis" && !allowedStrategies.includes(strategy_id)) {
    const allowed = allowedStrategies.join(", ");
    throw fail("strategy_not_allowed", `${strategy_id} is not allowed for this tenant. Allowed: ${allowed}.`);
  }
  return queueExecution(ctx, {
    identity: ["schedule", tenantId, streamId, dueMs],
    strategyId: strategy_id,
    config,
    target: { streamId, fields: field === undefined ? null : [field], tags: tags ?? null },
  });
}
