import type { Sheeted } from "../interchange/sheeted";
import { KIND, type Kind } from "../xlsx/number-format";
import { decoded, type LotusCell, LotusSheets } from "./cells";
import { type LotusRecord, lotusRecords, need, textBytes } from "./records";

const INTEGER = 0x0d;
const LABEL = 0x0f;
const FORMULA = 0x10;
const STRING = 0x33;
const QUATTRO = 0x5120;
const WORKS = 0xff;

/** Of the special formats those that show dates and times (Lotus, "File Formats for 1-2-3, Symphony & Jazz", appendix C). */
const SPECIAL: ReadonlyMap<number, Kind> = new Map([
  ...[2, 3, 4, 9, 10].map((format) => [format, KIND.date] as const),
  ...[7, 8, 11, 12].map((format) => [format, KIND.timeOfDay] as const),
]);

/** Worksheets of 1-2-3 to release 2, Symphony, Quattro for DOS and Works: one sheet. Throws `malformed_data`. */
export function readRelease2(bytes: Uint8Array): Sheeted {
  const sheets = new LotusSheets();
  let program = 0;
  for (const record of lotusRecords(bytes)) {
    const { type, body } = record;
    if (type === 0 || type === WORKS) {
      need(body, 2);
      program = type === WORKS ? WORKS : body.getUint16(0, true);
    } else addCell(sheets, record, program);
  }
  return { sheets: sheets.finish(), notes: [] };
}

function addCell(sheets: LotusSheets, { type, body }: LotusRecord, program: number): void {
  if (type !== STRING && (type < INTEGER || type > FORMULA)) return;
  const isWorks = program === WORKS;
  const headBytes = isWorks ? 6 : 5;
  need(body, headBytes + 1);
  const from = isWorks ? 0 : 1;
  const at: LotusCell = { sheet: 0, column: body.getUint16(from, true), row: body.getUint16(from + 2, true) };
  const format = isWorks ? body.getUint16(4, true) : body.getUint8(0);
  if (type === LABEL || type === STRING) {
    // Quattro writes the length of a text before it, and a label's alignment before that.
    const textAt = program === QUATTRO ? headBytes + (type === LABEL ? 2 : 1) : headBytes;
    const raw = textBytes(body, textAt);
    if (type === LABEL && program !== QUATTRO) sheets.label(at, raw);
    else sheets.text(at, decoded(raw));
    return;
  }
  need(body, headBytes + (type === INTEGER ? 2 : 8));
  const isSpecial = (format & 0x70) === 0x70;
  const kind = isSpecial ? SPECIAL.get(format & 0x0f) : undefined;
  const value = type === INTEGER ? body.getInt16(headBytes, true) : body.getFloat64(headBytes, true);
  // The text of a formula that gives one follows in a record of its own; the number is then none.
  if (type !== FORMULA || Number.isFinite(value)) sheets.number(at, value, kind);
  if (type === FORMULA) sheets.formula(at);
}
