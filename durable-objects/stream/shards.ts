import { fail } from "../../src/core/errors";
import { newId } from "../../src/core/ids";
import { db } from "../../src/platform/db";
import { streamObject } from "../../src/platform/objects";
import { newShardMap, type ShardMap } from "../../src/streams/shard-map";
import { setShards } from "../../src/streams/store";
import type { StreamStore } from "./stream-store";

interface SavedMap {
  id: string;
  shards: number;
  pinned: number[];
}

/** The stream's shards: shard 0 holds the map, the others know which map they belong to. */
export class Shards {
  private known: ShardMap | null | undefined;

  constructor(
    private readonly env: Env,
    private readonly store: StreamStore,
  ) {}

  /** Null where the caller's map is this shard's; else the map as shard 0 knows it. */
  moved(mapId: string | null): { map: ShardMap | null } | null {
    const map = this.map();
    if ((map?.id ?? null) === mapId) return null;
    return { map: (this.store.identity()?.shard ?? 0) === 0 ? map : null };
  }

  others(): number[] {
    const map = this.store.identity()?.shard === 0 ? this.map() : null;
    return Array.from({ length: (map?.shards ?? 1) - 1 }, (_, i) => i + 1);
  }

  async split(shards: number, detects: boolean, turnAway: () => void): Promise<{ shards: number }> {
    const now = this.map()?.shards ?? 1;
    if (now === shards) return { shards };
    if (now > 1) throw fail("conflict", `The stream has ${now} shards already; it is split once.`);
    const identity = this.store.identity()!;
    const id = newId("map");
    const { tenantId, streamId } = identity;
    for (let shard = 1; shard < shards; shard++)
      await streamObject(this.env, tenantId, streamId, shard).adopt({
        identity: { ...identity, shard },
        mapId: id,
        detects,
      });
    if (this.store.identity() !== identity || this.map())
      throw fail("conflict", "The stream was deleted or split in the meantime.");
    // No wait from here on: a tag set that is not here now will be where its hash says.
    turnAway();
    const tagSets = this.store.engine.catalog.tagSets.map(({ tags }) => tags);
    this.save(newShardMap(id, shards, tagSets));
    await setShards(db(this.env), tenantId, streamId, shards);
    return { shards };
  }

  /** This shard is one of another's map. */
  join(mapId: string): void {
    this.save({ id: mapId, shards: 0, pinned: new Uint32Array(0) });
  }

  forget(): void {
    this.known = undefined;
  }

  map(): ShardMap | null {
    if (this.known === undefined) {
      const text = this.store.identity() ? this.store.meta<string>("shard_map") : null;
      // Written by save.
      const saved = text === null ? null : (JSON.parse(text) as SavedMap);
      this.known = saved && { ...saved, pinned: Uint32Array.from(saved.pinned) };
    }
    return this.known;
  }

  private save(map: ShardMap): void {
    const saved: SavedMap = { ...map, pinned: [...map.pinned] };
    this.store.transaction(() => this.store.setMeta("shard_map", JSON.stringify(saved)));
    this.known = map;
  }
}
