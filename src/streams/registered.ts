import { fail } from "../core/errors";
import type { TenantContext } from "../platform/context";
import { db } from "../platform/db";
import { findStream, type StreamEntry } from "./store";

/** The tenant's stream of this id; fails with `stream_not_found`. */
export async function registeredStream(ctx: TenantContext, streamId: string): Promise<StreamEntry> {
  const found = await findStream(db(ctx.env), ctx.principal.tenantId, streamId);
  if (!found) throw fail("stream_not_found", "There is no stream with this id.");
  return found;
}
