import { decodeExactly } from "../text";
import type { RecordParter } from "./spec";

const [TAB, LF, CR, SPACE] = [9, 10, 13, 32];

/** How text is parted into cells. */
export interface Marks {
  delimiter: number;
  quote: number | null;
}

/**
 * Parts one record at a time (RFC 4180) into the texts of its cells. A line ends with LF, CRLF or CR. A cell is in quotes
 * where it begins with one; a doubled quote in it is one, blanks behind the closing quote are passed over, and a quote
 * before anything else is a character of the cell. A quote that does not close takes all that is left: whose text may have
 * such quotes has a {@link RecordParter} of its own.
 */
export class RecordSplitter implements RecordParter {
  cells: string[] = [];
  lines = 0;
  readonly isTooLong = false;
  readonly quotesAreStray = false;
  private cellEnd = 0;
  private readonly twoQuotes: string;
  private readonly oneQuote: string;

  constructor(private readonly marks: Marks) {
    this.oneQuote = marks.quote === null ? "" : String.fromCharCode(marks.quote);
    this.twoQuotes = this.oneQuote.repeat(2);
  }

  read(bytes: Uint8Array, start: number, end: number, isLast: boolean): number {
    const { delimiter, quote } = this.marks;
    this.cells = [];
    this.lines = 0;
    this.cellEnd = start;
    for (let at = start; ; at++) {
      const text =
        quote !== null && bytes[at] === quote && at < end ? this.quoted(bytes, at + 1, end, isLast) : null;
      if (this.cellEnd < 0) return -1;
      if (text === null) {
        this.cellEnd = at;
        while (this.cellEnd < end && !this.isCellEnd(bytes[this.cellEnd]!)) this.cellEnd++;
        // Before a text is made: the bytes may end within a character.
        if (this.cellEnd === end && !isLast) return -1;
      }
      this.cells.push(text ?? decodeExactly(bytes.subarray(at, this.cellEnd)));
      at = this.cellEnd;
      if (at >= end) return isLast ? end : -1;
      if (bytes[at] === delimiter) continue;
      // A line break that more bytes may belong to.
      if (bytes[at] === CR && at + 1 === end && !isLast) return -1;
      this.lines++;
      return bytes[at] === CR && bytes[at + 1] === LF && at + 1 < end ? at + 2 : at + 1;
    }
  }

  private isCellEnd(byte: number): boolean {
    return byte === this.marks.delimiter || byte === LF || byte === CR;
  }

  /** The text that an opening quote before `start` begins; its `cellEnd` is negative where more bytes are needed. */
  private quoted(bytes: Uint8Array, start: number, end: number, isLast: boolean): string {
    const quote = this.marks.quote!;
    for (let at = start; ; at++) {
      at = bytes.indexOf(quote, at);
      if (at < 0 || at >= end) {
        this.cellEnd = isLast ? end : -1;
        this.countLines(bytes, start, end);
        return isLast ? decodeExactly(bytes.subarray(start, end)) : "";
      }
      if (at + 1 < end && bytes[at + 1] === quote) {
        at++;
        continue;
      }
      let behind = at + 1;
      while (behind < end && !this.isCellEnd(bytes[behind]!) && isBlank(bytes[behind]!)) behind++;
      if (behind === end && !isLast) {
        this.cellEnd = -1;
        return "";
      }
      if (behind < end && !this.isCellEnd(bytes[behind]!)) continue;
      this.cellEnd = behind;
      this.countLines(bytes, start, at);
      return decodeExactly(bytes.subarray(start, at)).replaceAll(this.twoQuotes, this.oneQuote);
    }
  }

  private countLines(bytes: Uint8Array, start: number, end: number): void {
    for (let at = start; at < end; at++)
      if (bytes[at] === LF || (bytes[at] === CR && !(at + 1 < end && bytes[at + 1] === LF))) this.lines++;
  }
}

const isBlank = (byte: number): boolean => byte === SPACE || (byte >= TAB && byte < CR);
