import type { TenantContext } from "../platform/context";
import { db } from "../platform/db";
import { describeStream } from "./listing";
import { registeredStream } from "./registered";
import { callShard, callShards } from "./shard";
import { changeStream } from "./store";

/** What may be changed; what is absent stays. */
export interface Change {
  description?: string | null | undefined;
  /** null: for ever. */
  retention_days?: number | null | undefined;
  /** A stream is split once, and stays so. */
  shards?: number | undefined;
}

/** Changes a stream and shows it as it is then. What is older than a new retention is deleted at once. */
export async function change(ctx: TenantContext, streamId: string, asked: Change) {
  const { description, retention_days, shards } = asked;
  const { tenantId } = ctx.principal;
  await registeredStream(ctx, streamId);
  if (shards !== undefined) {
    const split = await callShard<{ shards: number }>(ctx, streamId, 0, (object, call) =>
      object.split({ ...call, shards }),
    );
    // Null: this isolate did not know yet that it is split.
    if (!split) await callShard(ctx, streamId, 0, (object, call) => object.split({ ...call, shards }));
  }
  if (retention_days !== undefined)
    await callShards(ctx, streamId, (object, call) => object.retain({ ...call, days: retention_days }));
  const entry = {
    ...(description === undefined ? {} : { description }),
    ...(retention_days === undefined ? {} : { retentionDays: retention_days }),
  };
  if (Object.keys(entry).length > 0) await changeStream(db(ctx.env), tenantId, streamId, entry);
  return describeStream(ctx, streamId);
}
