import { type AppError, fail } from "./errors";
import type { Result } from "./result";

/**
 * How a request is admitted by the object that does its work: no second round trip, and exact (platform/leases.ts). Plain
 * data that crosses the wire between a Worker and an object.
 */
export interface Admission {
  tokenId: string;
  /** The operator is under no rate policy. */
  operator: boolean;
  /** Requests of the rate policy to take: 1, or 0 where the request was admitted before. */
  requests: 0 | 1;
  /** The epoch under which the request was admitted before; null: it was not. */
  epoch: number | null;
  /** Where the tenant's objects are created; null: near the first caller. */
  region: string | null;
}

/** The leave to do one piece of work for a tenant. */
export interface Grant {
  /** Grows with every erasure: data written under an older epoch does not exist any more. */
  epoch: number;
  rate: RateState;
  /** Where the tenant's objects are created; null: near the first caller. */
  region: string | null;
  /** Allowed origins of browsers; null: any. */
  corsOrigins: string[] | null;
}

/** The tenant's rate policy after this request: what RateLimit and RateLimit-Policy say. */
export interface RateState {
  limit: number;
  windowSeconds: number;
  remaining: number;
  resetSeconds: number;
}

/** What an object answers that admits the requests of its own work: `grant` is null where it let the request not in. */
export interface Admitted<T> {
  grant: Grant | null;
  result: Result<T>;
}

/** How long a lease lasts. The longest time for which a change of policy waits for a holder that does not answer. */
export const LEASE_MS = 2_000;
/**
 * Holder and tenant are different machines. The holder counts LEASE_MS from when it sent its request, the tenant from
 * when it granted and this much more: the holder always stops first, also where one clock runs unevenly, or stands
 * still for as long as a piece of CPU work.
 */
export const LEASE_MARGIN_MS = 500;

/** One shard of a stream, which admits requests from leases. */
export interface Holder {
  streamId: string;
  shard: number;
}

/**
 * The holder numbers its leases itself, so that both sides agree on a lease whose grant got lost. `holding` names one
 * life of the holder: after a crash it does not know any more what it used.
 */
export interface LeaseId {
  holding: string;
  seq: number;
}

/** A holder asks for a lease. It uses none while it asks: the one before it is handed back here. */
export interface LeaseRequest {
  holder: Holder;
  id: LeaseId;
  /** The last lease that came to be used, and its tokens left over. */
  previous: { seq: number; unused: number } | null;
  /** Tokens that waiting requests take. */
  need: number;
  /** Tokens used of late: how many more it may soon need. */
  recent: number;
  /** Bytes of the smallest and of all waiting writes; null: none waits. */
  write: { least: number; sum: number } | null;
  /** What the holder stores now, and when it last let a write in; null: not in this life of it. */
  storedBytes: number;
  lastWriteMs: number | null;
  /** The tokens of waiting requests. */
  tokenIds: string[];
}

/** Tokens of the rate policy, room to grow, and the policy itself, for {@link LEASE_MS}. */
export interface Lease {
  id: LeaseId;
  epoch: number;
  /** False: the account is closed. */
  active: boolean;
  region: string | null;
  corsOrigins: string[] | null;
  tokens: number;
  /** What is left of the rate policy beside these tokens. */
  rate: RateState;
  /** When a refused request may come again. */
  retryAfterSeconds: number;
  /** "streams" and "storage": which quota refuses every write that waited. */
  write: "granted" | "streams" | "storage" | "unasked";
  /** The size to which the holder may grow. */
  bytesUpTo: number;
  quotas: { streams: number; storageMb: number };
  /** Revoked ids: all of them, or, where these are too many, those of the tokens asked about. */
  revoked: { tokenIds: string[]; complete: boolean };
}

/** A holder's answer when it gives up a lease. "all": the lease had not arrived yet, and will not be used. */
export interface Recalled {
  unusedTokens: number | "all";
  storedBytes: number;
  lastWriteMs: number | null;
}

/** The refusals of an admission, the same wherever it happens. */
export const refusal = {
  closed: (): AppError => fail("unauthorized", "The account is closed."),
  revoked: (): AppError => fail("unauthorized", "The access token was revoked."),
  erased: (): AppError => fail("conflict", "The tenant's data were erased while this request was under way."),
  rate: (limit: number, retryAfterSeconds: number): AppError =>
    fail("rate_limited", `The tenant may send ${limit} requests a minute.`, {
      retryAfterSeconds,
      extra: { limit },
    }),
  streams: (limit: number): AppError =>
    fail("stream_limit_reached", `At most ${limit} streams may be written to within an hour.`, {
      extra: { limit },
    }),
  storage: (limitMb: number): AppError =>
    fail("storage_limit_reached", `The stored data may take at most ${limitMb} MB.`, {
      extra: { limit: limitMb },
    }),
};
