import type { Admission, Admitted, Grant, Holder, LeaseId, Recalled } from "../core/admission";
import { type Result, unwrap } from "../core/result";
import type { WriteReport } from "../core/write-report";
import type { Context, Principal, TenantContext } from "./context";
import { streamObject, tenantObject } from "./objects";

/**
 * Leave for a request of a tenant: its rate policy, its token not revoked, the account open. There are two ways to it.
 * A request that touches no stream asks the TenantObject (`admit`). One that does is admitted by the StreamObject that
 * does its work, from a lease that the TenantObject granted: no second round trip. The handler of such an endpoint
 * (`admission: "object"`) sends `ctx.admission` along and reads the answer with `unwrapAdmitted`.
 */
export async function admit(ctx: Context, principal: Principal): Promise<Grant> {
  const tenant = tenantObject(ctx.env, principal.tenantId, principal.region);
  return unwrap(await tenant.admit({ tokenId: principal.tokenId, operator: principal.kind === "operator" }));
}

/** The leave of one request. `onGrant` hears of it once. */
export class Leave {
  private given: Grant | null = null;
  private answered = false;

  constructor(
    private readonly principal: Principal,
    private readonly onGrant: (grant: Grant) => void,
  ) {}

  get grant(): Grant {
    if (!this.given) throw new Error("the request was not admitted yet");
    return this.given;
  }

  get admission(): Admission {
    return admissionOf(this.principal, this.given);
  }

  /** Whether somebody has decided: nobody else is to be asked then. */
  get isDecided(): boolean {
    return this.answered;
  }

  admitted(grant: Grant | null): void {
    this.answered = true;
    if (!grant || this.given) return;
    this.given = grant;
    this.onGrant(grant);
  }
}

/** A context with this leave. Getters, not values: the leave comes later. */
export const withLeave = (ctx: Context, principal: Principal, leave: Leave): TenantContext => ({
  ...ctx,
  principal,
  get grant() {
    return leave.grant;
  },
  get admission() {
    return leave.admission;
  },
  admitted: (grant) => leave.admitted(grant),
});

/** What a request brings along that was admitted under `grant`, or, where that is null, was not yet. */
export const admissionOf = (principal: Principal, grant: Grant | null): Admission => ({
  tokenId: principal.tokenId,
  operator: principal.kind === "operator",
  requests: grant ? 0 : 1,
  epoch: grant?.epoch ?? null,
  region: grant ? grant.region : (principal.region ?? null),
});

/** The value of an object's answer, which also says whether the request was let in; throws what the object refused. */
export function unwrapAdmitted<T>(ctx: TenantContext, answer: Admitted<T>): T {
  ctx.admitted(answer.grant);
  return unwrap(answer.result);
}

/** An object's answer to a request that it let in, or did not. */
export const admitted = <T>(grant: Grant, result: Result<T>): Admitted<T> => ({ grant, result });
export const refused = <T>(result: Extract<Result<T>, { ok: false }>): Admitted<T> => ({
  grant: null,
  result,
});

interface LeaseHolder {
  recall(call: { id: LeaseId | null }): Promise<Recalled>;
  /** What it stored so far; null: nothing. */
  written(): Promise<WriteReport | null>;
}

/**
 * The object that holds a lease, as the TenantObject sees it. The cast holds because StreamObject has these methods; its
 * own type cannot be named here, for the two classes' types would go round in a circle.
 */
export const holderStub = (env: Env, tenantId: string, holder: Holder, region: string | null): LeaseHolder =>
  streamObject(env, tenantId, holder.streamId, holder.shard, region) as unknown as LeaseHolder;
