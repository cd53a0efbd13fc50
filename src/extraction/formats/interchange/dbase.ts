import { fail } from "../../../core/errors";
import { isUtf8 } from "../../detect/text";
import { Held, SheetCells, Texts } from "../xlsx/cells";
import { WORKBOOK_LIMITS } from "../xlsx/limits";
import { KIND, type Kind } from "../xlsx/number-format";
import { serialOfIso } from "../xlsx/serial";
import { type DbaseField, type DbaseHeader, dbaseHeader } from "./dbase-header";
import { decodeDos } from "./dos-code-pages";
import type { Sheeted } from "./sheeted";

const DELETED = 0x2a;
/** The Julian day number of serial day 0, 30 December 1899. */
const JULIAN_DAY_ZERO = 2_415_019;
const DAY_MS = 86_400_000;
/** Milliseconds from the first day of year 1, where level 7 counts from, to serial day 0. */
const LEVEL_7_ZERO_MS = 62_135_683_200_000 - 25_569 * DAY_MS;
/** What a memo says stands in a file beside this one. */
const MEMOS = "MGPWQ";

/**
 * A file of dBASE, FoxPro or of a shapefile as a sheet with its names in the first row. Numbers that did not fit their
 * column are written as asterisks, and are no values. Throws `malformed_data` and `payload_too_large`.
 */
export function readDbase(bytes: Uint8Array): Sheeted {
  const header = dbaseHeader(bytes);
  if (!header) throw fail("malformed_data", "The header of the dBASE file is damaged.");
  const { fields, recordBytes, headerBytes } = header;
  const room = Math.floor((bytes.length - headerBytes) / recordBytes);
  const records = Math.min(header.records, room);
  if (records >= WORKBOOK_LIMITS.rows)
    throw fail("payload_too_large", `Files of at most ${WORKBOOK_LIMITS.rows} rows are read.`);
  const held = new Held();
  const texts = new Texts(held);
  const cells = new SheetCells(texts, held, 1900);
  const kept = fields.filter(({ type }) => !MEMOS.includes(type) && type !== "0");
  const decode = decoderOf(header, bytes);
  kept.forEach((field, column) => {
    cells.add(0, column, KIND.text, texts.share(decode(field.name).trim() || `col${column + 1}`));
  });
  const reader = new FieldReader(header, bytes, decode);
  let row = 0;
  let deleted = 0;
  for (let i = 0; i < records; i++) {
    let at = headerBytes + i * recordBytes;
    if (bytes[at++] === DELETED) {
      deleted++;
      continue;
    }
    row++;
    let column = 0;
    for (const field of fields) {
      if (field === kept[column]) {
        const value = reader.read(field, at);
        if (typeof value === "string") cells.add(row, column, KIND.text, texts.share(value));
        else if (value) cells.add(row, column, value.kind, value.value);
        column++;
      }
      at += field.bytes;
    }
  }
  cells.finish();
  const memos = fields.filter(({ type }) => MEMOS.includes(type));
  return {
    sheets: [{ name: "Table", hidden: false, cells, merges: [], formulas: 0 }],
    notes: [
      ...(deleted > 0 ? [`${deleted} row(s) that are marked as deleted were left out.`] : []),
      ...(records < header.records
        ? [`The file says that it has ${header.records} rows; ${records} are there.`]
        : []),
      ...(memos.length > 0
        ? [`${memos.length} column(s) of memos were left out: their texts stand in another file.`]
        : []),
    ],
  };
}

type Decode = (bytes: Uint8Array) => string;

function decoderOf({ encoding, headerBytes }: DbaseHeader, bytes: Uint8Array): Decode {
  if (typeof encoding === "number") return (part) => decodeDos(part, encoding);
  const decoder = new TextDecoder(
    encoding ?? (isUtf8(bytes.subarray(headerBytes)) ? "utf-8" : "windows-1252"),
  );
  return (part) => decoder.decode(part);
}

type Value = string | { kind: Kind; value: number } | null;

class FieldReader {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  readonly #header: DbaseHeader;
  readonly #decode: Decode;

  constructor(header: DbaseHeader, bytes: Uint8Array, decode: Decode) {
    this.#header = header;
    this.#bytes = bytes;
    this.#decode = decode;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  read({ type, bytes }: DbaseField, at: number): Value {
    switch (type) {
      case "N":
      case "F":
        return numberIn(this.#ascii(at, bytes));
      case "D":
        return dateIn(this.#ascii(at, bytes));
      case "L":
        return logical(this.#ascii(at, bytes));
      case "I":
      case "+":
        return bytes === 4 ? number(this.#integer(at)) : null;
      case "B":
        return this.#header.isVisualFoxPro && bytes === 8 ? number(this.#view.getFloat64(at, true)) : null;
      case "O":
        return bytes === 8 ? number(this.#ordered(at)) : null;
      case "Y":
        return bytes === 8 ? number(Number(this.#view.getBigInt64(at, true)) / 10_000) : null;
      case "T":
      case "@":
        return bytes === 8 ? this.#instant(at, type) : null;
      default: {
        const text = this.#decode(this.#bytes.subarray(at, at + bytes))
          .replaceAll("\0", "")
          .trimEnd();
        return text.trim() === "" ? null : text;
      }
    }
  }

  #ascii(at: number, bytes: number): string {
    let text = "";
    for (let i = at; i < at + bytes; i++)
      if (this.#bytes[i] !== 0) text += String.fromCharCode(this.#bytes[i]!);
    return text.trim();
  }

  #integer(at: number): number {
    // Level 7 flips the sign so that numbers order as their bytes do.
    return this.#header.isLevel7
      ? this.#view.getInt32(at, false) ^ -0x80000000
      : this.#view.getInt32(at, true);
  }

  /** A double of level 7: with its sign flipped, and all other bits too where it is negative. */
  #ordered(at: number): number {
    const flipped = new DataView(new ArrayBuffer(8));
    const isPositive = (this.#bytes[at]! & 0x80) !== 0;
    for (let i = 0; i < 8; i++)
      flipped.setUint8(i, this.#bytes[at + i]! ^ (isPositive ? (i === 0 ? 0x80 : 0) : 0xff));
    return flipped.getFloat64(0, false);
  }

  #instant(at: number, type: "T" | "@"): Value {
    if (type === "@") {
      const ms = this.#ordered(at);
      return ms > 0 ? instant((ms - LEVEL_7_ZERO_MS) / DAY_MS) : null;
    }
    const day = this.#view.getInt32(at, true);
    return day > 0 ? instant(day - JULIAN_DAY_ZERO + this.#view.getInt32(at + 4, true) / DAY_MS) : null;
  }
}

const number = (value: number): Value => (Number.isFinite(value) ? { kind: KIND.number, value } : null);
const instant = (serial: number): Value => ({ kind: KIND.dateTime, value: serial });

function numberIn(text: string): Value {
  if (text === "" || text === "." || /^\*+$/.test(text)) return null;
  const value = Number(text);
  return Number.isFinite(value) ? { kind: KIND.number, value } : text;
}

/** `20240301`; empty dates are blanks, and some programs leave their marks in: `  /  /  `. */
function dateIn(text: string): Value {
  if (/^[\s/.-]*$/.test(text) || text === "00000000") return null;
  const serial = serialOfIso(text.replace(/^(\d{4})(\d\d)(\d\d)$/, "$1-$2-$3"));
  return serial === null ? text : { kind: KIND.date, value: serial };
}

function logical(text: string): Value {
  if (/^[tyTY]$/.test(text)) return { kind: KIND.boolean, value: 1 };
  return /^[fnFN]$/.test(text) ? { kind: KIND.boolean, value: 0 } : null;
}
