import { type Holder, LEASE_MARGIN_MS, LEASE_MS } from "../../../src/core/admission";
import { HOUR_MS } from "../../../src/core/clock";
import type { Limits } from "../../../src/tenants/tiers";

const BYTES_PER_MB = 1_000_000;
/** A holder's row names this much more than was granted, and is written again when that is used up or four times too much. */
const writtenAhead = (granted: number): number => Math.min(1_000_000, 65_536 + Math.floor(granted / 16));
const WRITE_EVERY_MS = 5 * 60_000;

/** The row of raw uploads: no stream has an empty name. */
const UPLOADS = "";

interface Use {
  holder: Holder;
  /** The size to which it may have grown: what counts against the quota. */
  granted: number;
  /** Its size when it last told it. */
  reported: number;
  lastWriteMs: number;
  writtenBytes: number;
  writtenMs: number;
}

type Row = {
  stream_id: string;
  shard: number;
  bytes: number;
  reported: number;
  last_write_ms: number;
};

export const keyOf = ({ streamId, shard }: Holder): string => `${streamId}/${shard}`;

/**
 * What each stream stores and when it was last written to: the storage and the concurrent-stream quotas. The sum of what
 * was granted never passes the limit, so that neither does the sum of what is stored.
 */
export class StorageLedger {
  private readonly uses = new Map<string, Use>();
  private grantedBytes = 0;
  /** Raw uploads: kept as long as the work that reads them. */
  private uploadBytes = 0;

  constructor(private readonly sql: SqlStorage) {
    sql.exec(`CREATE TABLE IF NOT EXISTS holder_use(stream_id TEXT NOT NULL, shard INTEGER NOT NULL, bytes INTEGER NOT NULL,
      reported INTEGER NOT NULL, last_write_ms INTEGER NOT NULL, PRIMARY KEY(stream_id, shard)) WITHOUT ROWID`);
    for (const row of sql.exec<Row>("SELECT * FROM holder_use")) {
      if (row.stream_id === UPLOADS) {
        this.uploadBytes = row.bytes;
        this.grantedBytes += row.bytes;
        continue;
      }
      const holder = { streamId: row.stream_id, shard: row.shard };
      const lastWriteMs = row.last_write_ms;
      const written = { writtenBytes: row.bytes, writtenMs: lastWriteMs };
      const { bytes, reported } = row;
      this.uses.set(keyOf(holder), { holder, granted: bytes, reported, lastWriteMs, ...written });
      this.grantedBytes += bytes;
    }
  }

  /** The size that a holder may have, as far as is known of the others. */
  room(holder: Holder, limits: Limits): number {
    const others = this.grantedBytes - (this.uses.get(keyOf(holder))?.granted ?? 0);
    return limits.max_storage_mb * BYTES_PER_MB - others;
  }

  /** Counts an upload that was stored; false, and not counted, where there is no room for it. */
  storeUpload(bytes: number, limits: Limits): boolean {
    if (this.grantedBytes + bytes > limits.max_storage_mb * BYTES_PER_MB) return false;
    this.countUploads(bytes);
    return true;
  }

  /** Uploads of so many bytes were deleted. */
  dropUploads(bytes: number): void {
    this.countUploads(-Math.min(bytes, this.uploadBytes));
  }

  private countUploads(more: number): void {
    this.uploadBytes += more;
    this.grantedBytes += more;
    this.sql.exec(
      "INSERT OR REPLACE INTO holder_use VALUES(?,0,?,?,0)",
      UPLOADS,
      this.uploadBytes,
      this.uploadBytes,
    );
  }

  /** Whether the stream is among those that may be written to within the hour. */
  mayWrite(streamId: string, limits: Limits, nowMs: number): boolean {
    const own = this.uses.get(keyOf({ streamId, shard: 0 }));
    if (own && nowMs - own.lastWriteMs < HOUR_MS) return true;
    const active = this.activeStreams(nowMs);
    return active.has(streamId) || active.size < limits.max_concurrent_streams;
  }

  /** The holder stores `storedBytes` and may now grow to `upTo`: the stream counts as written to. */
  grant(holder: Holder, storedBytes: number, upTo: number, nowMs: number): void {
    const key = keyOf(holder);
    const use = this.uses.get(key) ?? {
      holder,
      granted: 0,
      reported: 0,
      lastWriteMs: 0,
      writtenBytes: -1,
      writtenMs: 0,
    };
    this.uses.set(key, use);
    this.resize(use, storedBytes, upTo);
    use.lastWriteMs = nowMs;
    const ahead = use.writtenBytes - use.granted;
    if (ahead < 0 || ahead > 4 * writtenAhead(use.granted) || nowMs - use.writtenMs >= WRITE_EVERY_MS)
      this.write(use);
  }

  /** The holder's own word, while it has no lease to grow. Unknown holders, never written to, are not counted. */
  report(holder: Holder, storedBytes: number, lastWriteMs: number | null): void {
    const use = this.uses.get(keyOf(holder));
    if (!use) return;
    this.resize(use, storedBytes, storedBytes);
    use.lastWriteMs = Math.max(use.lastWriteMs, lastWriteMs ?? 0);
  }

  /** Holders that may store less than is counted, the most first. */
  slack(except: ReadonlySet<string>): Holder[] {
    return [...this.uses]
      .filter(([key, use]) => use.granted > use.reported && !except.has(key))
      .sort(([, a], [, b]) => b.granted - b.reported - (a.granted - a.reported))
      .map(([, { holder }]) => holder);
  }

  forget(streamId: string): void {
    for (const [key, { holder }] of this.uses) if (holder.streamId === streamId) this.drop(key);
  }

  /** Forgets all but the holders that may be writing anew. */
  erase(except: ReadonlySet<string>): void {
    for (const key of [...this.uses.keys()]) if (!except.has(key)) this.drop(key);
    this.grantedBytes -= this.uploadBytes;
    this.uploadBytes = 0;
    this.sql.exec("DELETE FROM holder_use WHERE stream_id = ?", UPLOADS);
  }

  concurrent(nowMs: number): number {
    return this.activeStreams(nowMs).size;
  }

  /** What is stored, as it was last told. */
  storedBytes(): number {
    let sum = this.uploadBytes;
    for (const use of this.uses.values()) sum += use.reported;
    return sum;
  }

  holds(holder: Holder): boolean {
    return this.uses.has(keyOf(holder));
  }

  holders(): Holder[] {
    return [...this.uses.values()].map(({ holder }) => holder);
  }

  /** The stream last written to, or null. */
  last(): string | null {
    let last: Use | null = null;
    for (const use of this.uses.values()) if (!last || use.lastWriteMs >= last.lastWriteMs) last = use;
    return last?.holder.streamId ?? null;
  }

  writtenSince(ms: number): string[] {
    return [...new Set(this.writers(ms).map(({ holder }) => holder.streamId))].sort();
  }

  /**
   * Holders that may have written since, the last to write first. A row is written now and then, and a lease lets write
   * for a while: a write may be that much later than is known.
   */
  writers(sinceMs: number): { holder: Holder; lastWriteMs: number }[] {
    const unknownMs = WRITE_EVERY_MS + LEASE_MS + LEASE_MARGIN_MS;
    return [...this.uses.values()]
      .filter(({ lastWriteMs }) => lastWriteMs + unknownMs >= sinceMs)
      .sort((a, b) => b.lastWriteMs - a.lastWriteMs);
  }

  private activeStreams(nowMs: number): Set<string> {
    const active = new Set<string>();
    for (const { holder, lastWriteMs } of this.uses.values())
      if (nowMs - lastWriteMs < HOUR_MS) active.add(holder.streamId);
    return active;
  }

  private resize(use: Use, reported: number, granted: number): void {
    this.grantedBytes += granted - use.granted;
    use.reported = reported;
    use.granted = granted;
  }

  private drop(key: string): void {
    const use = this.uses.get(key)!;
    this.grantedBytes -= use.granted;
    this.uses.delete(key);
    this.sql.exec(
      "DELETE FROM holder_use WHERE stream_id = ? AND shard = ?",
      use.holder.streamId,
      use.holder.shard,
    );
  }

  private write(use: Use): void {
    use.writtenBytes = use.granted + writtenAhead(use.granted);
    use.writtenMs = use.lastWriteMs;
    this.sql.exec(
      "INSERT OR REPLACE INTO holder_use VALUES(?,?,?,?,?)",
      use.holder.streamId,
      use.holder.shard,
      use.writtenBytes,
      use.reported,
      use.lastWriteMs,
    );
  }
}
