import type { Engine } from "../engine/engine";
import type { LoggedRow } from "../engine/log/journal";

/** Memory of rows that wait; what is more is read from the log when its turn comes. */
const MOST_WAITING_BYTES = 4_000_000;
/** Of the log, read at once: a frame may be small there and large here. */
const READ_BYTES = 1_000_000;

/** The rows of the log in their order: those of late from memory, and the others from the log itself. */
export class LogReader {
  private waiting: LoggedRow[] = [];
  private waitingBytes = 0;
  /** Whether `waiting` is all that is left. */
  private isWhole = false;
  /** Bytes that were read from the log itself. */
  readBytes = 0;

  constructor(private readonly engine: () => Engine) {}

  /** Rows were committed. */
  committed(rows: readonly LoggedRow[]): void {
    if (!this.isWhole) return;
    for (const row of rows) this.add(row);
    if (this.waitingBytes > MOST_WAITING_BYTES) this.readOn();
  }

  /** Something was committed that {@link committed} was not told of, or rows are wanted once more. */
  readOn(): void {
    this.isWhole = false;
    this.waiting = [];
    this.waitingBytes = 0;
  }

  /** The row after `seq`, or null where there is none yet. */
  next(seq: number): LoggedRow | null {
    if (this.waiting.length === 0 && !this.isWhole) {
      for (const row of this.engine().logged(seq, READ_BYTES)) {
        this.add(row);
        this.readBytes += row.bytes;
      }
      // Nothing is committed between this and the next line of the caller.
      this.isWhole = this.waiting.length === 0;
    }
    const row = this.waiting.shift() ?? null;
    this.waitingBytes -= row?.bytes ?? 0;
    return row;
  }

  private add(row: LoggedRow): void {
    this.waiting.push(row);
    this.waitingBytes += row.bytes;
  }
}
