import type { TenantContext } from "../platform/context";
import { callShard, changing } from "./shard";

/** The first of `rows` distinct arrival times (µs), for rows without a time; the same for the same upload. */
export async function reserveArrivals(
  ctx: TenantContext,
  streamId: string,
  uploadId: string,
  rows: number,
  dataType: string | null = null,
): Promise<number> {
  const { requestId, principal } = ctx;
  const reserve = () =>
    callShard<number>(ctx, streamId, 0, (object, call) =>
      object.reserveArrival({
        ...call,
        requestId,
        clientId: principal.clientId,
        dataType,
        uploadId,
        rows,
      }),
    );
  // Where it was split in the meantime, the first call has told how.
  const reserved = (await reserve()) ?? (await reserve());
  if (!reserved) throw changing();
  return reserved.value;
}
