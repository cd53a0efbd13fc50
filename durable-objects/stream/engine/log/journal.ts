import { giveArrivalTimes } from "../../../../src/streams/engine/arrival-times";
import { decodeFrame, type Frame, memoryOf } from "../../../../src/streams/frame";
import { type Audit, type AuditEntry, type Author, authorOf, type ChainedEntry, type Deed } from "./audit";
import type { Keys } from "./keys";
import { Log, type LogMeta, type LogRow } from "./log";

/** Memory of a write that is in the log only, beside its points: its audit entry and its key. */
const BYTES_PER_WRITE = 600;
const NO_FRAME = new Uint8Array(0);

/** What a log entry is about beside its points. */
export type LogNote = Omit<LogMeta, keyof AuditEntry | "hash">;

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

/** A write as it is recorded: one row of the log, which chains it to the audit and keeps the answer to its key. */
export class Journal {
  private readonly log: Log;

  constructor(
    sql: SqlStorage,
    private readonly audit: Audit,
    private readonly keys: Keys,
  ) {
    this.log = new Log(sql);
  }

  get bytes(): number {
    return this.log.bytes;
  }

  get isEmpty(): boolean {
    return this.log.rows === 0;
  }

  /** What its rows take in memory beside their points. */
  get memoryBytes(): number {
    return this.log.rows * BYTES_PER_WRITE;
  }

  /** Begins the log of a generation, or goes on with it. */
  open(generation: number): void {
    this.log.open(generation);
  }

  drop(generation: number): void {
    this.log.drop(generation);
  }

  write(by: Author, what: Deed, about: LogNote, frame: Uint8Array = NO_FRAME): void {
    const chained = this.audit.chain({ ...authorOf(by), ...what });
    const { seq, ...meta } = chained;
    this.log.append(seq, { ...meta, ...about }, frame);
    this.remember(chained, about);
  }

  /** Everything of a generation, oldest first; what a row says of the audit and its key is remembered after it was taken. */
  *replay(generation: number): Generator<LogRow> {
    for (const row of this.log.replay(generation)) {
      yield row;
      const { kind, counts, hash } = row.meta;
      this.remember({ seq: row.seq, ...authorOf(row.meta), kind, counts, hash }, row.meta);
    }
  }

  /** Rows of a generation after `seq`, the oldest ones, of about so many bytes of memory together. */
  after(generation: number, seq: number, bytes: number): LoggedRow[] {
    const rows: LoggedRow[] = [];
    for (let left = bytes, last = seq; left > 0; ) {
      const row = this.log.after(generation, last);
      if (!row) break;
      const frame = row.meta.kind === "append" ? appliedFrame(row).frame : null;
      const taken = frame ? memoryOf(frame) : row.bytes;
      rows.push({ seq: row.seq, bytes: taken, meta: row.meta, frame });
      left -= taken;
      last = row.seq;
    }
    return rows;
  }

  private remember(entry: ChainedEntry, { key }: Pick<LogMeta, "key">): void {
    this.audit.add(entry);
    if (key) this.keys.add({ ...key, atMs: entry.atMs });
  }
}

/** The frame of a row of the log as it was applied, and the first arrival time after those that it was given. */
export function appliedFrame({ meta: { arrival }, frame: bytes }: LogRow): {
  frame: Frame;
  nextArrival: number;
} {
  const frame = decodeFrame(bytes);
  if (!frame) throw new Error("a frame of the log is damaged");
  return { frame, nextArrival: arrival === undefined ? 0 : giveArrivalTimes(frame, arrival) };
}
