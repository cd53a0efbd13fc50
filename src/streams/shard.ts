import type { TenantContext } from "../platform/context";
import { streamObject } from "../platform/objects";
import type { StreamCall } from "./contract";

/** What every call to a shard says of itself; its first answer says whether the request is let in. */
export const streamCall = (ctx: TenantContext, streamId: string, shard = 0): StreamCall => ({
  tenantId: ctx.principal.tenantId,
  streamId,
  shard,
  admission: ctx.admission,
});

export const shardObject = (ctx: TenantContext, streamId: string, shard = 0) =>
  streamObject(ctx.env, ctx.principal.tenantId, streamId, shard, ctx.admission.region);
