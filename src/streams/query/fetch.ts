import type { TenantContext } from "../../platform/context";
import { unwrapAdmitted } from "../../platform/leases";
import { shardObject, streamCall } from "../shard";
import type { QueryPage, QuerySpec } from "./spec";

/** One page of a query's answer from the stream's object; fails with `stream_not_found` and as {@link runQuery}. */
export async function fetchPage(ctx: TenantContext, streamId: string, spec: QuerySpec): Promise<QueryPage> {
  const answer = await shardObject(ctx, streamId).query({ ...streamCall(ctx, streamId), spec });
  return unwrapAdmitted<QueryPage>(ctx, answer);
}
