import { monthOf } from "../../core/clock";
import type { TenantContext } from "../../platform/context";
import { tenantObject } from "../../platform/objects";

/**
 * Does `work` with as many tokens reserved as it may use, and counts the ones that it used; null where the tenant has
 * not that many left this month. A reservation that is never settled (a crash) stays spent.
 */
export async function withinBudget<T extends { tokens: number }>(
  ctx: TenantContext,
  most: number,
  work: () => Promise<T>,
): Promise<T | null> {
  const tenant = tenantObject(ctx.env, ctx.principal.tenantId);
  const month = monthOf(ctx.clock.nowMs());
  const limit = ctx.config.LLM_TOKENS_PER_MONTH;
  if (!(await tenant.reserveModelTokens(month, most, limit))) return null;
  let used = most;
  try {
    const done = await work();
    used = done.tokens;
    return done;
  } finally {
    await tenant.settleModelTokens(month, most, used);
  }
}
