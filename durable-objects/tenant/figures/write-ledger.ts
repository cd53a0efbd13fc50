import { Recent } from "../../../src/core/recent";
import { NOTHING_WRITTEN, type WriteReport, type Written } from "../../../src/core/write-report";
import { type Counters, plus } from "../../../src/tenants/metrics/counters";
import type { Period } from "../../../src/tenants/metrics/period";
import { keyOf } from "../admission/storage-ledger";

/** Shards of deleted streams whose late reports are told from those of streams that come after them. */
const FORGOTTEN_KEPT = 1_000;

/** What is known of a shard of a stream. */
interface Known {
  bornMs: number;
  /** The day of its last write. */
  day: number;
  /** All that it had written by its last report. */
  total: Written;
  /** What of that counts to the day and was not added to the tenant's figures yet. */
  open: Partial<Counters>;
}

type Row = { shard: number; born_ms: number; day: number; total: string; open: string };

/**
 * What the tenant's streams wrote, a row for each shard: its last report, and what that counts to the day of its last
 * write. Reports are totals, and so told twice, late or after one that got lost they count once. A day that is over is
 * added to the tenant's figures with the first report of another.
 */
export class WriteLedger {
  /** When shards that were deleted of late had come into being. */
  private readonly forgotten = new Recent<string, number>(FORGOTTEN_KEPT);

  constructor(
    private readonly sql: SqlStorage,
    /** Adds what a shard wrote on a day to the tenant's figures. */
    private readonly fold: (day: number, counters: Partial<Counters>) => void,
  ) {
    sql.exec(`CREATE TABLE IF NOT EXISTS written(stream_id TEXT NOT NULL, shard INTEGER NOT NULL, born_ms INTEGER NOT NULL,
      day INTEGER NOT NULL, total TEXT NOT NULL, open TEXT NOT NULL, PRIMARY KEY(stream_id, shard)) WITHOUT ROWID`);
  }

  note({ holder: { streamId, shard }, bornMs, marks, timed }: WriteReport): void {
    if (bornMs <= (this.forgotten.get(keyOf({ streamId, shard })) ?? -1)) return;
    let known = this.find(streamId, shard);
    if (known && bornMs < known.bornMs) return;
    if (known && bornMs > known.bornMs) {
      this.fold(known.day, known.open);
      known = null;
    }
    let { day, total, open } = known ?? { day: marks[0]?.day ?? 0, total: NOTHING_WRITTEN, open: {} };
    for (const mark of marks) {
      if (mark.writes <= total.writes) continue;
      if (mark.day > day) {
        if (Object.keys(open).length > 0) this.fold(day, open);
        open = {};
        day = mark.day;
      }
      open = plus(open, between(total, mark));
      total = mark;
    }
    if (total === known?.total && timed.writes === 0) return;
    open = plus(open, { timedWrites: timed.writes, timedMs: timed.ms });
    this.sql.exec(
      "INSERT OR REPLACE INTO written VALUES(?,?,?,?,?,?)",
      streamId,
      shard,
      bornMs,
      day,
      JSON.stringify(total),
      JSON.stringify(open),
    );
  }

  /** What counts to any day and was not added to the tenant's figures yet. */
  all(): Partial<Counters> {
    return this.sum({ firstDay: 0, lastDay: Number.MAX_SAFE_INTEGER });
  }

  /** What counts to these days and was not added to the tenant's figures yet. */
  sum({ firstDay, lastDay }: Period): Partial<Counters> {
    const rows = this.sql.exec<Row>("SELECT * FROM written WHERE day BETWEEN ? AND ?", firstDay, lastDay);
    let sum: Partial<Counters> = {};
    for (const { open } of rows) sum = plus(sum, JSON.parse(open));
    return sum;
  }

  /** The stream was deleted: what it wrote was written all the same. */
  forget(streamId: string): void {
    const rows = this.sql
      .exec<Row>("DELETE FROM written WHERE stream_id = ? RETURNING *", streamId)
      .toArray();
    for (const { shard, born_ms, day, open } of rows) {
      this.fold(day, JSON.parse(open));
      this.forgotten.put(keyOf({ streamId, shard }), born_ms, 1);
    }
  }

  erase(): void {
    this.sql.exec("DELETE FROM written");
  }

  private find(streamId: string, shard: number): Known | null {
    const row = this.sql
      .exec<Row>("SELECT * FROM written WHERE stream_id = ? AND shard = ?", streamId, shard)
      .toArray()[0];
    if (!row) return null;
    // Both written by note.
    const { born_ms: bornMs, day, total, open } = row;
    return { bornMs, day, total: JSON.parse(total), open: JSON.parse(open) };
  }
}

const between = (before: Written, after: Written): Partial<Counters> => ({
  writes: after.writes - before.writes,
  accepted: after.accepted - before.accepted,
  updated: after.updated - before.updated,
  duplicates: after.duplicates - before.duplicates,
  rejected: after.rejected - before.rejected,
  bytes: after.bytes - before.bytes,
});
