import { fail } from "../../../core/errors";
import { charsOf } from "./biff-text";
import { Held, SheetCells, Texts } from "./cells";
import { readCharts } from "./charts";
import { WORKBOOK_LIMITS } from "./limits";
import { builtInFormat, KIND, type NumberFormat, readFormat } from "./number-format";
import type { OfficePackage } from "./package";
import type { Area } from "./reference";
import { rkNumber } from "./rk-number";
import type { DateSystem } from "./serial";
import type { Sheet, Workbook } from "./sheet";

const PLAIN: NumberFormat = { kind: KIND.number, fraction: false };
const damaged = () => fail("malformed_data", "The workbook is damaged: its records are cut.");

/** Records of [MS-XLSB] 2.3 that are read. */
const RECORD = {
  row: 0,
  blank: 1,
  rk: 2,
  error: 3,
  boolean: 4,
  real: 5,
  text: 6,
  sharedText: 7,
  formulaText: 8,
  formulaNumber: 9,
  formulaBoolean: 10,
  formulaError: 11,
  /** From here on cells stand right of the one before and do not name their column; the kinds follow as above. */
  shortBlank: 12,
  shortSharedText: 18,
  sharedItem: 19,
  format: 44,
  style: 47,
  richText: 62,
  workbookProperties: 153,
  sheet: 156,
  merge: 176,
  beginCellStyles: 617,
  endCellStyles: 618,
} as const;

const SHORT_KINDS = [
  RECORD.blank,
  RECORD.rk,
  RECORD.error,
  RECORD.boolean,
  RECORD.real,
  RECORD.text,
  RECORD.sharedText,
] as const;

interface Listed {
  name: string;
  relation: string;
  hidden: boolean;
}

/** Reads an XLSB package: the parts of an XLSX with binary records in place of XML. */
export async function readXlsb(source: OfficePackage): Promise<Workbook> {
  const main = await source.mainPart("xl/workbook.bin");
  if (main === null) throw fail("unrecognised_format", "The Office file holds no workbook.");
  const listed: Listed[] = [];
  let system: DateSystem = 1900;
  await eachRecord(source, main, (type, body) => {
    if (type === RECORD.workbookProperties && (body.u32(0) & 1) === 1) system = 1904;
    else if (type === RECORD.sheet && listed.length < WORKBOOK_LIMITS.sheets) {
      const relation = body.text(8);
      listed.push({ relation: relation.text, name: body.text(relation.end).text, hidden: body.u32(0) !== 0 });
    }
  });
  const relations = await source.relations(main);
  const part = (kind: string) => relations.find((one) => one.kind === kind)?.target ?? "";
  const held = new Held();
  const texts = new Texts(held);
  await eachRecord(source, part("sharedStrings"), (type, body) => {
    if (type === RECORD.sharedItem) texts.add(body.text(1).text);
  });
  const formats = await readStyles(source, part("styles"));
  const sheets: Sheet[] = [];
  for (const { name, relation, hidden } of listed) {
    const target = relations.find(({ id }) => id === relation);
    if (target?.kind !== "worksheet") continue;
    const cells = new SheetCells(texts, held, system);
    const { merges, formulas } = await readSheet(source, target.target, cells, texts, formats);
    sheets.push({ name, hidden, cells, merges, formulas });
  }
  return { sheets, charts: await readCharts(source) };
}

async function readStyles(source: OfficePackage, part: string): Promise<NumberFormat[]> {
  const codes = new Map<number, NumberFormat>();
  const formats: NumberFormat[] = [];
  let inCellStyles = false;
  await eachRecord(source, part, (type, body) => {
    if (type === RECORD.beginCellStyles) inCellStyles = true;
    else if (type === RECORD.endCellStyles) inCellStyles = false;
    else if (type === RECORD.format) codes.set(body.u16(0), readFormat(body.text(2).text));
    else if (type === RECORD.style && inCellStyles)
      formats.push(codes.get(body.u16(2)) ?? builtInFormat(body.u16(2)));
  });
  return formats;
}

async function readSheet(
  source: OfficePackage,
  part: string,
  cells: SheetCells,
  texts: Texts,
  formats: readonly NumberFormat[],
): Promise<{ merges: Area[]; formulas: number }> {
  const merges: Area[] = [];
  let formulas = 0;
  let row = -1;
  let column = -1;
  await eachRecord(source, part, (type, body) => {
    if (type === RECORD.row) {
      row = body.u32(0);
      column = -1;
      if (row >= WORKBOOK_LIMITS.rows) throw damaged();
    } else if (type === RECORD.merge && merges.length < WORKBOOK_LIMITS.merges)
      merges.push({ top: body.u32(0), bottom: body.u32(4), left: body.u32(8), right: body.u32(12) });
    else if ((type >= RECORD.blank && type <= RECORD.shortSharedText) || type === RECORD.richText) {
      if (row < 0) throw damaged();
      const isShort = type >= RECORD.shortBlank && type <= RECORD.shortSharedText;
      column = isShort ? column + 1 : body.u32(0);
      if (type >= RECORD.formulaText && type <= RECORD.formulaError) formulas++;
      const kind = isShort ? SHORT_KINDS[type - RECORD.shortBlank]! : type;
      addCell({ cells, texts, formats }, row, column, kind, body, isShort ? 4 : 8);
    }
  });
  cells.finish();
  return { merges, formulas };
}

interface Target {
  cells: SheetCells;
  texts: Texts;
  formats: readonly NumberFormat[];
}

/** `value` is where the value stands in the body: behind column and style, or behind the style alone. */
function addCell(target: Target, row: number, column: number, type: number, body: Body, value: number): void {
  const { cells, texts, formats } = target;
  const addNumber = (number: number) => {
    const { kind, fraction } = formats[body.u32(value - 4) & 0xffffff] ?? PLAIN;
    if (Number.isFinite(number)) cells.add(row, column, kind, number, fraction);
  };
  const addText = (id: number) => {
    const text = texts.get(id);
    if (text === undefined) throw damaged();
    if (text.trim() !== "") cells.add(row, column, KIND.text, id);
  };
  if (type === RECORD.rk) addNumber(rkNumber(body.u32(value) | 0));
  else if (type === RECORD.real || type === RECORD.formulaNumber) addNumber(body.f64(value));
  else if (type === RECORD.boolean || type === RECORD.formulaBoolean)
    cells.add(row, column, KIND.boolean, body.u8(value) === 0 ? 0 : 1);
  else if (type === RECORD.error || type === RECORD.formulaError) cells.add(row, column, KIND.error, 0);
  else if (type === RECORD.sharedText) addText(body.u32(value));
  else if (type === RECORD.text || type === RECORD.formulaText) addText(texts.share(body.text(value).text));
  else if (type === RECORD.richText) addText(texts.share(body.text(value + 1).text));
}

/** The body of a record; reading past its end throws `malformed_data`. */
class Body {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(at: number): number {
    return this.#need(at, 1).getUint8(at);
  }

  u16(at: number): number {
    return this.#need(at, 2).getUint16(at, true);
  }

  u32(at: number): number {
    return this.#need(at, 4).getUint32(at, true);
  }

  f64(at: number): number {
    return this.#need(at, 8).getFloat64(at, true);
  }

  /** A text of UTF-16 behind its length, and where it ends. All bits set stand for none. */
  text(at: number): { text: string; end: number } {
    const length = this.u32(at);
    if (length === 0xffffffff) return { text: "", end: at + 4 };
    const end = at + 4 + length * 2;
    this.#need(at + 4, length * 2);
    return { text: charsOf(this.#bytes.subarray(at + 4, end), true), end };
  }

  #need(at: number, bytes: number): DataView {
    if (at + bytes > this.#bytes.length) throw damaged();
    return this.#view;
  }
}

/** Takes the records of a part ([MS-XLSB] 2.1.4): type and size in groups of seven bits, then the body. */
async function eachRecord(
  source: OfficePackage,
  part: string,
  take: (type: number, body: Body) => void,
): Promise<void> {
  let rest = new Uint8Array(0);
  for await (const piece of source.pieces(part)) {
    const bytes = new Uint8Array(rest.length + piece.length);
    bytes.set(rest);
    bytes.set(piece, rest.length);
    let at = 0;
    for (;;) {
      const type = sevens(bytes, at, 2);
      const size = type && sevens(bytes, type.end, 4);
      if (!type || !size) break;
      if (size.value > WORKBOOK_LIMITS.xmlChars) throw damaged();
      const end = size.end + size.value;
      if (end > bytes.length) break;
      take(type.value, new Body(bytes.subarray(size.end, end)));
      at = end;
    }
    rest = bytes.subarray(at);
  }
  if (rest.length > 0) throw damaged();
}

/** A number of at most `most` bytes, the lowest seven bits first; null where it is not whole yet. */
function sevens(bytes: Uint8Array, from: number, most: number): { value: number; end: number } | null {
  let value = 0;
  for (let i = 0; i < most; i++) {
    const byte = bytes[from + i];
    if (byte === undefined) return null;
    value |= (byte & 0x7f) << (7 * i);
    if (byte < 0x80) return { value, end: from + i + 1 };
  }
  return { value, end: from + most };
}
