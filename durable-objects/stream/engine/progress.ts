import type { StreamTotals } from "../../../src/streams/contract";
import type { AppendCounts } from "./apply";
import type { Checkpoint } from "./engine-state";
import { WriteTally } from "./write-tally";

/** How far the engine has come: a checkpoint, and what the log after it adds. */
export class Progress {
  /** Of the log that is being written. */
  generation: number;
  readonly totals: StreamTotals;
  readonly tally: WriteTally;
  /** The last log entry that blocks and pages hold. */
  sealedSeq: number;
  /** Arrival times before this one may be taken. */
  arrivalCursor: number;

  constructor(saved: Checkpoint | null) {
    this.generation = saved?.generation ?? 1;
    this.totals = saved?.totals ?? { accepted: 0, updated: 0, duplicates: 0, rejected: 0 };
    this.tally = new WriteTally(saved?.marks);
    this.sealedSeq = saved?.seq ?? 0;
    this.arrivalCursor = saved?.arrivalCursor ?? 0;
  }

  /** A frame of so many bytes was applied; `rejected`: rows of its request that were refused before. */
  count(atMs: number, counts: AppendCounts, rejected: number, bytes: number): void {
    this.totals.accepted += counts.accepted;
    this.totals.updated += counts.updated;
    this.totals.duplicates += counts.duplicates;
    this.totals.rejected += rejected;
    this.tally.add(atMs, { ...counts, rejected, bytes });
  }

  /** Arrival times before `next` were given. */
  arrived(next: number): void {
    this.arrivalCursor = Math.max(this.arrivalCursor, next);
  }

  /** Blocks and pages hold everything up to this log entry, and a new log begins. */
  sealed(seq: number): void {
    this.generation++;
    this.sealedSeq = seq;
  }

  /** What a seal stores; `rows` are those that the stream holds. */
  checkpoint(rows: number): Checkpoint {
    const { generation, totals, arrivalCursor, sealedSeq } = this;
    return { generation, totals, marks: this.tally.marks, rows, arrivalCursor, seq: sealedSeq };
  }
}
