import type { Admission, Grant } from "../core/admission";
import type { Clock } from "../core/clock";
import type { RandomBytes } from "../core/ids";
import type { Config } from "../env";

/** Who is asking, as a verified token says. The tenant of every key and query comes from here, never from a body. */
export interface Principal {
  kind: "client" | "operator";
  tenantId: string;
  clientId: string;
  scopes: readonly string[];
  /** The token's id and its end in seconds since the epoch. */
  tokenId: string;
  expiresAt: number;
  /** Where the tenant's objects are created, as the token says; absent: near the first caller. */
  region?: string | null;
}

/** What a use case gets beside its input. Time, randomness and bindings are passed in, so that a test can choose them. */
export interface Context {
  env: Env;
  config: Config;
  clock: Clock;
  random: RandomBytes;
  requestId: string;
  /** W3C Trace Context of our own span, to be carried on. */
  traceparent: string;
  /** The caller's network address, or "unknown". */
  address: string;
  /** Best effort after the answer: never for anything acknowledged. */
  waitUntil(work: Promise<unknown>): void;
}

/** The context of a request whose token was verified. */
export interface TenantContext extends Context {
  principal: Principal;
  /** The leave that the request has; reading it throws while an object has not yet given it. */
  readonly grant: Grant;
  /** What goes with every call to an object that admits requests: one token with the first, none with those after it. */
  readonly admission: Admission;
  /** Notes what such an object answered first: a grant, or, with null, that it refused. `unwrapAdmitted` calls it. */
  admitted(grant: Grant | null): void;
}

export type { Admission, Grant, RateState } from "../core/admission";
