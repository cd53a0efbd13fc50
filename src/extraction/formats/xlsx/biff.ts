import { fail } from "../../../core/errors";
import { ContinuedReader, charsOf, codePageDecoder } from "./biff-text";
import { Held, SheetCells, Texts } from "./cells";
import { WORKBOOK_LIMITS } from "./limits";
import { builtInFormat, KIND, type NumberFormat, readFormat } from "./number-format";
import type { Area } from "./reference";
import { rkNumber } from "./rk-number";
import type { DateSystem } from "./serial";
import type { Sheet, Workbook } from "./sheet";

const PLAIN: NumberFormat = { kind: KIND.number, fraction: false };
const CONTINUE = 0x3c;
const END = 0x0a;
const DATE_SYSTEM = 0x22;

/** The first record of a workbook of Excel 2 to 4, which is a file of records without a compound file around it. */
export const hasOldMagic = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x09 &&
  (bytes[1] === 0 || bytes[1] === 2 || bytes[1] === 4) &&
  (bytes[2] === 4 || bytes[2] === 6) &&
  bytes[3] === 0;

const damaged = () => fail("malformed_data", "The workbook is damaged: its records are cut.");

interface Listed {
  name: string;
  at: number;
  hidden: boolean;
}

/** A stream of BIFF 2, 3, 4, 5 or 8 ([MS-XLS]; Rentz, "OpenOffice.org's documentation of the Excel file format"). */
export function readBiff(stream: Uint8Array): Workbook {
  return new BiffReader(stream).read();
}

class BiffReader {
  readonly #stream: Uint8Array;
  readonly #view: DataView;
  readonly #held = new Held();
  readonly #texts = new Texts(this.#held);
  readonly #codes = new Map<number, NumberFormat>();
  readonly #formats: NumberFormat[] = [];
  #version = 8;
  #system: DateSystem = 1900;
  #decoder = codePageDecoder(1_252);
  /** Bytes of records that were passed by, to see parts that are nested to be read again and again. */
  #passed = 0;

  constructor(stream: Uint8Array) {
    this.#stream = stream;
    this.#view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  }

  read(): Workbook {
    this.#version = this.#versionAt(0);
    if (this.#version < 5) {
      this.#findDateSystem();
      return { sheets: [this.#sheet({ name: "Sheet1", at: 0, hidden: false })], charts: [] };
    }
    const listed = this.#globals();
    return { sheets: listed.map((one) => this.#sheet(one)), charts: [] };
  }

  /** Before Excel 5 the sheet itself says from when its dates count, anywhere in it. */
  #findDateSystem(): void {
    for (const { type, body } of this.#records(0)) {
      if (type !== DATE_SYSTEM) continue;
      this.#style(type, body);
      return;
    }
  }

  #versionAt(at: number): number {
    if (at + 8 > this.#stream.length) throw damaged();
    const type = this.#view.getUint16(at, true);
    if (type === 0x0809) return this.#view.getUint16(at + 4, true) >= 0x0600 ? 8 : 5;
    if (type === 0x0409) return 4;
    if (type === 0x0209) return 3;
    if (type === 0x0009) return 2;
    throw damaged();
  }

  /** Records of the part that begins at `from`, up to its end. Parts within it, as charts, are passed over. */
  *#records(from: number): Generator<{ type: number; at: number; body: DataView }> {
    let depth = 0;
    for (let at = from; at + 4 <= this.#stream.length; ) {
      const type = this.#view.getUint16(at, true);
      const bytes = this.#view.getUint16(at + 2, true);
      this.#passed += 4 + bytes;
      if (at + 4 + bytes > this.#stream.length || this.#passed > 3 * this.#stream.length) throw damaged();
      if (type === 0x0809 || type === 0x0409 || type === 0x0209 || type === 0x0009) depth++;
      else if (type === END && --depth === 0) return;
      if (depth === 1)
        yield { type, at, body: new DataView(this.#stream.buffer, this.#stream.byteOffset + at + 4, bytes) };
      at += 4 + bytes;
    }
    throw damaged();
  }

  #globals(): Listed[] {
    const listed: Listed[] = [];
    let strings: Uint8Array[] | null = null;
    let last = 0;
    for (const { type, body } of this.#records(0)) {
      if (type === 0xfc) strings = [bytesOf(body)];
      else if (type === CONTINUE && last === 0xfc) strings?.push(bytesOf(body));
      else if (type === 0x85) {
        need(body, 8);
        // Of the kinds only worksheets have cells; others are charts and macros.
        const from = body.getUint32(0, true);
        if (
          body.getUint8(5) === 0 &&
          !listed.some(({ at }) => at === from) &&
          listed.length < WORKBOOK_LIMITS.sheets
        )
          listed.push({
            at: from,
            hidden: (body.getUint8(4) & 3) !== 0,
            name: this.#shortText(body, 6),
          });
      } else this.#style(type, body);
      if (type !== CONTINUE) last = type;
    }
    if (strings) this.#sharedStrings(strings);
    return listed;
  }

  #style(type: number, body: DataView): void {
    switch (type) {
      case 0x2f:
        throw fail(
          "unrecognised_format",
          "The workbook is encrypted. Save it without a password and send it again.",
        );
      case 0x42:
        need(body, 2);
        this.#decoder = codePageDecoder(body.getUint16(0, true));
        return;
      case DATE_SYSTEM:
        need(body, 2);
        if (body.getUint16(0, true) === 1) this.#system = 1904;
        return;
      case 0x1e:
        need(body, 1);
        this.#codes.set(this.#codes.size, readFormat(this.#bytesText(body, 1, body.getUint8(0))));
        return;
      case 0x041e:
        need(body, 3);
        if (this.#version < 5)
          this.#codes.set(this.#codes.size, readFormat(this.#bytesText(body, 3, body.getUint8(2))));
        else if (this.#version === 5)
          this.#codes.set(body.getUint16(0, true), readFormat(this.#bytesText(body, 3, body.getUint8(2))));
        else this.#codes.set(body.getUint16(0, true), readFormat(this.#longText(body, 2)));
        return;
      case 0xe0:
        need(body, 4);
        this.#addStyle(body.getUint16(2, true));
        return;
      case 0x0243:
      case 0x0443:
        need(body, 2);
        this.#addStyle(body.getUint8(1));
        return;
    }
  }

  #addStyle(format: number): void {
    this.#formats.push(this.#codes.get(format) ?? (this.#version < 5 ? PLAIN : builtInFormat(format)));
  }

  #sharedStrings(segments: Uint8Array[]): void {
    const reader = new ContinuedReader(segments);
    reader.skip(4);
    // Every text takes bytes of the file, so that a count that lies ends with them.
    for (let left = reader.u32(); left > 0; left--) this.#texts.add(reader.text());
  }

  #sheet({ name, at, hidden }: Listed): Sheet {
    if (at > 0 && this.#versionAt(at) !== this.#version) throw damaged();
    const cells = new SheetCells(this.#texts, this.#held, this.#system);
    const merges: Area[] = [];
    let formulas = 0;
    /** A formula whose text comes in a record of its own. */
    let awaiting: { row: number; column: number } | null = null;
    for (const { type, body } of this.#records(at)) {
      switch (type) {
        case 0x0006:
        case 0x0206:
        case 0x0406:
          formulas++;
          awaiting = this.#formula(cells, body);
          break;
        case 0x0007:
        case 0x0207:
          if (awaiting) this.#addText(cells, awaiting.row, awaiting.column, this.#stringRecord(type, body));
          awaiting = null;
          break;
        case 0xe5:
          readMerges(body, merges);
          break;
        default:
          if (this.#version < 5) this.#style(type, body);
          this.#cell(cells, type, body);
      }
    }
    cells.finish();
    return { name, hidden, cells, merges, formulas };
  }

  #cell(cells: SheetCells, type: number, body: DataView): void {
    const old = type < 6 ? 7 : 6;
    switch (type) {
      case 0x0002:
        need(body, old + 2);
        this.#addNumber(cells, body, old, body.getUint16(old, true));
        return;
      case 0x0003:
      case 0x0203:
        need(body, old + 8);
        this.#addNumber(cells, body, old, body.getFloat64(old, true));
        return;
      case 0x7e:
      case 0x027e:
        need(body, 10);
        this.#addNumber(cells, body, 6, rkNumber(body.getInt32(6, true)));
        return;
      case 0xbd:
        need(body, 12);
        for (let at = 4, column = body.getUint16(2, true); at + 8 <= body.byteLength; at += 6, column++) {
          const format = this.#formats[body.getUint16(at, true)] ?? PLAIN;
          addNumber(cells, body.getUint16(0, true), column, format, rkNumber(body.getInt32(at + 2, true)));
        }
        return;
      case 0xfd: {
        need(body, 10);
        const id = body.getUint32(6, true);
        const text = this.#texts.get(id);
        if (text === undefined) throw damaged();
        if (text.trim() !== "") add(cells, body, KIND.text, id);
        return;
      }
      case 0x0004:
        need(body, 8);
        this.#addText(cells, row(body), column(body), this.#bytesText(body, 8, body.getUint8(7)));
        return;
      case 0x0204:
      case 0xd6:
        need(body, 8);
        this.#addText(cells, row(body), column(body), this.#longText(body, 6));
        return;
      case 0x0005:
      case 0x0205:
        need(body, old + 2);
        add(
          cells,
          body,
          body.getUint8(old + 1) === 0 ? KIND.boolean : KIND.error,
          body.getUint8(old) === 0 ? 0 : 1,
        );
        return;
    }
  }

  /** Tells the place of the cell where its text is still to come. */
  #formula(cells: SheetCells, body: DataView): { row: number; column: number } | null {
    const at = this.#version === 2 ? 7 : 6;
    need(body, at + 8);
    if (body.getUint16(at + 6, true) !== 0xffff) {
      this.#addNumber(cells, body, at, body.getFloat64(at, true));
      return null;
    }
    const kind = body.getUint8(at);
    if (kind === 1) add(cells, body, KIND.boolean, body.getUint8(at + 2) === 0 ? 0 : 1);
    else if (kind === 2) add(cells, body, KIND.error, 0);
    return kind === 0 ? { row: row(body), column: column(body) } : null;
  }

  #addNumber(cells: SheetCells, body: DataView, valueAt: number, value: number): void {
    // In BIFF 2 the cell names its number format itself, in the second of three bytes.
    const format =
      valueAt === 7 ? this.#codes.get(body.getUint8(5) & 0x3f) : this.#formats[body.getUint16(4, true)];
    addNumber(cells, row(body), column(body), format ?? PLAIN, value);
  }

  #addText(cells: SheetCells, at: number, of: number, text: string): void {
    if (text.trim() !== "") cells.add(at, of, KIND.text, this.#texts.share(text));
  }

  #stringRecord(type: number, body: DataView): string {
    if (type === 0x0207) return this.#longText(body, 0);
    need(body, 1);
    return this.#bytesText(body, 1, body.getUint8(0));
  }

  /** A text behind a length of two bytes. */
  #longText(body: DataView, at: number): string {
    need(body, at + 2);
    const length = body.getUint16(at, true);
    if (this.#version < 8) return this.#bytesText(body, at + 2, length);
    if (length === 0) return "";
    need(body, at + 3);
    return unicode(body, at + 3, length, body.getUint8(at + 2));
  }

  /** A text behind a length of one byte. */
  #shortText(body: DataView, at: number): string {
    const length = body.getUint8(at);
    if (this.#version < 8) return this.#bytesText(body, at + 1, length);
    return unicode(body, at + 2, length, body.getUint8(at + 1));
  }

  #bytesText(body: DataView, at: number, length: number): string {
    return this.#decoder.decode(bytesOf(body).subarray(at, at + length));
  }
}

const row = (body: DataView): number => body.getUint16(0, true);
const column = (body: DataView): number => body.getUint16(2, true);

const add = (
  cells: SheetCells,
  body: DataView,
  kind: typeof KIND.text | typeof KIND.boolean | typeof KIND.error,
  value: number,
): void => cells.add(row(body), column(body), kind, value);

function addNumber(
  cells: SheetCells,
  at: number,
  of: number,
  { kind, fraction }: NumberFormat,
  value: number,
): void {
  if (Number.isFinite(value)) cells.add(at, of, kind, value, fraction);
}

const bytesOf = (body: DataView): Uint8Array => new Uint8Array(body.buffer, body.byteOffset, body.byteLength);

const unicode = (body: DataView, at: number, length: number, flags: number): string => {
  const isWide = (flags & 1) === 1;
  return charsOf(bytesOf(body).subarray(at, at + length * (isWide ? 2 : 1)), isWide);
};

function need(body: DataView, bytes: number): void {
  if (body.byteLength < bytes) throw damaged();
}

function readMerges(body: DataView, merges: Area[]): void {
  for (let at = 2; at + 8 <= body.byteLength && merges.length < WORKBOOK_LIMITS.merges; at += 8)
    merges.push({
      top: body.getUint16(at, true),
      bottom: body.getUint16(at + 2, true),
      left: body.getUint16(at + 4, true),
      right: body.getUint16(at + 6, true),
    });
}
