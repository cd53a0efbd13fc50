import { fail } from "../../../core/errors";

const END = 0x0a;
/** The first record of a part, by version: 2, 3, 4, and 5 or 8. */
const BEGINNINGS: ReadonlyMap<number, number> = new Map([
  [0x0009, 2],
  [0x0209, 3],
  [0x0409, 4],
  [0x0809, 5],
]);

/** The first record of a workbook of Excel 2 to 4, which is a file of records without a compound file around it. */
export const hasOldMagic = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x09 &&
  (bytes[1] === 0 || bytes[1] === 2 || bytes[1] === 4) &&
  (bytes[2] === 4 || bytes[2] === 6) &&
  bytes[3] === 0;

export const damagedRecords = () => fail("malformed_data", "The workbook is damaged: its records are cut.");

export interface BiffRecord {
  type: number;
  body: DataView;
}

/** Throws `malformed_data` where a record has fewer bytes. */
export function need(body: DataView, bytes: number): void {
  if (body.byteLength < bytes) throw damagedRecords();
}

export const bytesOf = (body: DataView): Uint8Array =>
  new Uint8Array(body.buffer, body.byteOffset, body.byteLength);

/** A stream of records: two bytes of type, two of size, the body ([MS-XLS] 2.1.4). */
export class BiffStream {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  /** Bytes of records that were passed by, to see parts that are nested to be read again and again. */
  #passed = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The version of the part that begins at `at`: 2, 3, 4, 5 or 8. */
  versionAt(at: number): number {
    if (at + 8 > this.#bytes.length) throw damagedRecords();
    const version = BEGINNINGS.get(this.#view.getUint16(at, true));
    if (version === undefined) throw damagedRecords();
    return version === 5 && this.#view.getUint16(at + 4, true) >= 0x0600 ? 8 : version;
  }

  /** Records of the part that begins at `from`, up to its end. Parts within it, as charts, are passed over. */
  *records(from: number): Generator<BiffRecord, void, undefined> {
    let depth = 0;
    for (let at = from; at + 4 <= this.#bytes.length; ) {
      const type = this.#view.getUint16(at, true);
      const bytes = this.#view.getUint16(at + 2, true);
      this.#passed += 4 + bytes;
      if (at + 4 + bytes > this.#bytes.length || this.#passed > 3 * this.#bytes.length)
        throw damagedRecords();
      if (BEGINNINGS.has(type)) depth++;
      else if (type === END && --depth === 0) return;
      if (depth === 1)
        yield { type, body: new DataView(this.#bytes.buffer, this.#bytes.byteOffset + at + 4, bytes) };
      at += 4 + bytes;
    }
    throw damagedRecords();
  }
}
