import { NumberReader } from "../number";
import { decodeExactly } from "../text";
import { ABSENT, ATTRIBUTE, type CellText, CellTexts, FIELD, TAG, UNCLEAR } from "./cell-texts";
import type { RowCells } from "./row-taker";
import type { DelimitedSpec } from "./spec";
import { TimeCells } from "./time-cells";

const [TAB, LF, CR, SPACE, COMMA, MINUS, DOT] = [9, 10, 13, 32, 44, 45, 46];
/** Powers of ten that are doubles without rounding. */
const POWERS = Float64Array.from({ length: 16 }, (_, exponent) => 10 ** exponent);
/** So many digits are an integer of 31 bits. */
const SHORT_DIGITS = 9;
/** Longer numbers, before the decimals and with them, are for those who say where they end. */
const MOST_WHOLE = 17;
const NUMBER_CHARS = 32;
/** What a column is to the loop. */
const [NUMBER, TEXT, TIME, SKIP, BLANK] = [0, 1, 2, 3, 4];
const CODES = { number: NUMBER, text: TEXT, attribute: TEXT, time: TIME, skip: SKIP, blank: BLANK };
const NO_BYTES = new Uint8Array(0);

/**
 * Reads rows from their bytes, without a text for a cell that was met before. It takes a row where it is certain of each
 * of its cells, and leaves all others as they are.
 */
export class RowReader implements RowCells {
  readonly kinds: Uint8Array;
  readonly numbers: Float64Array;
  readonly meanings: (CellText | null)[];
  time = Number.NaN;
  isNewLayout = true;
  /** Cells in quotes are not for here. */
  leavesQuoted = false;

  private readonly codes: Uint8Array;
  private readonly points: Uint8Array;
  private readonly texts: (CellTexts | null)[];
  private readonly delimiter: number;
  private readonly quote: number;
  private readonly blank: number;
  private readonly numberReader = new NumberReader();
  private readonly times: TimeCells | null;
  private readonly timeStarts: Int32Array;
  private readonly timeEnds: Int32Array;
  /** Of the last time that its own way of reading did not take. */
  private lastTime = { bytes: NO_BYTES, micros: Number.NaN };
  private readonly unclearStarts: readonly number[];

  constructor(private readonly spec: DelimitedSpec) {
    const { columns, time } = spec;
    this.delimiter = spec.delimiter;
    // 256 is no byte.
    this.quote = spec.quote ?? 256;
    this.blank = spec.delimiter === SPACE || spec.quote === SPACE ? 256 : SPACE;
    this.unclearStarts = spec.unclearStarts ?? [];
    this.codes = Uint8Array.from(columns, ({ kind }) => CODES[kind]);
    this.points = Uint8Array.from(columns, (column) =>
      column.kind === "number" && column.decimal === "," ? COMMA : DOT,
    );
    this.texts = columns.map((column) =>
      "read" in column ? new CellTexts(column.read, column.kind !== "attribute") : null,
    );
    this.kinds = new Uint8Array(columns.length);
    this.numbers = new Float64Array(columns.length);
    this.meanings = columns.map(() => null);
    this.times = time && new TimeCells(time.form);
    this.timeStarts = new Int32Array(columns.length);
    this.timeEnds = new Int32Array(columns.length);
  }

  /**
   * The place after the row at `at`, behind which a line ends for certain; -1 where the row is not for here.
   */
  read(bytes: Uint8Array, start: number): number {
    const { codes, kinds, numbers, delimiter, quote, blank } = this;
    const columns = codes.length;
    let at = start;
    if (this.unclearStarts.length > 0 && this.startsUnclear(bytes, at)) return -1;
    this.time = Number.NaN;
    this.timeEnds.fill(-1);
    for (let column = 0; column < columns; column++) {
      const code = codes[column]!;
      let byte = bytes[at]!;
      const isQuoted = byte === quote;
      if (isQuoted) {
        if (this.leavesQuoted) return -1;
        byte = bytes[++at]!;
      }
      const first = at;
      let end = -1;
      if (code === NUMBER) {
        while (byte === blank) byte = bytes[++at]!;
        const value = at;
        const isNegative = byte === MINUS;
        if (isNegative) at++;
        const whole = at;
        let digits = 0;
        for (let digit = bytes[at]! ^ 48; digit < 10; digit = bytes[++at]! ^ 48)
          digits = (Math.imul(digits, 10) + digit) | 0;
        const wholeDigits = at - whole;
        let count = wholeDigits;
        if (count > 0 && !(count > 1 && bytes[whole] === 48)) {
          let number = digits;
          let isDecimal = true;
          if (bytes[at] === this.points[column]! && (bytes[at]! !== delimiter || isQuoted)) {
            const dot = ++at;
            for (let digit = bytes[at]! ^ 48; digit < 10; digit = bytes[++at]! ^ 48)
              digits = (Math.imul(digits, 10) + digit) | 0;
            const decimals = at - dot;
            isDecimal = decimals > 0;
            count += decimals;
            number = digits / POWERS[decimals & 15]!;
          }
          if (isNegative) number = -number;
          if (count > SHORT_DIGITS)
            number = wholeDigits > MOST_WHOLE ? Number.NaN : this.longNumber(bytes, value, at, column);
          byte = bytes[at]!;
          while (byte === blank) byte = bytes[++at]!;
          const closes = isQuoted ? byte === quote : byte === delimiter || byte === LF || byte === CR;
          if (closes && isDecimal && !Number.isNaN(number)) {
            numbers[column] = number;
            if (kinds[column] !== FIELD) this.setKind(column, FIELD, null);
            end = at;
          }
        }
      } else if (code === TIME && this.spec.time!.columns.length === 1) {
        const time = this.times!.read(bytes, at);
        const after = this.times!.end;
        byte = bytes[after]!;
        if (
          !Number.isNaN(time) &&
          (isQuoted ? byte === quote : byte === delimiter || byte === LF || byte === CR)
        ) {
          this.time = time;
          this.timeEnds[column] = after;
          end = at = after;
        }
      }
      if (end < 0) {
        at = first;
        let hash = 0;
        if (isQuoted) {
          for (byte = bytes[at]!; byte !== quote; byte = bytes[++at]!) {
            if (byte === LF || byte === CR) return -1;
            hash = (Math.imul(hash, 31) + byte) | 0;
          }
        } else {
          for (byte = bytes[at]!; byte !== delimiter && byte !== LF && byte !== CR; byte = bytes[++at]!)
            hash = (Math.imul(hash, 31) + byte) | 0;
        }
        end = at;
        if (!isQuoted && bytes[first]! <= SPACE && this.opensLate(bytes, first, end)) return -1;
        if (!this.cell(column, code, bytes, first, end, hash)) return -1;
      }
      if (isQuoted) at++;
      byte = bytes[at]!;
      if (byte === delimiter && column < columns - 1) {
        at++;
        continue;
      }
      if (byte !== LF && byte !== CR) return -1;
      for (let rest = column + 1; rest < columns; rest++)
        if (kinds[rest] !== ABSENT) this.setKind(rest, ABSENT, null);
      if (!this.hasTime(bytes)) return -1;
      return byte === CR && bytes[at + 1] === LF ? at + 2 : at + 1;
    }
    return -1;
  }

  /** Whether the first cell begins with a mark, blanks aside. */
  private startsUnclear(bytes: Uint8Array, start: number): boolean {
    let at = start;
    while (bytes[at] === SPACE || bytes[at] === TAB) at++;
    if (bytes[at] === this.quote) at++;
    while (bytes[at] === SPACE || bytes[at] === TAB) at++;
    const byte = bytes[at]!;
    // There are blanks of other scripts, and controls.
    return byte < SPACE || byte > 127 || this.unclearStarts.includes(byte);
  }

  /** Whether a quote stands behind the blanks and controls that a cell begins with: it may open it. */
  private opensLate(bytes: Uint8Array, start: number, end: number): boolean {
    let at = start;
    while (at < end && bytes[at]! <= SPACE) at++;
    return at < end && bytes[at] === this.quote;
  }

  /** Takes the cell bytes[start..end), which {@link read} has not; false where the row is not for here. */
  private cell(
    column: number,
    code: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    hash: number,
  ): boolean {
    if (code === TIME) {
      this.timeStarts[column] = start;
      this.timeEnds[column] = end;
      return true;
    }
    if (start === end) {
      if (this.kinds[column] !== ABSENT) this.setKind(column, ABSENT, null);
      return true;
    }
    if (code === BLANK) return false;
    if (code === SKIP) {
      // Bytes that are no text are refused wherever they stand.
      for (let at = start; at < end; at++) {
        if (bytes[at]! < 128) continue;
        decodeExactly(bytes.subarray(start, end));
        return true;
      }
      return true;
    }
    const text = this.texts[column]!.read(bytes, start, end, hash);
    const { kind } = text;
    if (kind === FIELD) this.numbers[column] = text.number;
    if (this.kinds[column] !== kind) this.setKind(column, kind, text);
    else this.meanings[column] = text;
    return kind !== UNCLEAR;
  }

  private setKind(column: number, kind: number, text: CellText | null): void {
    this.kinds[column] = kind;
    this.meanings[column] = kind === TAG || kind === ATTRIBUTE ? text : null;
    this.isNewLayout = true;
  }

  /** A number of more digits, which stands at bytes[start..end); NaN where it is not for here. */
  private longNumber(bytes: Uint8Array, start: number, end: number, column: number): number {
    if (end - start > NUMBER_CHARS) return Number.NaN;
    const number = this.numberReader.read(bytes, start, this.points[column]!);
    return this.numberReader.end === end ? number : Number.NaN;
  }

  /** Finds the time of the row, all of whose cells were read; false where the row is not for here. */
  private hasTime(bytes: Uint8Array): boolean {
    const { time } = this.spec;
    if (!time || !Number.isNaN(this.time)) return true;
    const { timeStarts, timeEnds } = this;
    const [first, second] = time.columns;
    if (time.columns.length === 2 && timeEnds[first!]! >= 0 && timeEnds[second!]! >= 0) {
      this.time = this.times!.readParts(
        bytes,
        timeStarts[first!]!,
        timeEnds[first!]!,
        timeStarts[second!]!,
        timeEnds[second!]!,
      );
      if (!Number.isNaN(this.time)) return true;
    }
    if (time.columns.length === 1 && timeEnds[first!]! > timeStarts[first!]!) {
      const cell = bytes.subarray(timeStarts[first!]!, timeEnds[first!]!);
      if (isSame(cell, this.lastTime.bytes)) this.time = this.lastTime.micros;
      else {
        const micros = time.read([decodeExactly(cell)]);
        if (micros === undefined) return false;
        this.time = micros ?? Number.NaN;
        this.lastTime = { bytes: cell.slice(), micros: this.time };
      }
      return true;
    }
    const cells = time.columns.map((column) =>
      timeEnds[column]! < 0 ? "" : decodeExactly(bytes.subarray(timeStarts[column]!, timeEnds[column]!)),
    );
    const micros = time.read(cells);
    this.time = micros ?? Number.NaN;
    return micros !== undefined;
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
