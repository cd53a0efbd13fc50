import type { Admitted } from "../core/admission";
import { fail } from "../core/errors";
import type { TenantContext } from "../platform/context";
import { unwrapAdmitted } from "../platform/leases";
import { streamObject } from "../platform/objects";
import type { StreamCall } from "./contract";
import type { ShardMap } from "./shard-map";

/** Maps of split streams that this isolate has heard of. Nearly every stream is one shard, and nothing is kept of it. */
const maps = new Map<string, ShardMap>();
const MOST_MAPS = 500;
const TRIES = 4;

/** A shard's answer: `map` is set where the call went by another map, and then nothing was done. */
export type Sharded<T> = Admitted<T> & { moved: { map: ShardMap | null } | null };

export const shardObject = (ctx: TenantContext, streamId: string, shard = 0) =>
  streamObject(ctx.env, ctx.principal.tenantId, streamId, shard, ctx.admission.region);

/** The stream's map as far as this isolate knows; null: one shard. */
export const knownMap = (ctx: TenantContext, streamId: string): ShardMap | null =>
  maps.get(keyOf(ctx, streamId)) ?? null;

/** What a call to a shard says of itself; its first answer says whether the request is let in. */
export const streamCall = (ctx: TenantContext, streamId: string, shard = 0): StreamCall => ({
  tenantId: ctx.principal.tenantId,
  streamId,
  shard,
  mapId: knownMap(ctx, streamId)?.id ?? null,
  admission: ctx.admission,
});

type Shard = ReturnType<typeof shardObject>;

/**
 * One call to one shard. Where the stream has been split, or is another by now, the new map is kept and null comes back:
 * nothing was done, and the caller starts again by the new map.
 */
export async function callShard<T>(
  ctx: TenantContext,
  streamId: string,
  shard: number,
  work: (object: Shard, call: StreamCall) => Promise<unknown>,
): Promise<{ value: T } | null> {
  const answer = (await work(
    shardObject(ctx, streamId, shard),
    streamCall(ctx, streamId, shard),
  )) as Sharded<T>;
  if (answer.moved) {
    ctx.admitted(answer.grant);
    keep(ctx, streamId, answer.moved.map);
    return null;
  }
  return { value: unwrapAdmitted<T>(ctx, answer) };
}

/** The same call to every shard of the stream; the first alone until it has let the request in. */
export async function callShards<T>(
  ctx: TenantContext,
  streamId: string,
  work: (object: Shard, call: StreamCall) => Promise<unknown>,
): Promise<T[]> {
  for (let tries = 0; tries < TRIES; tries++) {
    const map = knownMap(ctx, streamId);
    const first = await callShard<T>(ctx, streamId, 0, work);
    if (!first) continue;
    const others = Array.from({ length: (map?.shards ?? 1) - 1 }, (_, i) => i + 1);
    const rest = await Promise.all(others.map((shard) => callShard<T>(ctx, streamId, shard, work)));
    if (rest.every((one) => one !== null)) return [first, ...rest].map((one) => one!.value);
    forget(ctx, streamId);
  }
  throw changing();
}

export const changing = () =>
  fail("unavailable", "The stream is being split or deleted; try again.", { retryAfterSeconds: 1 });

/** What the isolate knows of the stream's shards is wrong. */
export const forget = (ctx: TenantContext, streamId: string): void => {
  maps.delete(keyOf(ctx, streamId));
};

function keep(ctx: TenantContext, streamId: string, map: ShardMap | null): void {
  const key = keyOf(ctx, streamId);
  maps.delete(key);
  if (map) maps.set(key, map);
  for (const oldest of maps.keys()) {
    if (maps.size <= MOST_MAPS) return;
    maps.delete(oldest);
  }
}

const keyOf = (ctx: TenantContext, streamId: string): string => `${ctx.principal.tenantId}/${streamId}`;
