import { concat } from "../../../core/bytes";

const LF = 10;
/** A line longer than this is given in parts. */
export const LINE_BYTES = 1_000_000;

export interface Lines {
  bytes: Uint8Array;
  /** Whole lines, each with its end; else a part of a line that is long, or the last one, which has no end. */
  isWhole: boolean;
}

/** Parts bytes that come in pieces, cut anywhere, behind line feeds. */
export class LinePieces {
  private held: Uint8Array[] = [];
  private heldBytes = 0;
  /** The line was begun in parts. */
  private isLong = false;

  *push(piece: Uint8Array): Generator<Lines> {
    let start = 0;
    if (this.isLong) {
      const end = piece.indexOf(LF) + 1;
      if (end > 0) this.isLong = false;
      start = end > 0 ? end : piece.length;
      yield { bytes: piece.subarray(0, start), isWhole: false };
    }
    const end = piece.lastIndexOf(LF) + 1;
    if (end > start && this.heldBytes > 0) {
      // Only the line that was cut is copied.
      const first = piece.indexOf(LF, start) + 1;
      yield { bytes: concat([...this.release(), piece.subarray(start, first)]), isWhole: true };
      start = first;
    }
    if (end > start) {
      yield { bytes: piece.subarray(start, end), isWhole: true };
      start = end;
    }
    if (start === piece.length) return;
    this.held.push(piece.subarray(start));
    this.heldBytes += piece.length - start;
    if (this.heldBytes <= LINE_BYTES) return;
    this.isLong = true;
    yield { bytes: concat(this.release()), isWhole: false };
  }

  *end(): Generator<Lines> {
    if (this.heldBytes > 0) yield { bytes: concat(this.release()), isWhole: false };
  }

  private release(): Uint8Array[] {
    const { held } = this;
    this.held = [];
    this.heldBytes = 0;
    return held;
  }
}
