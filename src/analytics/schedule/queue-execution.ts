import type { TenantContext } from "../../platform/context";
import { fingerprintOf } from "../../platform/idempotency";
import { createExecution, workOf } from "../execute";
import type { Target } from "../request";

interface Asked {
  /** What makes this run one and no other: the execution's id comes from it. */
  identity: readonly (string | number)[];
  strategyId: string;
  config: Record<string, unknown>;
  target: Pick<Target, "streamId" | "fields" | "tags">;
}

/** Queues an execution, once for each identity. Gives its id. Throws `strategy_quota_exceeded`. */
export async function queueExecution(
  ctx: TenantContext,
  { identity, strategyId, config, target }: Asked,
): Promise<string> {
  const id = `exec_${(await fingerprintOf(JSON.stringify(identity))).slice(0, 32)}`;
  const request = {
    strategyId,
    config,
    target: { ...target, startMicros: null, endMicros: null, data: null },
    requestedMs: ctx.clock.nowMs(),
  };
  await createExecution(ctx, { ...workOf(request, "queued"), id });
  return id;
}
