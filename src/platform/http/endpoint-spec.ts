import type { z } from "zod";

/** "public": no token. "tenant": any valid token. "operator": OPERATOR_TOKEN. Otherwise the scope the token must have. */
export type Access = "public" | "tenant" | "operator" | (string & {});

/** What an endpoint says of itself: what is checked before its handler runs, and what its documentation shows. */
export interface EndpointSpec<P, Q, B> {
  method: "get" | "post" | "put" | "patch" | "delete";
  /** In OpenAPI's form, `/api/stream/{id}`. */
  path: string;
  operationId: string;
  tag: string;
  summary: string;
  description?: string;
  access: Access;
  /**
   * "object": the object that does the work admits the request (platform/leases.ts); the handler sends `ctx.admission`
   * with its first call, and reads the answer with `unwrapAdmitted`. Otherwise the request is admitted before the handler runs.
   */
  admission?: "object";
  /** The path parameter that names a tenant: another tenant's id is answered as one that does not exist. */
  tenantParam?: keyof P & string;
  params?: z.ZodType<P>;
  query?: z.ZodType<Q>;
  /** A JSON body. */
  body?: z.ZodType<B>;
  maxBodyBytes?: number;
  /** A body that the handler reads itself, by media type, for the document. */
  rawBody?: Record<string, z.ZodType>;
  /** Honour `Idempotency-Key` here; a handler that must see the key itself takes it from the request. */
  idempotent?: boolean;
  /** Request headers that the handler reads itself, with what they do, for the document. */
  headers?: Record<string, string>;
  responses: Record<number, { description: string; schema?: z.ZodType; content?: Record<string, z.ZodType> }>;
}
