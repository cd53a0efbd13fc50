import type { CsvDialect } from "../../contract";
import { EXTRACTION_LIMITS } from "../../limits";
import { splitBlanks, WHITESPACE } from "./dialect";

/** A record of delimited text. `row` is the line that it begins on, from 1: a quoted cell may span lines. */
export interface CsvRecord {
  row: number;
  cells: string[];
}

/** A line that is too long to be held. */
export interface LongLine {
  row: number;
  cells: null;
}
export type Split = CsvRecord | LongLine;

/** Quotes that were never closed, after which quotes are taken for ordinary characters. */
const STRAY_QUOTES = 3;

/**
 * Splits delimited text into records (RFC 4180) while it arrives; `\n` ends a line. What it gives does not depend on
 * where the text was cut. A quoted cell may be followed by blanks, and a quote within it that ends no cell is kept. A
 * quote that is not closed within `quotedChars`, or at all, is an ordinary character of its line: it swallows nothing.
 */
export class RecordSplitter {
  /** The text of records that are not complete yet, in pieces. */
  private held: string[] = [];
  private heldChars = 0;
  /** The rest of a line that is too long is passed over. */
  private passing = false;
  private line = 1;
  private strays = 0;

  constructor(
    private readonly delimiter: string,
    private readonly quote: CsvDialect["quote"],
  ) {}

  /** Goes on with the text that begins at this line, or within it where the rest of it is `passing`. */
  goOn(line: number, passing: boolean): void {
    this.line = line;
    this.passing = passing;
  }

  /** Quotes are ordinary characters from here on, but for those around a cell. */
  get quotesAreStray(): boolean {
    return this.strays >= STRAY_QUOTES;
  }

  /** The records of `text` that begin above a line. All of it is looked at: a quote may be closed further down. */
  above(line: number, text: string): Split[] {
    const records: Split[] = [];
    this.split(text, records, false, line);
    return records;
  }

  /**
   * The first record of `text`, in its lines, as if nothing had been pushed; null where more text is needed. A line that
   * is too long may have no end yet: it then has no lines.
   */
  first(text: string, isEnd: boolean): { cells: string[] | null; lines: number } | null {
    const records: Split[] = [];
    const { line } = this;
    this.split(text, records, isEnd, line + 1);
    this.passing = false;
    return records.length === 0 ? null : { cells: records[0]!.cells, lines: this.line - line };
  }

  push(text: string): Split[] {
    if (this.passing) {
      const brk = text.indexOf("\n");
      if (brk < 0) return [];
      this.passing = false;
      this.line++;
      return this.push(text.slice(brk + 1));
    }
    this.held.push(text);
    this.heldChars += text.length;
    // Without a line break no record ends: what is held is not looked through again for every piece.
    const isLong = this.heldChars > EXTRACTION_LIMITS.recordChars + EXTRACTION_LIMITS.quotedChars;
    return isLong || text.includes("\n") ? this.drain(false) : [];
  }

  end(): Split[] {
    return this.drain(true);
  }

  private drain(isEnd: boolean): Split[] {
    const text = this.held.length === 1 ? this.held[0]! : this.held.join("");
    const records: Split[] = [];
    const rest = this.split(text, records, isEnd);
    this.held = rest < text.length ? [text.slice(rest)] : [];
    this.heldChars = Math.max(0, text.length - rest);
    return records;
  }

  /** Where quotes are quotes, or null where they are not, or not any more. */
  private get quoting(): string | null {
    const plain = this.quote === "" || this.delimiter === "" || this.delimiter === WHITESPACE;
    return plain || this.quotesAreStray ? null : this.quote;
  }

  /** Gives where the first record begins that is not complete, or is not above the line `before`. */
  private split(text: string, records: Split[], isEnd: boolean, before = Number.POSITIVE_INFINITY): number {
    let at = 0;
    let quoteAt = -1;
    while (at < text.length && this.line < before) {
      const brk = text.indexOf("\n", at);
      const end = brk < 0 ? text.length : brk;
      if (end - at > EXTRACTION_LIMITS.recordChars) {
        records.push({ row: this.line, cells: null });
        if (brk < 0) {
          this.passing = true;
          return text.length;
        }
        this.line++;
        at = end + 1;
        continue;
      }
      if (brk < 0 && !isEnd) return at;
      const quote = this.quoting;
      if (quote !== null && quoteAt < at) {
        const found = text.indexOf(quote, at);
        quoteAt = found < 0 ? Number.POSITIVE_INFINITY : found;
      }
      if (quote !== null && quoteAt < end) {
        const next = this.quoted(text, at, quote, records, isEnd);
        if (next === INCOMPLETE) return at;
        if (next >= 0) {
          at = next;
          continue;
        }
        if (next === STRAY) this.strays++;
      }
      records.push({ row: this.line++, cells: this.cellsOf(text.slice(at, end)) });
      at = end + 1;
    }
    return at;
  }

  /** The cells of a line in which quotes span nothing. */
  private cellsOf(line: string): string[] {
    if (this.delimiter === "") return [line];
    if (this.delimiter === WHITESPACE) return splitBlanks(line);
    const cells = line.split(this.delimiter);
    if (!this.quotesAreStray || this.quote === "" || !line.includes(this.quote)) return cells;
    return cells.map((cell) => unquoted(cell, this.quote));
  }

  /** Reads a record with quotes in it; gives where the next one begins. */
  private quoted(text: string, start: number, quote: string, records: Split[], isEnd: boolean): number {
    const { delimiter } = this;
    const limit = start + EXTRACTION_LIMITS.quotedChars;
    const cells: string[] = [];
    let breaks = 0;
    let at = start;
    for (;;) {
      // Blanks may stand before a quote: `1, "a, b"`.
      let open = at;
      while (isBlank(text, open) && !text.startsWith(delimiter, open)) open++;
      if (text.startsWith(quote, open)) {
        const close = this.closing(text, open + 1, quote, limit, isEnd);
        if (close < 0) return close;
        const raw = text.slice(open + 1, close);
        const cell = raw.includes(quote) ? raw.replaceAll(quote + quote, quote) : raw;
        for (let brk = cell.indexOf("\n"); brk >= 0; brk = cell.indexOf("\n", brk + 1)) breaks++;
        cells.push(cell);
        at = close + 1;
        while (isBlank(text, at) && !text.startsWith(delimiter, at)) at++;
      } else {
        const brk = text.indexOf("\n", at);
        const next = text.indexOf(delimiter, at);
        const end = brk < 0 ? text.length : brk;
        if (next < 0 || next > end) {
          if (brk < 0 && !isEnd) return text.length > limit ? PLAIN : INCOMPLETE;
          cells.push(text.slice(at, end));
          at = end;
        } else {
          cells.push(text.slice(at, next));
          at = next;
        }
      }
      if (at > limit) return PLAIN;
      if (text.startsWith(delimiter, at)) {
        at += delimiter.length;
        continue;
      }
      records.push({ row: this.line, cells });
      this.line += 1 + breaks;
      return at + 1;
    }
  }

  /** Where the quote stands that ends a cell. */
  private closing(text: string, from: number, quote: string, limit: number, isEnd: boolean): number {
    for (let at = from; ; at++) {
      at = text.indexOf(quote, at);
      if (at < 0 || at > limit) return text.length > limit || isEnd ? STRAY : INCOMPLETE;
      if (text.startsWith(quote, at + 1)) {
        at++;
        continue;
      }
      let next = at + 1;
      while (isBlank(text, next) && !text.startsWith(this.delimiter, next)) next++;
      if (next >= text.length) {
        if (isEnd) return at;
        return text.length > limit ? PLAIN : INCOMPLETE;
      }
      if (text.startsWith(this.delimiter, next) || text.startsWith("\n", next)) return at;
      // One that should have ended on its line runs into the first quote of a later one.
      const brk = text.indexOf("\n", from);
      if (brk >= 0 && brk < at) return PLAIN;
    }
  }
}

const INCOMPLETE = -1;
/** A quote that is not closed. */
const STRAY = -2;
/** Another line whose quotes are none: it goes on for too long, or a cell spans lines and has a quote of the next in it. */
const PLAIN = -3;

const isBlank = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at);
  return code === 0x20 || code === 0x09;
};

const unquoted = (cell: string, quote: string): string =>
  cell.length >= 2 && cell.startsWith(quote) && cell.indexOf(quote, 1) === cell.length - 1
    ? cell.slice(1, -1)
    : cell;
