import { concat } from "../../../core/bytes";
import { fail } from "../../../core/errors";
import type { ParsedRow } from "../../append";
import { type Batch, BatchBuilder } from "../../batch";
import { RowReader } from "./row-reader";
import { RowTaker } from "./row-taker";
import type { DelimitedSpec, RecordParter } from "./spec";
import { RecordSplitter } from "./split-record";

const [LF, CR] = [10, 13];
/** A record longer than this is for the parter; by RFC 4180 it is a quote that does not close. */
const RECORD_BYTES = 4_000_000;
/** A byte order mark. */
const MARK = [0xef, 0xbb, 0xbf];

/**
 * The batches of a delimited text: UTF-8 in pieces that may be cut anywhere. Its frames are a function of the bytes and the
 * spec alone, not of the pieces. Throws `malformed_data` for what is not UTF-8 and, by RFC 4180, for a quote that does
 * not close.
 */
export async function* delimitedBatches(
  spec: DelimitedSpec,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Batch> {
  const scanner = new DelimitedScanner(spec);
  for await (const piece of pieces) yield* scanner.push(piece);
  yield* scanner.end();
}

/** The same, piece by piece. What push and end give is to be walked through before the next call. */
export class DelimitedScanner {
  /** Rows that became points without {@link DelimitedSpec.readRow}, which counts its own. */
  taken = 0;
  /** Rows without anything in their cells. */
  blank = 0;

  private readonly batches = new BatchBuilder();
  private readonly reader: RowReader;
  private readonly taker: RowTaker;
  private readonly parter: RecordParter;
  private readonly byLines: boolean;
  private line = 1;
  private row = 0;
  private linesBefore: number;
  private held: Uint8Array[] = [];
  private heldBytes = 0;
  /** What is held is looked at again when there is so much of it: else a long record is read once for each piece. */
  private enough = MARK.length;
  private isFirst = true;
  /** The rest of a line that is too long is passed over. */
  private passing = false;

  constructor(private readonly spec: DelimitedSpec) {
    this.reader = new RowReader(spec);
    const names = spec.columns.map((column) => ("name" in column ? column.name : ""));
    this.taker = new RowTaker(names, this.reader, this.batches);
    this.parter = spec.parting?.parter ?? new RecordSplitter(spec);
    this.reader.leavesQuoted = this.parter.quotesAreStray;
    this.byLines = spec.numbering === "lines";
    this.linesBefore = spec.linesBefore;
  }

  *push(piece: Uint8Array): Generator<Batch> {
    if (this.heldBytes + piece.length < this.enough) return this.hold(piece);
    const bytes = this.heldBytes > 0 ? yield* this.joined(piece) : piece;
    const next = yield* this.rows(bytes, bytes.length, false);
    if (next < bytes.length) this.hold(bytes.subarray(next));
    this.enough = this.heldBytes * 2;
    if (this.heldBytes > RECORD_BYTES && !this.spec.parting)
      throw fail("malformed_data", "A quote in the CSV does not close.");
  }

  /** A row that was read from what {@link release} gave. */
  add(row: ParsedRow): Batch | null {
    this.taker.settle();
    return this.batches.add(row);
  }

  /**
   * The bytes of the record that is not complete yet, and its line, for another reader to go on with. `passing`: they
   * belong to a line that was too long.
   */
  release(): { bytes: Uint8Array; line: number; passing: boolean } {
    const bytes = concat(this.held);
    this.held = [];
    this.heldBytes = 0;
    return { bytes, line: this.line, passing: this.passing };
  }

  /** What is left, the last batch among it. */
  *end(): Generator<Batch> {
    const rest = concat(this.held);
    // A line that has no end is read as if it had one.
    yield* this.rows(concat([rest, Uint8Array.of(LF)]), rest.length, true);
    this.held = [];
    this.heldBytes = 0;
    this.taker.settle();
    yield* this.batches.finish();
  }

  /** What is left to read of what was held and a piece: only the record that was cut is copied, where it ends in a line. */
  private *joined(piece: Uint8Array): Generator<Batch, Uint8Array> {
    const end = piece.indexOf(LF) + 1;
    const record = concat([...this.held, piece.subarray(0, end)]);
    this.held = [];
    this.heldBytes = 0;
    const next = end > 0 ? yield* this.rows(record, record.length, false) : 0;
    const rest = piece.subarray(end);
    return next === record.length ? rest : concat([record.subarray(next), rest]);
  }

  private hold(piece: Uint8Array): void {
    this.held.push(piece);
    this.heldBytes += piece.length;
  }

  /** Takes the records of bytes[..end) and returns where the first one starts that does not end there. */
  private *rows(bytes: Uint8Array, end: number, isLast: boolean): Generator<Batch, number> {
    // Behind each row that starts before it a line ends for certain.
    const limit = isLast ? end : endOfLines(bytes, end);
    let at = this.isFirst && hasMark(bytes) ? MARK.length : 0;
    this.isFirst = false;
    if (this.passing) {
      at = this.passOver(bytes, at, end, isLast);
      if (this.passing) return at;
    }
    while (at < limit) {
      if (this.linesBefore > 0) {
        at = lineAfter(bytes, at);
        this.linesBefore--;
        this.line++;
        continue;
      }
      const next = this.reader.read(bytes, at);
      let batch = next < 0 || (this.spec.parting && next - at > RECORD_BYTES) ? undefined : this.taker.take();
      if (batch !== undefined) {
        this.row++;
        this.line++;
        this.taken++;
        at = next;
      } else {
        const after = this.parter.read(bytes, at, end, isLast);
        if (after < 0) return at;
        batch = this.unclear();
        at = after;
      }
      if (batch) yield batch;
    }
    if (this.spec.parting && end - at > RECORD_BYTES) {
      // A line without an end so far.
      if (this.parter.read(bytes, at, end, isLast) < 0) return at;
      const batch = this.unclear();
      if (batch) yield batch;
      this.passing = true;
      return end;
    }
    return at;
  }

  /** Where the line ends that is passed over; the bytes that are to be kept where it does not end in them. */
  private passOver(bytes: Uint8Array, start: number, end: number, isLast: boolean): number {
    let at = start;
    while (at < end && bytes[at] !== LF && bytes[at] !== CR) at++;
    if (at === end || (bytes[at] === CR && at + 1 === end && !isLast)) return at;
    this.passing = false;
    this.line++;
    return lineAfter(bytes, at);
  }

  /** Takes the record that was parted. */
  private unclear(): Batch | null {
    const { cells, lines, isTooLong, quotesAreStray } = this.parter;
    const line = this.line;
    this.line += lines;
    this.reader.leavesQuoted = quotesAreStray;
    if (isTooLong) {
      this.row++;
      this.taker.settle();
      return this.batches.add(this.spec.parting!.longRow(this.byLines ? line : this.row));
    }
    if (cells.every((cell) => cell.trim() === "")) {
      this.blank++;
      return null;
    }
    this.row++;
    const parsed = this.spec.readRow(cells, this.byLines ? line : this.row);
    if (!parsed) return null;
    this.taker.settle();
    return this.batches.add(parsed);
  }
}

/** The end of the last line that ends in bytes[..end) for certain: a CR at its end may be half of a CRLF. */
function endOfLines(bytes: Uint8Array, end: number): number {
  const last = bytes.lastIndexOf(LF, end - 1);
  return (last < 0 && end > 1 ? bytes.lastIndexOf(CR, end - 2) : last) + 1;
}

function lineAfter(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at < bytes.length && bytes[at] !== LF && bytes[at] !== CR) at++;
  return bytes[at] === CR && bytes[at + 1] === LF ? at + 2 : at + 1;
}

const hasMark = (bytes: Uint8Array): boolean => MARK.every((byte, i) => bytes[i] === byte);
