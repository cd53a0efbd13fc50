import { fail } from "../core/errors";
import { unwrap } from "../core/result";
import type { TenantContext } from "../platform/context";
import { tenantObject } from "../platform/objects";
import type { StrategyId } from "./contract";
import type { ExecutionRequest } from "./request";
import { type PreparedStrategy, prepareStrategy } from "./strategies/registry";

/** It runs only what else is allowed. */
const ALWAYS_ALLOWED: StrategyId = "auto_analysis";

/**
 * The strategy of a request as the tenant may run it: those that it runs within itself are allowed too. Throws
 * `strategy_not_found`, `strategy_not_allowed` and `invalid_request`.
 */
export async function permittedStrategy(
  ctx: TenantContext,
  { strategyId, config }: Pick<ExecutionRequest, "strategyId" | "config">,
): Promise<PreparedStrategy> {
  const strategy = prepareStrategy(strategyId, config);
  const allowed = await requireAllowed(ctx, strategy.id);
  return { ...strategy, run: (input) => strategy.run(input, allowed) };
}

/** Gives the strategies that the tenant may run. */
async function requireAllowed(ctx: TenantContext, strategyId: string): Promise<string[]> {
  const tenant = tenantObject(ctx.env, ctx.principal.tenantId);
  const { allowedStrategies } = unwrap<{ allowedStrategies: readonly string[] }>(await tenant.policy());
  const allowed = [...new Set([...allowedStrategies, ALWAYS_ALLOWED])];
  if (allowed.includes(strategyId)) return allowed;
  throw fail(
    "strategy_not_allowed",
    `${strategyId} is not allowed for this tenant. Allowed: ${allowed.join(", ")}.`,
    { extra: { allowed_strategies: allowed } },
  );
}
