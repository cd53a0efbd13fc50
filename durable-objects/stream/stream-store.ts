import { Maintenance } from "./engine/compaction/maintenance";
import { Engine } from "./engine/engine";
import { mustSeal, register } from "./engine/head-budget";
import type { LogFollower } from "./engine/log/journal";
import { StreamReader } from "./engine/stream-reader";

/** Whose points these are, and the epoch under which they were first written. */
export interface Identity {
  tenantId: string;
  streamId: string;
  shard: number;
  epoch: number;
  /** When it came into being: a stream that was deleted may come again under its name. */
  bornMs: number;
}

interface Parts {
  engine: Engine;
  reader: StreamReader;
  maintenance: Maintenance;
}

type Meta =
  | "identity"
  | "mark"
  | "retention_days"
  | "retained_ms"
  | "shard_map"
  | "followed_ms"
  | "detection"
  | "told_seq";

/** Who follows the log; what it holds in memory must be read anew after a transaction that failed. */
interface Follower extends LogFollower {
  forget(): void;
}

/** An idle stream is sealed when its log has so many bytes. */
const IDLE_SEAL_BYTES = 65_536;

/** Rolls a seal back. */
class NoRoom extends Error {}

/**
 * The storage of one shard: nothing at all until the first write, so that a call by a wrong name leaves no trace. What
 * is in memory is a cache of it, and is dropped whole after a transaction that failed.
 */
export class StreamStore {
  private opened: Parts | null = null;
  private known: Identity | null | undefined;
  /** The database's size, asked for once after each change. */
  private size: number | null = null;
  private follower: Follower | null = null;

  constructor(
    private readonly storage: DurableObjectStorage,
    private readonly sealBytes: () => number,
  ) {}

  /** From now on `follower` reads the log before a seal drops it. */
  follow(follower: Follower): void {
    this.follower = follower;
  }

  identity(): Identity | null {
    if (this.known === undefined) {
      const [table] = this.storage.sql
        .exec("SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'meta'")
        .toArray();
      const text = table ? this.meta<string>("identity") : null;
      // Those of before streams knew when they came into being have no time.
      this.known = text === null ? null : { bornMs: 0, ...(JSON.parse(text) as Omit<Identity, "bornMs">) };
    }
    return this.known;
  }

  /** Whether something is here that was not erased before this epoch of the tenant's began. */
  holds(epoch: number): boolean {
    const identity = this.identity();
    return identity !== null && identity.epoch >= epoch;
  }

  /** Creates what a stream needs. */
  create(identity: Identity, createMore: () => void): void {
    this.storage.transactionSync(() => {
      this.storage.sql.exec(
        "CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID",
      );
      Engine.createTables(this.storage.sql);
      createMore();
      this.setMeta("identity", JSON.stringify(identity));
    });
    this.known = identity;
  }

  get engine(): Engine {
    return this.parts().engine;
  }

  get reader(): StreamReader {
    return this.parts().reader;
  }

  get maintenance(): Maintenance {
    return this.parts().maintenance;
  }

  get sql(): SqlStorage {
    return this.storage.sql;
  }

  /** One step of the work behind the writes; false when none is left. */
  maintain(isIdle: boolean): boolean {
    this.size = null;
    try {
      return this.maintenance.step(isIdle);
    } catch (error) {
      this.forget();
      throw error;
    }
  }

  /** Runs `work` in a transaction; where it fails, memory is read anew. */
  transaction<T>(work: () => T): T {
    this.size = null;
    try {
      return this.storage.transactionSync(work);
    } catch (error) {
      this.forget();
      throw error;
    }
  }

  mustSeal(): boolean {
    return this.opened !== null && mustSeal(this.opened.engine, this.sealBytes());
  }

  /** A log so small is read faster than blocks of so little, and takes less room. */
  isWorthSealing(): boolean {
    return this.engine.logBytes >= IDLE_SEAL_BYTES;
  }

  /**
   * Seals the head. False where the stream would then be larger than it may, by `room` bytes from now: the log
   * holds all, and stays; what its follower learned is stored all the same.
   */
  seal(room: number): boolean {
    this.saveFollower();
    const most = this.storedBytes + room;
    try {
      this.storage.transactionSync(() => {
        this.engine.seal(Date.now());
        this.size = null;
        if (this.storedBytes > most) throw new NoRoom();
      });
      return true;
    } catch (error) {
      this.forget();
      this.size = null;
      if (error instanceof NoRoom) return false;
      throw error;
    }
  }

  /**
   * Before the seal and not in it: the first states of many series are larger than the room of a lease. Undone with the
   * seal, all of the log would be read again, and new states stand beside the lost ones.
   */
  private saveFollower(): void {
    const { follower } = this;
    if (!follower) return;
    follower.catchUp();
    this.transaction(() => follower.save());
  }

  /** Bytes stored, but for what a compaction stores twice for a while. */
  get storedBytes(): number {
    this.size ??= this.storage.sql.databaseSize;
    return this.size - (this.opened?.maintenance.buildingBytes ?? 0);
  }

  /** Deletes everything. */
  async wipe(): Promise<void> {
    this.forget();
    this.known = null;
    this.size = null;
    await this.storage.deleteAlarm();
    await this.storage.deleteAll();
  }

  meta<T extends number | string>(name: Meta): T | null {
    const [row] = this.storage.sql
      .exec<{ value: T }>("SELECT value FROM meta WHERE name = ?", name)
      .toArray();
    return row?.value ?? null;
  }

  setMeta(name: Meta, value: number | string): void {
    this.storage.sql.exec("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", name, value);
  }

  private forget(): void {
    this.opened = null;
    this.follower?.forget();
  }

  private parts(): Parts {
    if (this.opened) return this.opened;
    // Reading the log may have to tidy up after a compaction that never ended.
    const engine = this.storage.transactionSync(() => new Engine(this.storage.sql));
    engine.follower = this.follower;
    const maintenance = new Maintenance(engine, this.storage, () => Date.now());
    register(engine);
    this.opened = { engine, reader: new StreamReader(engine), maintenance };
    return this.opened;
  }
}
