import { fail } from "../core/errors";
import type { TenantContext } from "../platform/context";
import { db } from "../platform/db";
import { streamObject } from "../platform/objects";
import { findStream } from "./store";

/** Deletes a stream and all its points. */
export async function removeStream(ctx: TenantContext, streamId: string) {
  const { tenantId } = ctx.principal;
  if (!(await findStream(db(ctx.env), tenantId, streamId)))
    throw fail("stream_not_found", "There is no stream with this id.");
  const { rows, values, writes } = await streamObject(ctx.env, tenantId, streamId, 0, ctx.grant.region).erase(
    {
      tenantId,
      streamId,
    },
  );
  return { stream_id: streamId, deleted: true, points: rows, values, writes };
}
