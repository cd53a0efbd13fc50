import { fail } from "../../../core/errors";
import { Held, SheetCells, Texts } from "../xlsx/cells";
import { WORKBOOK_LIMITS } from "../xlsx/limits";
import { KIND } from "../xlsx/number-format";
import { linesIn } from "./lines";
import type { Sheeted } from "./sheeted";

/** Whether a text begins as the Data Interchange Format does. */
export const isDif = (head: string): boolean =>
  /^TABLE\s{0,5}\n0,1\s{0,5}\n"[^\n]{0,500}\n(?:[A-Z]+\s{0,5}\n)/.test(head);

/** Characters of one text, which may go on over lines. */
const TEXT_CHARS = 32_767;

/**
 * A sheet of the Data Interchange Format (Software Arts, "DIF: A Format for Data Exchange between Applications Programs",
 * 1981): two lines a cell, its type and number, and its text or what the number is. Throws `malformed_data` and
 * `payload_too_large`.
 */
export function readDif(bytes: Uint8Array): Sheeted {
  const held = new Held();
  const texts = new Texts(held);
  const cells = new SheetCells(texts, held, 1900);
  const lines = new Lines(bytes);
  skipHeader(lines);
  let row = -1;
  let column = 0;
  for (let first = lines.next(); first !== null; first = lines.next()) {
    const [type, number = ""] = first.split(",", 2).map((part) => part.trim());
    const value = type === "1" ? quotedText(lines) : (lines.next() ?? "").trim();
    if (type === "-1") {
      if (value === "EOD") break;
      if (value !== "BOT") throw damaged();
      if (++row >= WORKBOOK_LIMITS.rows)
        throw fail("payload_too_large", `Files of at most ${WORKBOOK_LIMITS.rows} rows are read.`);
      column = 0;
      continue;
    }
    if (row < 0 || (type !== "0" && type !== "1")) throw damaged();
    if (type === "1") {
      if (value.trim() !== "") cells.add(row, column, KIND.text, texts.share(value));
    } else addNumber(cells, texts, row, column, number, value);
    column++;
  }
  cells.finish();
  return { sheets: [{ name: "Sheet1", hidden: false, cells, merges: [], formulas: 0 }], notes: [] };
}

const damaged = () => fail("malformed_data", "The DIF file is damaged: its lines are no cells.");

/** Items of three lines, up to the one that is called DATA. */
function skipHeader(lines: Lines): void {
  for (let topic = lines.next(); topic !== null; topic = lines.next()) {
    lines.next();
    quotedText(lines);
    if (topic.trim() === "DATA") return;
  }
  throw damaged();
}

/** V is a value; NA and ERROR are none. Programs write dates, too, where a number belongs. */
function addNumber(
  cells: SheetCells,
  texts: Texts,
  row: number,
  column: number,
  number: string,
  means: string,
): void {
  if (means === "TRUE" || means === "FALSE") cells.add(row, column, KIND.boolean, means === "TRUE" ? 1 : 0);
  else if (means === "NA" || means === "ERROR") cells.add(row, column, KIND.error, 0);
  else if (number !== "" && Number.isFinite(Number(number)))
    cells.add(row, column, KIND.number, Number(number));
  else if (number !== "") cells.add(row, column, KIND.text, texts.share(number));
}

/** A text between quotes, which stand twice within it; where its quote is open it goes on in the next line. */
function quotedText(lines: Lines): string {
  let found = lines.next() ?? "";
  if (!found.startsWith('"')) return found.trim();
  let isOpen = isOdd(found);
  while (isOpen) {
    const next = lines.next();
    if (next === null || found.length > TEXT_CHARS) throw damaged();
    found += `\n${next}`;
    isOpen = isOpen !== isOdd(next);
  }
  return found.trimEnd().slice(1, -1).replaceAll('""', '"');
}

/** Whether a line has an odd number of quotes. */
function isOdd(line: string): boolean {
  let count = 0;
  for (let at = line.indexOf('"'); at >= 0; at = line.indexOf('"', at + 1)) count++;
  return count % 2 === 1;
}

class Lines {
  readonly #lines: Iterator<string, void>;

  constructor(bytes: Uint8Array) {
    this.#lines = linesIn(bytes);
  }

  /** Null behind the last. */
  next(): string | null {
    return this.#lines.next().value ?? null;
  }
}
