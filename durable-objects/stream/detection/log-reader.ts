import type { Engine, LoggedRow } from "../engine/engine";

/** Rows that wait in memory; what is more is read from the log when its turn comes. */
const MOST_WAITING = 256;
/** Of the log, read at once. */
const READ_BYTES = 256_000;

/** The rows of the log in their order: those of late from memory, and the others from the log itself. */
export class LogReader {
  private waiting: LoggedRow[] = [];
  /** Whether `waiting` is all that is left. */
  private isWhole = false;
  /** Bytes that were read from the log itself. */
  readBytes = 0;

  constructor(private readonly engine: () => Engine) {}

  /** Rows were committed. */
  committed(rows: readonly LoggedRow[]): void {
    if (!this.isWhole) return;
    if (this.waiting.length + rows.length > MOST_WAITING) this.readOn();
    else this.waiting.push(...rows);
  }

  /** Something was committed that {@link committed} was not told of, or rows are wanted once more. */
  readOn(): void {
    this.isWhole = false;
    this.waiting = [];
  }

  /** The row after `seq`, or null where there is none yet. */
  next(seq: number): LoggedRow | null {
    if (this.waiting.length === 0 && !this.isWhole) {
      this.waiting = this.engine().logged(seq, READ_BYTES);
      for (const { bytes } of this.waiting) this.readBytes += bytes;
      // Nothing is committed between this and the next line of the caller.
      this.isWhole = this.waiting.length === 0;
    }
    return this.waiting.shift() ?? null;
  }
}
