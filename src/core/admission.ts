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
