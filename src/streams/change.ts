import type { TenantContext } from "../platform/context";
import { db } from "../platform/db";
import { tenantObject } from "../platform/objects";
import { describeStream } from "./listing";
import { registeredStream } from "./registered";
import type { Schedule } from "./schedule";
import { setSchedule } from "./schedule-store";
import { callShard, callShards } from "./shard";
import { changeStream } from "./store";

/** What may be changed; what is absent stays. */
export interface Change {
  description?: string | null | undefined;
  /** null: for ever. */
  retention_days?: number | null | undefined;
  /** A stream is split once, and stays so. */
  shards?: number | undefined;
  /** null: none. */
  schedule?: Schedule | null | undefined;
  detection?: { enabled: boolean } | undefined;
}

/** Changes a stream and shows it as it is then. What is older than a new retention is deleted at once. */
export async function change(ctx: TenantContext, streamId: string, asked: Change) {
  const { description, retention_days, shards, schedule, detection } = asked;
  const { tenantId, clientId } = ctx.principal;
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
  if (detection !== undefined)
    await callShards(ctx, streamId, (object, call) =>
      object.switchDetection({ ...call, ...detection, requestId: ctx.requestId, clientId }),
    );
  const entry = {
    ...(description === undefined ? {} : { description }),
    ...(retention_days === undefined ? {} : { retentionDays: retention_days }),
  };
  if (Object.keys(entry).length > 0) await changeStream(db(ctx.env), tenantId, streamId, entry);
  if (schedule !== undefined) await changeSchedule(ctx, streamId, schedule);
  return describeStream(ctx, streamId);
}

async function changeSchedule(ctx: TenantContext, streamId: string, schedule: Schedule | null) {
  const { tenantId, clientId } = ctx.principal;
  await setSchedule(db(ctx.env), tenantId, streamId, schedule, ctx.clock.nowMs());
  await tenantObject(ctx.env, tenantId).audit({
    actor: clientId,
    action: "stream.schedule_changed",
    resource: streamId,
    requestId: ctx.requestId,
    detail: JSON.stringify(schedule),
  });
}
