import { db } from "../../src/platform/db";
import { streamObject } from "../../src/platform/objects";
import { unregisterStream } from "../../src/streams/store";
import type { StreamParts } from "./parts";
import { descriptionOf } from "./reading";

/** What was held of a stream, all its shards together. */
export interface Erased {
  rows: number;
  values: number;
  writes: number;
}

/** Deletes everything a shard holds, and the others of its map, and the stream's entry in the registry. */
export async function eraseStream(
  env: Env,
  { store, reports, shards, appends, alarms, live }: StreamParts,
  { tenantId, streamId }: { tenantId: string; streamId: string },
): Promise<Erased> {
  // Nobody could tell of it any more.
  await reports.tell(Date.now());
  const held = store.identity() ? descriptionOf(store) : null;
  const writes = held ? store.engine.audit.count : 0;
  // The others first: without this one's map nobody would find them.
  const others = await Promise.all(
    shards
      .others()
      .map((shard) => streamObject(env, tenantId, streamId, shard).erase({ tenantId, streamId })),
  );
  await appends.wipe();
  shards.forget();
  alarms.forget();
  live.closeAll();
  await unregisterStream(db(env), tenantId, streamId);
  const all = [...others, { rows: held?.rows ?? 0, values: held?.values ?? 0, writes }];
  const sum = (of: keyof Erased) => all.reduce((total, one) => total + one[of], 0);
  return { rows: sum("rows"), values: sum("values"), writes: sum("writes") };
}
