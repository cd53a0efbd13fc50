import type { Grant } from "../core/admission";
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

/** The context of a request whose token was verified and that was admitted. */
export interface TenantContext extends Context {
  principal: Principal;
  grant: Grant;
}

export type { Grant, RateState } from "../core/admission";
