import type { JsonObject } from "../../../src/core/json";
import { failed, ok, type Result } from "../../../src/core/result";
import type { DayMark } from "../../../src/core/write-report";
import {
  type DetectionMode,
  type IdempotentWrite,
  STREAM_LIMITS,
  type StreamTotals,
  type WriteAnswer,
} from "../../../src/streams/contract";
import { giveArrivalTimes, rowsWithoutTime } from "../../../src/streams/engine/arrival-times";
import type { Range } from "../../../src/streams/engine/merge";
import { decodeFrame, type Frame, memoryOf } from "../../../src/streams/frame";
import { type AppendCounts, Applier, addTo } from "./apply";
import { Audit, type AuditEntry, type ChainedEntry } from "./audit";
import { BlockStore, type Run, type Tombstone } from "./block-store";
import { BlockTable } from "./block-table";
import { BlockWriter } from "./block-writer";
import { Catalog, type Series } from "./catalog";
import { freeTimes } from "./free-times";
import { Keys } from "./keys";
import { detectionMarks, Log, type LogMeta, type LogRow } from "./log";
import { Points } from "./points";
import { Rollups, type Unsealed } from "./rollups";
import { writeHead } from "./write-head";
import { WriteTally } from "./write-tally";

/** Memory of a write that is in the log only, beside its points: its audit entry and its key. */
const BYTES_PER_WRITE = 600;
const NO_FRAME = new Uint8Array(0);

interface Checkpoint {
  /** Of the log that holds what came after it. */
  generation: number;
  totals: StreamTotals;
  /** Absent in what was sealed before writes were told apart by day. */
  marks?: DayMark[];
  rows: number;
  /** Arrival times before this one may be taken. */
  arrivalCursor: number;
  /** The last log entry that blocks and pages hold. */
  seq: number;
}

const newCheckpoint = (): Checkpoint => ({
  generation: 1,
  totals: { accepted: 0, updated: 0, duplicates: 0, rejected: 0 },
  rows: 0,
  arrivalCursor: 0,
  seq: 0,
});

/** Who wrote, and when. */
export interface Author {
  atMs: number;
  requestId: string;
  clientId: string;
}

export interface AppendWrite extends Author {
  frame: Frame;
  /** The frame as it came: the log keeps it so. */
  bytes: Uint8Array;
  /** Rows of the request that were refused before they came here. */
  rejected: number;
  idempotency: IdempotentWrite | null;
  /** "judge" unless named. */
  detection?: DetectionMode;
}

/** What a log entry is about beside its points. */
type LogNote = Omit<LogMeta, keyof AuditEntry | "hash">;

/** A row of the log as a follower reads it: the frame as it was applied, null where the entry has none. */
export interface LoggedRow {
  seq: number;
  /** Of its frame in memory. */
  bytes: number;
  meta: Pick<LogMeta, "kind" | "atMs" | "range" | "quiet" | "deferred" | "expected" | "silent">;
  frame: Frame | null;
}

/** Who reads the log behind the writes, in its order: a seal drops what they must have read. */
export interface LogFollower {
  /** Before the seal's transaction. */
  catchUp(): void;
  /** In it: keeps what was read so far. */
  save(): void;
}

/**
 * A small time-series engine in the object's SQLite, after the head and blocks of Prometheus
 * (https://github.com/prometheus/prometheus/blob/main/tsdb/docs/format/README.md). A write is one row of the log; the
 * head, in memory, is what the log says; a seal turns the head into blocks and begins a new log. All is synchronous: a
 * caller's transaction is all or nothing, and after a failed one {@link forget} reads everything again.
 */
export class Engine {
  readonly catalog: Catalog;
  readonly blocks: BlockStore;
  readonly points: Points;
  readonly rollups: Rollups;
  readonly audit: Audit;
  readonly keys: Keys;
  follower: LogFollower | null = null;
  private readonly log: Log;
  private readonly applier: Applier;
  private checkpoint = newCheckpoint();
  private tally = new WriteTally();

  constructor(private readonly sql: SqlStorage) {
    this.catalog = new Catalog(sql);
    this.blocks = new BlockStore(sql);
    this.points = new Points(this.catalog, this.blocks);
    this.rollups = new Rollups(this.blocks);
    this.applier = new Applier(this.catalog, this.points);
    this.audit = new Audit(sql);
    this.keys = new Keys(sql);
    this.log = new Log(sql);
    this.load();
  }

  static createTables(sql: SqlStorage): void {
    sql.exec("CREATE TABLE IF NOT EXISTS engine_state (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID");
    Catalog.createTables(sql);
    BlockTable.create(sql);
    Audit.createTables(sql);
    Keys.createTables(sql);
  }

  get totals(): StreamTotals {
    return this.checkpoint.totals;
  }

  /** All that was ever written, at the end of each of the latest days with writes; the last mark is now. */
  get written(): readonly DayMark[] {
    return this.tally.marks;
  }

  get rows(): number {
    return this.points.rows;
  }

  /** Bytes of memory that a seal frees, about. */
  get unsealedBytes(): number {
    return this.points.head.bytes + this.points.texts.bytes + this.log.rows * BYTES_PER_WRITE;
  }

  get logBytes(): number {
    return this.log.bytes;
  }

  get isSealed(): boolean {
    return this.log.rows === 0;
  }

  /** Stores a frame. */
  append(write: AppendWrite): Result<AppendCounts> {
    const { frame } = write;
    const total = this.catalog.liveSeries + this.catalog.newSeries(frame);
    if (total > STREAM_LIMITS.seriesPerStream) {
      return failed({
        code: "too_many_series",
        detail: `The stream would have ${total} series; it may have ${STREAM_LIMITS.seriesPerStream}. A tag that differs in every row belongs to the attributes.`,
      });
    }
    const arriving = rowsWithoutTime(frame);
    const arrival = arriving > 0 ? this.takeArrival(arriving, write.atMs, frame.times) : null;
    if (arrival !== null) giveArrivalTimes(frame, arrival);
    const counts = this.applier.apply(frame);
    this.count(write.atMs, counts, write.rejected, write.bytes.byteLength);
    const { idempotency } = write;
    const key = idempotency && {
      key: idempotency.key,
      fingerprint: idempotency.fingerprint,
      answer: JSON.stringify(summed(idempotency.soFar, counts)),
    };
    this.write(
      { ...author(write), kind: "append", counts: { ...counts, rejected: write.rejected } },
      {
        ...(key ? { key } : {}),
        ...(arrival === null ? {} : { arrival }),
        ...detectionMarks(write.detection ?? "judge"),
      },
      write.bytes,
    );
    return ok(counts);
  }

  /** Deletes what lies in [start, end); gives how many rows went. */
  delete(range: Range, by: Author, kind: "delete_range" | "retention"): number {
    const seq = this.audit.count + 1;
    const deleted = this.points.delete(range, () => this.blocks.addTombstone(range, seq));
    this.write({ ...author(by), kind, counts: { deleted, ...range } }, { range }, NO_FRAME);
    return deleted;
  }

  /** The first of `rows` arrival times that nothing else gets; the same for the same upload. */
  reserveArrival(uploadId: string, rows: number, by: Author): number {
    const key = `arrival ${uploadId}`;
    const known = this.keys.find(key, by.atMs);
    if (known) return Number(known.answer);
    const base = this.takeArrival(rows, by.atMs);
    this.write(
      { ...author(by), kind: "arrival", counts: { base, rows } },
      { key: { key, fingerprint: "", answer: String(base) } },
      NO_FRAME,
    );
    return base;
  }

  /** Writes into the log what is no write of points, in its order among them. */
  note(entry: AuditEntry, about: LogNote = {}): void {
    this.write({ ...author(entry), kind: entry.kind, counts: entry.counts }, about, NO_FRAME);
  }

  /** The last entry of the log. */
  get lastSeq(): number {
    return this.audit.count;
  }

  /** Rows of the log after `seq`, the oldest ones, of about so many bytes of memory together. */
  logged(seq: number, bytes: number): LoggedRow[] {
    const rows: LoggedRow[] = [];
    for (let left = bytes, last = seq; left > 0; ) {
      const row = this.log.after(this.checkpoint.generation, last);
      if (!row) break;
      const frame = row.meta.kind === "append" ? frameOf(row).frame : null;
      const taken = frame ? memoryOf(frame) : row.bytes;
      rows.push({ seq: row.seq, bytes: taken, meta: row.meta, frame });
      left -= taken;
      last = row.seq;
    }
    return rows;
  }

  /** Turns the log into blocks and pages, and drops it. */
  seal(nowMs: number): void {
    if (this.isSealed) return;
    this.follower?.save();
    const run: Run = {
      id: this.blocks.newRun(),
      level: 0,
      rank: this.blocks.nextRank(),
      blocks: [],
      bytes: 0,
    };
    const writer = new BlockWriter((block) => {
      run.blocks.push(this.blocks.insert(run, block));
      run.bytes += block.data.byteLength;
    });
    writeHead(this, writer);
    writer.flush();
    this.catalog.save();
    this.audit.save();
    this.keys.save(nowMs);
    this.log.drop(this.checkpoint.generation);
    this.checkpoint.generation++;
    this.checkpoint.seq = this.audit.count;
    this.checkpoint.rows = this.points.rows;
    this.checkpoint.marks = this.tally.marks;
    this.save("checkpoint", JSON.stringify(this.checkpoint));
    for (const [i, page] of this.catalog.stats().entries()) this.save(`stats ${i}`, page);
    this.log.open(this.checkpoint.generation);
    this.blocks.adopt(run);
    this.points.head.clear();
    this.points.texts.clear();
    this.points.deleted = [];
  }

  /** The last log entry that blocks and pages hold: what was deleted until then may be taken out of blocks for good. */
  get sealedSeq(): number {
    return this.checkpoint.seq;
  }

  /** What rollups must know of a series' points in [start, end) that no block holds. */
  unsealed(series: Series, start: number, end: number): Unsealed {
    return {
      head: this.points.head.part(series.id, start, end),
      deleted: this.points.deleted,
      points: (start, end) => this.points.parts(series, start, end),
    };
  }

  /** The run that a compaction writes, until it is whole. */
  setBuilding(run: number | null): void {
    if (run === null) this.sql.exec("DELETE FROM engine_state WHERE name = 'building'");
    else this.save("building", run);
  }

  private write(entry: AuditEntry, more: LogNote, frame: Uint8Array): void {
    const chained = this.audit.chain(entry);
    const { seq, ...meta } = chained;
    this.log.append(seq, { ...meta, ...more }, frame);
    this.remember(chained, more);
  }

  private remember(entry: ChainedEntry, { key }: Pick<LogMeta, "key">): void {
    this.audit.add(entry);
    if (key) this.keys.add({ ...key, atMs: entry.atMs });
  }

  /** `own`: times that rows of the same frame have of themselves, which none of the others may get. */
  private takeArrival(rows: number, nowMs: number, own: ArrayLike<number> = []): number {
    const base = freeTimes(this, Math.max(nowMs * 1_000, this.checkpoint.arrivalCursor), rows, own);
    this.checkpoint.arrivalCursor = base + rows;
    return base;
  }

  private load(): void {
    const building = this.read<number>("building");
    const saved = this.read<string>("checkpoint");
    this.checkpoint = saved === null ? newCheckpoint() : (JSON.parse(saved) as Checkpoint);
    this.tally = new WriteTally(this.checkpoint.marks);
    this.points.rows = this.checkpoint.rows;
    this.catalog.load(this.readStats());
    this.blocks.load(building);
    if (building !== null) this.setBuilding(null);
    this.audit.load(this.checkpoint.seq);
    this.keys.load();
    this.log.open(this.checkpoint.generation);
    this.replay();
  }

  /** What was deleted holds from its own entry on: before that its points still counted. */
  private replay(): void {
    const later: Tombstone[] = this.blocks.tombstones.filter(({ seq }) => seq > this.checkpoint.seq);
    this.blocks.tombstones = this.blocks.tombstones.filter(({ seq }) => seq <= this.checkpoint.seq);
    for (const row of this.log.replay(this.checkpoint.generation)) {
      const { seq, meta } = row;
      if (meta.kind === "append") this.replayAppend(row);
      else if (meta.kind === "arrival") this.replayArrival(meta.counts);
      else if (meta.range) {
        this.points.delete(meta.range, () => {
          const tombstone = later.find((one) => one.seq === seq);
          if (tombstone) this.blocks.tombstones.push(tombstone);
        });
      }
      const { kind, atMs, requestId, clientId, counts, hash } = meta;
      this.remember({ seq, kind, atMs, requestId, clientId, counts, hash }, meta);
    }
  }

  private replayAppend(row: LogRow): void {
    const { frame, nextArrival } = frameOf(row);
    this.checkpoint.arrivalCursor = Math.max(this.checkpoint.arrivalCursor, nextArrival);
    const { atMs, counts } = row.meta;
    this.count(atMs, this.applier.apply(frame), Number(counts.rejected), row.frame.byteLength);
  }

  private count(atMs: number, counts: AppendCounts, rejected: number, bytes: number): void {
    addTo(this.totals, counts, rejected);
    this.tally.add(atMs, { ...counts, rejected, bytes });
  }

  private replayArrival({ base, rows }: JsonObject): void {
    this.checkpoint.arrivalCursor = Math.max(this.checkpoint.arrivalCursor, Number(base) + Number(rows));
  }

  private readStats(): ArrayBuffer[] {
    const pages: ArrayBuffer[] = [];
    for (;;) {
      const page = this.read<ArrayBuffer>(`stats ${pages.length}`);
      if (!page) return pages;
      pages.push(page);
    }
  }

  private read<T extends SqlStorageValue>(name: string): T | null {
    const [row] = this.sql
      .exec<{ value: T }>("SELECT value FROM engine_state WHERE name = ?", name)
      .toArray();
    return row?.value ?? null;
  }

  private save(name: string, value: SqlStorageValue): void {
    this.sql.exec("INSERT OR REPLACE INTO engine_state (name, value) VALUES (?, ?)", name, value);
  }
}

/** The frame of a row of the log as it was applied, and the first arrival time after those that it was given. */
function frameOf({ meta: { arrival }, frame: bytes }: LogRow): { frame: Frame; nextArrival: number } {
  const frame = decodeFrame(bytes);
  if (!frame) throw new Error("a frame of the log is damaged");
  return { frame, nextArrival: arrival === undefined ? 0 : giveArrivalTimes(frame, arrival) };
}

const author = ({ atMs, requestId, clientId }: Author): Author => ({ atMs, requestId, clientId });

/** The answer to the whole request: what its earlier frames came to, and this one. */
function summed(soFar: WriteAnswer, counts: AppendCounts): WriteAnswer {
  return {
    ...soFar,
    accepted: soFar.accepted + counts.accepted,
    updated: soFar.updated + counts.updated,
    duplicates: soFar.duplicates + counts.duplicates,
  };
}
