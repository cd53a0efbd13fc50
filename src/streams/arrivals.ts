import type { TenantContext } from "../platform/context";
import { unwrapAdmitted } from "../platform/leases";
import { shardObject, streamCall } from "./shard";

/** The first of `rows` distinct arrival times (µs), for rows without a time; the same for the same upload. */
export async function reserveArrivals(
  ctx: TenantContext,
  streamId: string,
  uploadId: string,
  rows: number,
  dataType: string | null = null,
): Promise<number> {
  const { requestId, principal } = ctx;
  return unwrapAdmitted<number>(
    ctx,
    await shardObject(ctx, streamId).reserveArrival({
      ...streamCall(ctx, streamId),
      requestId,
      clientId: principal.clientId,
      dataType,
      uploadId,
      rows,
    }),
  );
}
