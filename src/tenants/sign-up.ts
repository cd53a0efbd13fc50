import type { z } from "zod";
import { insertClient } from "../auth";
import { SCOPES } from "../auth/contract";
import { fail } from "../core/errors";
import { newId, newSecret, newUuid } from "../core/ids";
import type { Context } from "../platform/context";
import { checkedKey, fingerprintOf } from "../platform/idempotency";
import { hubObject, tenantObject } from "../platform/objects";
import { keyedHash } from "../platform/secrets";
import { type createTenantSchema, KNOWN_STRATEGIES } from "./contract";
import { claimSignupKey, insertTenant, type Tenant, writeTogether } from "./store";
import { grantLimits, tierOf } from "./tiers";
import { viewOf } from "./view";

/** POST /api/tenant: the account, its granted limits and its first client, whose secret is shown this once. */
export async function signUp(
  ctx: Context,
  input: z.infer<typeof createTenantSchema>,
  caller: { isOperator: boolean; idempotencyKey: string | null },
) {
  if (ctx.config.SIGNUP === "operator" && !caller.isOperator) {
    throw fail("operator_only", "Accounts of this deployment are opened by its operator.");
  }
  if (input.tier && input.tier !== "standard" && !caller.isOperator) {
    throw fail("operator_only", "A tier above standard is given by the operator.");
  }
  const now = ctx.clock.nowMs();
  if (caller.idempotencyKey !== null) {
    const claimed = await claimSignupKey(
      ctx.env,
      await fingerprintOf(checkedKey(caller.idempotencyKey)),
      now,
    );
    // No replay: the first answer held a secret, which is not kept.
    if (!claimed)
      throw fail("conflict", "This Idempotency-Key was used for a sign-up; its secret is not shown again.");
  }
  const tier = input.tier ?? "standard";
  const { limits, clamped } = grantLimits(tierOf(ctx.config, tier), definedOnly(input.limits ?? {}));
  const tenant: Tenant = {
    tenantId: newUuid(ctx.random),
    name: input.name,
    email: input.email,
    tier,
    region: input.region ?? null,
    status: "active",
    limits,
    allowedStrategies: input.allowed_strategies ?? [...KNOWN_STRATEGIES],
    settings: input.settings ?? {},
    version: 1,
    createdAt: now,
    updatedAt: now,
    autoDueMs: input.settings?.auto_processing ? now : null,
    autoSinceMs: input.settings?.auto_processing ? now : null,
    autoLast: null,
  };
  const clientId = newId("client", ctx.random);
  const secret = newSecret("sms", ctx.random);
  const secretHash = await keyedHash(ctx.config, "client-secret", secret);
  const client = {
    tenantId: tenant.tenantId,
    clientId,
    secretHash,
    scopes: JSON.stringify(SCOPES),
    createdAt: now,
  };
  await writeTogether(ctx.env, [insertTenant(ctx.env, tenant), insertClient(ctx.env, client)]);
  const object = tenantObject(ctx.env, tenant.tenantId, tenant.region);
  // The hub is first reached here, so that it is created where the tenant wants it; streams follow with each grant.
  await hubObject(ctx.env, tenant.tenantId, tenant.region).since(0, 1);
  await object.audit({
    actor: clientId,
    action: "tenant.created",
    resource: tenant.tenantId,
    requestId: ctx.requestId,
    detail: tenant.email,
  });
  return { ...viewOf(tenant), clamped, client_credentials: { client_id: clientId, client_secret: secret } };
}

/** zod gives absent keys as undefined; limits are either there or not. */
export function definedOnly<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
