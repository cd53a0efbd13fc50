import { ABSENT, ATTRIBUTE, type CellText, CellTexts, FIELD, TAG, UNCLEAR } from "../delimited/cell-texts";
import type { RowCells } from "../delimited/row-taker";
import { TimeCells } from "../delimited/time-cells";
import { NumberReader } from "../number";
import { decodeExactly } from "../text";
import { type LineForm, LineFormTable } from "./line-forms";
import { type LineForms, TIME, UNUSED } from "./spec";

const [LF, CR, SPACE, QUOTE, COMMA, MINUS, DOT, UPPER_E, BACKSLASH, LOWER_E, CLOSE] = [
  10, 13, 32, 34, 44, 45, 46, 69, 92, 101, 125,
];
const NULL = [110, 117, 108, 108];
/** Powers of ten that are doubles without rounding. */
const POWERS = Float64Array.from({ length: 16 }, (_, exponent) => 10 ** exponent);
/** So many digits are an integer of 31 bits. */
const SHORT_DIGITS = 9;
const NO_BYTES = new Uint8Array(0);

/**
 * Reads lines of JSON from their bytes after the form of earlier ones: the same keys in the same order, spaces included.
 * It takes a line where it is certain of each of its values, and leaves all others. Lists are not for here.
 */
export class LineReader implements RowCells {
  readonly kinds: Uint8Array;
  readonly numbers: Float64Array;
  readonly meanings: (CellText | null)[];
  time = Number.NaN;
  isNewLayout = true;

  private readonly forms: LineFormTable;
  private readonly isNumber: boolean[];
  private readonly texts: CellTexts[];
  private readonly times: TimeCells | null;
  private readonly numberReader = new NumberReader();
  /** Of the last time that was written in no usual way. */
  private lastTime = { bytes: NO_BYTES, micros: Number.NaN };
  private seen: Uint8Array | null = null;
  private view: DataView = new DataView(NO_BYTES.buffer);

  constructor(private readonly spec: LineForms) {
    const { columns, time } = spec;
    this.forms = new LineFormTable(spec);
    this.isNumber = columns.map(({ kind }) => kind === "number");
    this.texts = columns.map(({ kind, read }) => {
      const meaning = (text: string) => {
        const cell = spec.cellOf(text);
        return cell === undefined ? ({ is: "unclear" } as const) : read(cell);
      };
      return new CellTexts(meaning, kind !== "attribute");
    });
    this.times = time && new TimeCells(time.form);
    this.kinds = new Uint8Array(columns.length);
    this.numbers = new Float64Array(columns.length);
    this.meanings = columns.map(() => null);
  }

  /** The place after the line at `start`, which ends in the bytes; -1 where it is not for here. */
  read(bytes: Uint8Array, start: number): number {
    const { forms } = this;
    const guess = forms.guess();
    if (!guess) return -1;
    const end = this.readAs(guess, bytes, start);
    if (end >= 0) {
      forms.follow(guess);
      return end;
    }
    for (const form of forms.all) {
      if (form === guess) continue;
      const other = this.readAs(form, bytes, start);
      if (other < 0) continue;
      forms.follow(form);
      return other;
    }
    return -1;
  }

  /** Lets {@link read} know the form of the line in bytes[start..end), which it left, and {@link LineForms.targetOf} its keys. */
  learn(bytes: Uint8Array, start: number, end: number): void {
    this.forms.learn(bytes, start, bytes[end - 1] === CR ? end - 1 : end);
  }

  private readAs({ literals, targets, absent }: LineForm, bytes: Uint8Array, start: number): number {
    const { kinds } = this;
    const view = this.viewOf(bytes);
    this.time = Number.NaN;
    let at = literals[0]!.endAt(bytes, view, start);
    for (let slot = 0; slot < targets.length && at >= 0; slot++) {
      const after = this.value(targets[slot]!, bytes, at);
      at = after < 0 ? -1 : literals[slot + 1]!.endAt(bytes, view, after);
    }
    if (at < 0 || (this.times && Number.isNaN(this.time))) return -1;
    if (bytes[at] === CR) at++;
    if (bytes[at] !== LF) return -1;
    for (let i = 0; i < absent.length; i++)
      if (kinds[absent[i]!] !== ABSENT) this.setKind(absent[i]!, ABSENT, null);
    return at + 1;
  }

  private viewOf(bytes: Uint8Array): DataView {
    if (this.seen !== bytes) {
      this.seen = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    return this.view;
  }

  /** The end of the value at `start`, or -1. */
  private value(target: number, bytes: Uint8Array, start: number): number {
    const byte = bytes[start]!;
    if (target === TIME) return this.timeAt(bytes, start);
    if ((byte ^ 48) < 10 || byte === MINUS) {
      const end = this.number(target, bytes, start);
      if (end >= 0) return end;
    } else if (byte === NULL[0]) {
      for (let i = 1; i < NULL.length; i++) if (bytes[start + i] !== NULL[i]) return -1;
      if (target >= 0 && this.kinds[target] !== ABSENT) this.setKind(target, ABSENT, null);
      return start + NULL.length;
    }
    return this.text(target, bytes, start);
  }

  /** The end of the number at `start` where it is a field as it stands, or nothing; else -1. */
  private number(target: number, bytes: Uint8Array, start: number): number {
    if (target >= 0 && !this.isNumber[target]) return -1;
    const isNegative = bytes[start] === MINUS;
    const whole = isNegative ? start + 1 : start;
    let at = whole;
    let digits = 0;
    for (let digit = bytes[at]! ^ 48; digit < 10; digit = bytes[++at]! ^ 48)
      digits = (Math.imul(digits, 10) + digit) | 0;
    let count = at - whole;
    if (count === 0 || (count > 1 && bytes[whole] === 48)) return -1;
    let number = digits;
    if (bytes[at] === DOT) {
      const dot = ++at;
      for (let digit = bytes[at]! ^ 48; digit < 10; digit = bytes[++at]! ^ 48)
        digits = (Math.imul(digits, 10) + digit) | 0;
      const decimals = at - dot;
      if (decimals === 0) return -1;
      count += decimals;
      number = digits / POWERS[decimals & 15]!;
    }
    if (isNegative) number = -number;
    if (count > SHORT_DIGITS || bytes[at] === LOWER_E || bytes[at] === UPPER_E) {
      number = this.numberReader.read(bytes, start);
      at = this.numberReader.end;
      if (!Number.isFinite(number)) return -1;
    }
    if (target < 0) return at;
    this.numbers[target] = number;
    if (this.kinds[target] !== FIELD) this.setKind(target, FIELD, null);
    return at;
  }

  /** The end of any other scalar. */
  private text(target: number, bytes: Uint8Array, start: number): number {
    const end = scalarEnd(bytes, start);
    if (end < 0) return -1;
    if (target === UNUSED) return isPlain(bytes, start, end) || this.cellAt(bytes, start, end) ? end : -1;
    let hash = 0;
    for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + bytes[at]!) | 0;
    const text = this.texts[target]!.read(bytes, start, end, hash);
    const { kind } = text;
    if (kind === FIELD) this.numbers[target] = text.number;
    if (this.kinds[target] !== kind) this.setKind(target, kind, text);
    else if (kind === TAG || kind === ATTRIBUTE) this.meanings[target] = text;
    return kind === UNCLEAR ? -1 : end;
  }

  private setKind(column: number, kind: number, text: CellText | null): void {
    this.kinds[column] = kind;
    this.meanings[column] = kind === TAG || kind === ATTRIBUTE ? text : null;
    this.isNewLayout = true;
  }

  private timeAt(bytes: Uint8Array, start: number): number {
    const { times } = this;
    const isText = bytes[start] === QUOTE;
    // A date without quotes is no JSON.
    if (isText || this.spec.time!.form.kind === "epoch") {
      const time = times!.read(bytes, isText ? start + 1 : start);
      if (!Number.isNaN(time) && (!isText || bytes[times!.end] === QUOTE)) {
        this.time = time;
        return isText ? times!.end + 1 : times!.end;
      }
    }
    const end = scalarEnd(bytes, start);
    if (end < 0) return -1;
    const { lastTime } = this;
    if (!isSame(bytes, start, end, lastTime.bytes)) {
      const cell = this.cellAt(bytes, start, end);
      const micros = cell && this.spec.time!.read(cell.value);
      if (micros === null || micros === undefined) return -1;
      this.lastTime = { bytes: bytes.slice(start, end), micros };
    }
    this.time = this.lastTime.micros;
    return end;
  }

  /** Null: what stands there is no JSON. */
  private cellAt(bytes: Uint8Array, start: number, end: number) {
    const value = this.spec.cellOf(decodeExactly(bytes.subarray(start, end)));
    return value === undefined ? null : { value };
  }
}

/** The end of the string, number or word at `start`; -1 where it is none of a line. */
function scalarEnd(bytes: Uint8Array, start: number): number {
  let at = start;
  if (bytes[at] !== QUOTE) {
    for (let byte = bytes[at]!; byte > SPACE && byte !== COMMA && byte !== CLOSE; ) byte = bytes[++at]!;
    return at > start ? at : -1;
  }
  for (let byte = bytes[++at]!; byte !== QUOTE; byte = bytes[++at]!) {
    if (byte === BACKSLASH) byte = bytes[++at]!;
    if (!(byte >= SPACE)) return -1;
  }
  return at + 1;
}

/** Whether it is a string without escapes. */
function isPlain(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[start] !== QUOTE) return false;
  for (let at = start; at < end; at++) if (bytes[at] === BACKSLASH) return false;
  return true;
}

function isSame(bytes: Uint8Array, start: number, end: number, other: Uint8Array): boolean {
  if (end - start !== other.length) return false;
  for (let i = 0; i < other.length; i++) if (bytes[start + i] !== other[i]) return false;
  return true;
}
