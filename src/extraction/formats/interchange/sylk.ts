import { fail } from "../../../core/errors";
import { Held, SheetCells, Texts } from "../xlsx/cells";
import { WORKBOOK_LIMITS } from "../xlsx/limits";
import { KIND, type NumberFormat, readFormat } from "../xlsx/number-format";
import type { Sheet } from "../xlsx/sheet";
import { linesIn } from "./lines";
import type { Sheeted } from "./sheeted";

const FORMATS = 4_096;
const PLAIN: NumberFormat = { kind: KIND.number, fraction: false };

/** Whether a text begins as SYLK does. A row of names may begin with "ID;P" too: records have to follow. */
export const isSylk = (head: string): boolean =>
  /^ID;P[^;\r\n]{0,80}(?:;[A-Z][^\r\n]{0,80})?[\r\n]+(?:(?:P|F|B|O|NN|NU|NE|NL|W|C);[^\r\n]*[\r\n]+){2}/.test(
    head,
  );

/**
 * A sheet of SYLK (Microsoft, "Multiplan" and Excel; "SYLK (SYmbolic LinK)" in the reference of 1986): lines of fields, a
 * cell each, with places that hold until others are named. Throws `malformed_data` and `payload_too_large`.
 */
export function readSylk(bytes: Uint8Array): Sheeted {
  const reader = new SylkReader();
  for (const line of linesIn(bytes)) if (!reader.take(line)) break;
  return { sheets: [reader.finish()], notes: [] };
}

class SylkReader {
  readonly #held = new Held();
  readonly #texts = new Texts(this.#held);
  readonly #formats: NumberFormat[] = [];
  readonly #columnFormats = new Map<number, NumberFormat>();
  #cells: SheetCells | null = null;
  #is1904 = false;
  #formulas = 0;
  #row = 0;
  #column = 0;
  /** Of the cell whose value follows in a record of its own, which may be what names the row. */
  #format: NumberFormat | null = null;

  /** False at the end of the sheet. */
  take(line: string): boolean {
    const [type, ...fields] = fieldsOf(line.trimEnd());
    if (type === "E") return false;
    if (type === "P") this.#addFormat(fields);
    else if (type === "O") this.#is1904 ||= fields.some((field) => /^V[1-4]$/.test(field));
    else if (type === "F") this.#formatCell(fields);
    else if (type === "C") this.#addCell(fields);
    return true;
  }

  finish(): Sheet {
    const cells = this.#cells ?? new SheetCells(this.#texts, this.#held, 1900);
    cells.finish();
    return { name: "Sheet1", hidden: false, cells, merges: [], formulas: this.#formulas };
  }

  #addFormat(fields: readonly string[]): void {
    const code = fields.find((field) => field.startsWith("P"));
    if (code !== undefined && this.#formats.length < FORMATS) this.#formats.push(readFormat(code.slice(1)));
  }

  #formatCell(fields: readonly string[]): void {
    const number = fields.find((field) => /^P\d{1,5}$/.test(field))?.slice(1);
    const format = number === undefined ? null : (this.#formats[Number(number)] ?? null);
    const column = fields.find((field) => /^C\d{1,5}$/.test(field));
    if (column !== undefined && format) {
      if (this.#columnFormats.size < WORKBOOK_LIMITS.columns)
        this.#columnFormats.set(Number(column.slice(1)) - 1, format);
    } else if (this.#move(fields)) this.#format = format;
  }

  /** Goes to the cell that is named, true where one is. */
  #move(fields: readonly string[]): boolean {
    let isNamed = false;
    for (const field of fields) {
      if (field.startsWith("X")) this.#column = place(field, WORKBOOK_LIMITS.columns);
      else if (field.startsWith("Y")) this.#row = place(field, WORKBOOK_LIMITS.rows);
      else continue;
      isNamed = true;
    }
    return isNamed;
  }

  #addCell(fields: readonly string[]): void {
    const column = this.#column;
    this.#move(fields);
    const own = column === this.#column ? this.#format : null;
    this.#format = null;
    if (fields.some((field) => field.startsWith("E"))) this.#formulas++;
    const value = fields.find((field) => field.startsWith("K"))?.slice(1);
    if (value === undefined || value === "") return;
    this.#cells ??= new SheetCells(this.#texts, this.#held, this.#is1904 ? 1904 : 1900);
    this.#addValue(this.#cells, value, own ?? this.#columnFormats.get(this.#column) ?? PLAIN);
  }

  #addValue(cells: SheetCells, value: string, { kind, fraction }: NumberFormat): void {
    const [row, column] = [this.#row, this.#column];
    const quoted = /^"(.*?)"?$/s.exec(value);
    const number = Number(value);
    if (quoted) {
      const text = unescaped(quoted[1]!);
      if (text.trim() !== "") cells.add(row, column, KIND.text, this.#texts.share(text));
    } else if (value === "TRUE" || value === "FALSE")
      cells.add(row, column, KIND.boolean, value === "TRUE" ? 1 : 0);
    else if (value.startsWith("#")) cells.add(row, column, KIND.error, 0);
    else if (Number.isFinite(number)) cells.add(row, column, kind, number, fraction);
    else cells.add(row, column, KIND.text, this.#texts.share(unescaped(value)));
  }
}

/** A semicolon that is written twice is one of the field. */
function fieldsOf(line: string): string[] {
  if (!line.includes(";;")) return line.split(";");
  return line
    .replaceAll(";;", "\0")
    .split(";")
    .map((field) => field.replaceAll("\0", ";"));
}

function place(field: string, most: number): number {
  const found = Number(field.slice(1)) - 1;
  if (Number.isInteger(found) && found >= 0 && found < most) return found;
  throw fail("malformed_data", "The SYLK file has a cell outside of any sheet.");
}

/** Marks over the letter that follows them, as they are called behind an escape (ISO 6937). */
const MARKS: ReadonlyMap<string, string> = new Map([
  ["A", "\u0300"],
  ["B", "\u0301"],
  ["C", "\u0302"],
  ["D", "\u0303"],
  ["H", "\u0308"],
  ["J", "\u030a"],
  ["K", "\u0327"],
]);
const SINGLE: ReadonlyMap<string, string> = new Map([
  ["0", "°"],
  ["1", "±"],
  ["2", "²"],
  ["3", "³"],
  ["5", "µ"],
  ["'", "§"],
  ["{", "ß"],
  ["a", "Æ"],
  ["q", "æ"],
  ["i", "Ø"],
  ["y", "ø"],
]);

const ESCAPE = "\x1b";
const MARKED = new RegExp(`${ESCAPE}N([A-DHJK])([A-Za-z ])`, "g");
const NAMED = new RegExp(`${ESCAPE}N(.)`, "g");
const BYTE = new RegExp(`${ESCAPE}([ -/])([0-?])`, "g");

/** Characters behind an escape: a letter with its mark, one of a table, or a byte in two halves. */
function unescaped(text: string): string {
  if (!text.includes(ESCAPE)) return text;
  const byteOf = (high: string, low: string) =>
    ((high.charCodeAt(0) - 0x20) << 4) | (low.charCodeAt(0) - 0x30);
  return text
    .replace(MARKED, (_, mark: string, letter: string) => (letter + MARKS.get(mark)!).normalize("NFC"))
    .replace(NAMED, (_, name: string) => SINGLE.get(name) ?? name)
    .replace(BYTE, (_, high: string, low: string) =>
      new TextDecoder("windows-1252").decode(Uint8Array.of(byteOf(high, low))),
    );
}
