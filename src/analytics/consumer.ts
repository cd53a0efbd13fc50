import type { WorkItem } from "../core/work";
import type { TenantContext } from "../platform/context";
import { errorFields, log } from "../platform/log";
import { tenantObject } from "../platform/objects";
import { executeClaimed, failExecution } from "./execute";

/** Executions that one message does at most; every execution has a message of its own. */
const PER_MESSAGE = 4;
/** An execution that breaks our code this often is not tried again. */
const MAX_ATTEMPTS = 3;

/**
 * Does queued executions of a tenant, one at a time. A message delivered twice finds nothing left to claim. An
 * unexpected error leaves the execution to its lease and is thrown, so that the message comes again.
 */
export async function analyzeQueued(ctx: TenantContext, isLastTry = false): Promise<void> {
  const tenant = tenantObject(ctx.env, ctx.principal.tenantId);
  for (let done = 0; done < PER_MESSAGE; done++) {
    const [item]: WorkItem[] = await tenant.claimWork("strategy", 1);
    if (!item) return;
    try {
      await executeClaimed(ctx, item);
    } catch (error) {
      log(ctx.config.LOG_LEVEL, "error", "execution_failed", {
        execution_id: item.id,
        ...errorFields(error),
      });
      if (!isLastTry && item.attempts < MAX_ATTEMPTS) throw error;
      await failExecution(ctx, item.id, {
        code: "internal",
        detail: `The execution failed on our side, ${item.attempts} time(s).`,
      });
    }
  }
}
