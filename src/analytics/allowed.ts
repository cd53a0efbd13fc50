import { fail } from "../core/errors";
import { unwrap } from "../core/result";
import type { TenantContext } from "../platform/context";
import { tenantObject } from "../platform/objects";
import type { StrategyId } from "./contract";
import type { ExecutionRequest } from "./request";
import { type Resolution, resolve } from "./resolve";
import type { PreparedStrategy } from "./strategies/registry";

/** Always allowed: it runs only what else is. */
const RUNS_ALLOWED_ONES: StrategyId = "auto_analysis";

/** The data of a request, where its tenant may run the strategy. Throws `strategy_not_allowed` and what {@link resolve} throws. */
export async function resolveAllowed(
  ctx: TenantContext,
  request: ExecutionRequest,
  strategy: PreparedStrategy,
): Promise<Resolution> {
  const tenant = tenantObject(ctx.env, ctx.principal.tenantId);
  const policy = unwrap<{ allowedStrategies: readonly string[] }>(await tenant.policy());
  const allowed = policy.allowedStrategies;
  requireAllowed(request.strategyId, allowed);
  const { series, resolved } = await resolve(ctx, request, strategy);
  return { resolved, series: series.map((input) => ({ ...input, allowed })) };
}

function requireAllowed(strategyId: string, allowed: readonly string[]): void {
  if (strategyId === RUNS_ALLOWED_ONES || allowed.includes(strategyId)) return;
  throw fail(
    "strategy_not_allowed",
    `${strategyId} is not allowed for this tenant. Allowed: ${allowed.join(", ")}.`,
    { extra: { allowed_strategies: [...allowed] } },
  );
}
