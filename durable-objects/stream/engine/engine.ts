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
import type { Frame } from "../../../src/streams/frame";
import { type AppendCounts, Applier } from "./apply";
import { BlockStore } from "./blocks/store";
import { BlockTable } from "./blocks/table";
import { Catalog } from "./catalog";
import { CatalogPages } from "./catalog-pages";
import { EngineState } from "./engine-state";
import { freeTimes } from "./free-times";
import { Audit, type AuditEntry, type Author } from "./log/audit";
import { Journal, type LogFollower, type LoggedRow, type LogNote } from "./log/journal";
import { Keys } from "./log/keys";
import { detectionMarks } from "./log/log";
import { Points } from "./points";
import { Progress } from "./progress";
import { replay } from "./replay";
import { Rollups } from "./rollups";
import { writeHead } from "./write-head";

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

/**
 * A small time-series engine in the object's SQLite, after the head and blocks of Prometheus
 * (https://github.com/prometheus/prometheus/blob/main/tsdb/docs/format/README.md). A write is one row of the log; the
 * head, in memory, is what the log says; a seal turns the head into blocks and begins a new log. All is synchronous: a
 * caller's transaction is all or nothing; after a failed one the engine is not what is stored, and must be made anew.
 */
export class Engine {
  readonly catalog: Catalog;
  readonly blocks: BlockStore;
  readonly points: Points;
  readonly rollups: Rollups;
  readonly audit: Audit;
  readonly keys: Keys;
  readonly state: EngineState;
  follower: LogFollower | null = null;
  private readonly journal: Journal;
  private readonly applier: Applier;
  private readonly progress: Progress;

  constructor(sql: SqlStorage) {
    this.catalog = new Catalog(sql);
    this.blocks = new BlockStore(sql);
    this.points = new Points(this.catalog, this.blocks);
    this.rollups = new Rollups(this.blocks);
    this.applier = new Applier(this.catalog, this.points);
    this.audit = new Audit(sql);
    this.keys = new Keys(sql);
    this.journal = new Journal(sql, this.audit, this.keys);
    this.state = new EngineState(sql);
    const saved = this.state.checkpoint();
    this.progress = new Progress(saved);
    this.load(saved?.rows ?? 0);
  }

  static createTables(sql: SqlStorage): void {
    EngineState.createTables(sql);
    CatalogPages.createTables(sql);
    BlockTable.create(sql);
    Audit.createTables(sql);
    Keys.createTables(sql);
  }

  get totals(): StreamTotals {
    return this.progress.totals;
  }

  /** All that was ever written, at the end of each of the latest days with writes; the last mark is now. */
  get written(): readonly DayMark[] {
    return this.progress.tally.marks;
  }

  get rows(): number {
    return this.points.rows;
  }

  /** Bytes of memory that a seal frees, about. */
  get unsealedBytes(): number {
    return this.points.head.bytes + this.points.texts.bytes + this.journal.memoryBytes;
  }

  get logBytes(): number {
    return this.journal.bytes;
  }

  get isSealed(): boolean {
    return this.journal.isEmpty;
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
    this.progress.count(write.atMs, counts, write.rejected, write.bytes.byteLength);
    const { idempotency } = write;
    const key = idempotency && {
      key: idempotency.key,
      fingerprint: idempotency.fingerprint,
      answer: JSON.stringify(summed(idempotency.soFar, counts)),
    };
    this.journal.write(
      write,
      { kind: "append", counts: { ...counts, rejected: write.rejected } },
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
    this.journal.write(by, { kind, counts: { deleted, ...range } }, { range });
    return deleted;
  }

  /** The first of `rows` arrival times that nothing else gets; the same for the same upload. */
  reserveArrival(uploadId: string, rows: number, by: Author): number {
    const key = `arrival ${uploadId}`;
    const known = this.keys.find(key, by.atMs);
    if (known) return Number(known.answer);
    const base = this.takeArrival(rows, by.atMs);
    this.journal.write(
      by,
      { kind: "arrival", counts: { base, rows } },
      { key: { key, fingerprint: "", answer: String(base) } },
    );
    return base;
  }

  /** Writes into the log what is no write of points, in its order among them. */
  note(entry: AuditEntry, about: LogNote = {}): void {
    const { kind, counts } = entry;
    this.journal.write(entry, { kind, counts }, about);
  }

  /** The last entry of the log. */
  get lastSeq(): number {
    return this.audit.count;
  }

  /** Rows of the log after `seq`, the oldest ones, of about so many bytes of memory together. */
  logged(seq: number, bytes: number): LoggedRow[] {
    return this.journal.after(this.progress.generation, seq, bytes);
  }

  /** Turns the log into blocks and pages, and drops it. */
  seal(nowMs: number): void {
    if (this.isSealed) return;
    this.follower?.save();
    const { journal, progress, catalog, points } = this;
    const run = writeHead(this);
    catalog.save();
    this.audit.save();
    this.keys.save(nowMs);
    journal.drop(progress.generation);
    progress.sealed(this.lastSeq);
    this.state.save(progress.checkpoint(points.rows), catalog.stats());
    journal.open(progress.generation);
    this.blocks.adopt(run);
    points.clearHead();
  }

  /** The last log entry that blocks and pages hold: what was deleted until then may be taken out of blocks for good. */
  get sealedSeq(): number {
    return this.progress.sealedSeq;
  }

  /** `own`: times that rows of the same frame have of themselves, which none of the others may get. */
  private takeArrival(rows: number, nowMs: number, own: ArrayLike<number> = []): number {
    const { progress } = this;
    const base = freeTimes(this, Math.max(nowMs * 1_000, progress.arrivalCursor), rows, own);
    progress.arrived(base + rows);
    return base;
  }

  /** `rows`: how many the last checkpoint held. */
  private load(rows: number): void {
    const { state, progress } = this;
    this.points.rows = rows;
    this.catalog.load(state.stats());
    const building = state.building();
    this.blocks.load(building);
    if (building !== null) state.setBuilding(null);
    this.audit.load(progress.sealedSeq);
    this.keys.load();
    this.journal.open(progress.generation);
    const { journal, applier, points, blocks } = this;
    replay({ journal, progress, applier, points, blocks });
  }
}

/** The answer to the whole request: what its earlier frames came to, and this one. */
function summed(soFar: WriteAnswer, counts: AppendCounts): WriteAnswer {
  return {
    ...soFar,
    accepted: soFar.accepted + counts.accepted,
    updated: soFar.updated + counts.updated,
    duplicates: soFar.duplicates + counts.duplicates,
  };
}
