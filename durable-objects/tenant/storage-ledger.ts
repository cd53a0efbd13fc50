import { HOUR_MS } from "../../src/core/clock";
import { fail } from "../../src/core/errors";
import type { Limits } from "../../src/tenants/tiers";

const BYTES_PER_MB = 1_000_000;
/** A stream's row is written again when it has grown by this much, or after this long: counters are not written per call. */
const WRITE_EVERY_BYTES = 65_536;
const WRITE_EVERY_MS = 5 * 60_000;

interface StreamUse {
  bytes: number;
  lastWriteMs: number;
  writtenBytes: number;
  writtenMs: number;
}

/** What each stream stores and when it was last written to: the storage and the concurrent-stream quotas. */
export class StorageLedger {
  private readonly streams = new Map<string, StreamUse>();

  constructor(private readonly sql: SqlStorage) {
    sql.exec(
      "CREATE TABLE IF NOT EXISTS stream_use(stream_id TEXT PRIMARY KEY, bytes INTEGER NOT NULL, last_write_ms INTEGER NOT NULL)",
    );
    for (const row of sql.exec<{ stream_id: string; bytes: number; last_write_ms: number }>(
      "SELECT * FROM stream_use",
    )) {
      this.streams.set(row.stream_id, {
        bytes: row.bytes,
        lastWriteMs: row.last_write_ms,
        writtenBytes: row.bytes,
        writtenMs: row.last_write_ms,
      });
    }
  }

  /**
   * Leave to write `bytes` to a stream that now stores `storedBytes` (its own word, which corrects ours). Throws
   * `stream_limit_reached` or `storage_limit_reached`.
   */
  reserve(
    write: { streamId: string; bytes: number; storedBytes: number },
    limits: Limits,
    nowMs: number,
  ): void {
    const known = this.streams.get(write.streamId);
    const active = known !== undefined && nowMs - known.lastWriteMs < HOUR_MS;
    if (!active && this.concurrent(nowMs) >= limits.max_concurrent_streams) {
      throw fail(
        "stream_limit_reached",
        `At most ${limits.max_concurrent_streams} streams may be written to within an hour.`,
        { extra: { limit: limits.max_concurrent_streams } },
      );
    }
    const others = this.storedBytes() - (known?.bytes ?? 0);
    const limitBytes = limits.max_storage_mb * BYTES_PER_MB;
    if (others + write.storedBytes + write.bytes > limitBytes) {
      throw fail("storage_limit_reached", `The stored data may take at most ${limits.max_storage_mb} MB.`, {
        extra: { limit: limits.max_storage_mb },
      });
    }
    const use = known ?? { bytes: 0, lastWriteMs: 0, writtenBytes: -WRITE_EVERY_BYTES, writtenMs: 0 };
    use.bytes = write.storedBytes + write.bytes;
    use.lastWriteMs = nowMs;
    this.streams.set(write.streamId, use);
    if (
      Math.abs(use.bytes - use.writtenBytes) >= WRITE_EVERY_BYTES ||
      nowMs - use.writtenMs >= WRITE_EVERY_MS
    )
      this.write(write.streamId, use);
  }

  forget(streamId: string): void {
    this.streams.delete(streamId);
    this.sql.exec("DELETE FROM stream_use WHERE stream_id = ?", streamId);
  }

  erase(): void {
    this.streams.clear();
    this.sql.exec("DELETE FROM stream_use");
  }

  concurrent(nowMs: number): number {
    let count = 0;
    for (const use of this.streams.values()) if (nowMs - use.lastWriteMs < HOUR_MS) count++;
    return count;
  }

  storedBytes(): number {
    let sum = 0;
    for (const use of this.streams.values()) sum += use.bytes;
    return sum;
  }

  /** The stream last written to, or null. */
  last(): string | null {
    let last: { id: string; ms: number } | null = null;
    for (const [id, use] of this.streams)
      if (!last || use.lastWriteMs >= last.ms) last = { id, ms: use.lastWriteMs };
    return last?.id ?? null;
  }

  private write(streamId: string, use: StreamUse): void {
    use.writtenBytes = use.bytes;
    use.writtenMs = use.lastWriteMs;
    this.sql.exec("INSERT OR REPLACE INTO stream_use VALUES(?,?,?)", streamId, use.bytes, use.lastWriteMs);
  }
}
