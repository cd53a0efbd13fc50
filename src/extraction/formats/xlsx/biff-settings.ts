import { fail } from "../../../core/errors";
import { type BiffRecord, bytesOf, need } from "./biff-records";
import { charsOf, codePageDecoder } from "./biff-text";
import { builtInFormat, KIND, type NumberFormat, readFormat } from "./number-format";
import type { DateSystem } from "./serial";

const PLAIN: NumberFormat = { kind: KIND.number, fraction: false };
const PASSWORD = 0x2f;
const CODE_PAGE = 0x42;
const DATE_SYSTEM = 0x22;

/** What the records of a workbook settle before its cells: code page, date system, formats of numbers. */
export class BiffSettings {
  system: DateSystem = 1900;
  readonly version: number;
  readonly #codes = new Map<number, NumberFormat>();
  readonly #formats: NumberFormat[] = [];
  #decoder = codePageDecoder(1_252);

  constructor(version: number) {
    this.version = version;
  }

  /** Throws `unrecognised_format` for a workbook with a password. Records that settle nothing are passed by. */
  take({ type, body }: BiffRecord): void {
    switch (type) {
      case PASSWORD:
        throw fail(
          "unrecognised_format",
          "The workbook is encrypted. Save it without a password and send it again.",
        );
      case CODE_PAGE:
        need(body, 2);
        this.#decoder = codePageDecoder(body.getUint16(0, true));
        return;
      case DATE_SYSTEM:
        need(body, 2);
        if (body.getUint16(0, true) === 1) this.system = 1904;
        return;
      case 0x1e:
        need(body, 1);
        this.#codes.set(this.#codes.size, readFormat(this.bytesText(body, 1, body.getUint8(0))));
        return;
      case 0x041e:
        this.#takeCode(body);
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

  /** The date system alone, which sheets before Excel 5 tell anywhere among their cells. */
  takeDateSystem(record: BiffRecord): void {
    if (record.type === DATE_SYSTEM) this.take(record);
  }

  /** The format of the cells of a style. */
  format(style: number): NumberFormat {
    return this.#formats[style] ?? PLAIN;
  }

  /** The format that a cell of BIFF 2 names itself. */
  ownFormat(code: number): NumberFormat {
    return this.#codes.get(code) ?? PLAIN;
  }

  /** A text behind a length of two bytes. */
  longText(body: DataView, at: number): string {
    need(body, at + 2);
    const length = body.getUint16(at, true);
    if (this.version < 8) return this.bytesText(body, at + 2, length);
    if (length === 0) return "";
    need(body, at + 3);
    return unicode(body, at + 3, length, body.getUint8(at + 2));
  }

  /** A text behind a length of one byte. */
  shortText(body: DataView, at: number): string {
    const length = body.getUint8(at);
    if (this.version < 8) return this.bytesText(body, at + 1, length);
    return unicode(body, at + 2, length, body.getUint8(at + 1));
  }

  /** A text of the code page. */
  bytesText(body: DataView, at: number, length: number): string {
    return this.#decoder.decode(bytesOf(body).subarray(at, at + length));
  }

  #takeCode(body: DataView): void {
    need(body, 3);
    const number = this.version < 5 ? this.#codes.size : body.getUint16(0, true);
    const code = this.version < 8 ? this.bytesText(body, 3, body.getUint8(2)) : this.longText(body, 2);
    this.#codes.set(number, readFormat(code));
  }

  #addStyle(format: number): void {
    this.#formats.push(this.#codes.get(format) ?? (this.version < 5 ? PLAIN : builtInFormat(format)));
  }
}

const unicode = (body: DataView, at: number, length: number, flags: number): string => {
  const isWide = (flags & 1) === 1;
  return charsOf(bytesOf(body).subarray(at, at + length * (isWide ? 2 : 1)), isWide);
};
