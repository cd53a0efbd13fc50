import { systemClock } from "../core/clock";
import { newId, secureRandom } from "../core/ids";
import { unwrap } from "../core/result";
import { configOf } from "../env";
import type { Context, Principal, TenantContext } from "./context";
import { continueTrace } from "./http/trace";
import { Leave, withLeave } from "./leases";
import { tenantObject } from "./objects";

const SCOPES = ["stream:read", "stream:write", "strategy:execute", "notify:send"];

/**
 * The context of work that no request waits for: the platform acts for the tenant, in the tenant's present epoch, and
 * carries on the trace of the request that asked. Throws `tenant_not_found` or `tenant_suspended` like a request would.
 */
export async function consumerContext(
  env: Env,
  tenantId: string,
  traceparent: string,
  waitUntil: (work: Promise<unknown>) => void,
): Promise<TenantContext> {
  const { epoch, region } = unwrap<{ epoch: number; region: string | null }>(
    await tenantObject(env, tenantId).policy(),
  );
  const principal: Principal = {
    kind: "client",
    tenantId,
    clientId: "platform",
    scopes: SCOPES,
    tokenId: "platform",
    expiresAt: Number.MAX_SAFE_INTEGER,
    region,
  };
  const ctx: Context = {
    env,
    config: configOf(env),
    clock: systemClock,
    random: secureRandom,
    requestId: newId("req"),
    traceparent: continueTrace(traceparent, secureRandom),
    address: "unknown",
    waitUntil,
  };
  const leave = new Leave(principal, () => {});
  // No request is counted, so nothing of the rate policy is told.
  const rate = { limit: 0, windowSeconds: 60, remaining: 0, resetSeconds: 0 };
  leave.admitted({ epoch, region, rate, corsOrigins: null });
  return withLeave(ctx, principal, leave);
}
