import { strToU8, type Zippable, zipSync } from "fflate";
import { expect } from "vitest";
import { AppError } from "../../src/core/errors";
import { type SourceTable, skippedTotal } from "../../src/extraction/formats/source-table";
import { readWorkbook } from "../../src/extraction/formats/xlsx";

const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
const SHEET_ML = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/** What stands in a cell: a plain value, or the XML of it without its place, as `t="e"><v>#N/A</v>`. */
export type CellOf = string | number | boolean | null | { xml: string };

export interface SheetOf {
  name?: string;
  /** From A1 on. */
  rows?: CellOf[][];
  /** The whole content of the sheet in place of `rows`. */
  xml?: string;
  merges?: string[];
  state?: "hidden" | "veryHidden";
  kind?: "worksheet" | "chartsheet";
}

export interface WorkbookOf {
  sheets: SheetOf[];
  /** Codes of number formats: cells name them as `s="1"` and on. */
  formats?: string[];
  date1904?: boolean;
  sharedStrings?: string[];
  charts?: string[];
  /** Parts to add or to replace. */
  parts?: Record<string, string | Uint8Array>;
}

const letters = (column: number): string =>
  (column >= 26 ? letters(Math.floor(column / 26) - 1) : "") + String.fromCharCode(65 + (column % 26));
const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

/** A cell of style `s`. */
export const styled = (value: number, s: number): CellOf => ({ xml: ` s="${s}"><v>${value}</v>` });
export const shared = (id: number): CellOf => ({ xml: ` t="s"><v>${id}</v>` });

function cellXml(cell: CellOf, at: string): string {
  if (cell === null) return "";
  if (typeof cell === "object") return `<c r="${at}"${cell.xml}</c>`;
  if (typeof cell === "number") return `<c r="${at}"><v>${cell}</v></c>`;
  if (typeof cell === "boolean") return `<c r="${at}" t="b"><v>${cell ? 1 : 0}</v></c>`;
  return `<c r="${at}" t="inlineStr"><is><t xml:space="preserve">${escaped(cell)}</t></is></c>`;
}

export const rowsXml = (rows: readonly CellOf[][]): string =>
  rows
    .map(
      (cells, r) =>
        `<row r="${r + 1}">${cells.map((cell, c) => cellXml(cell, `${letters(c)}${r + 1}`)).join("")}</row>`,
    )
    .join("");

function sheetXml({ rows = [], xml, merges = [], kind }: SheetOf): string {
  const merged = merges.map((ref) => `<mergeCell ref="${ref}"/>`).join("");
  const content =
    xml ?? `<sheetData>${rowsXml(rows)}</sheetData>${merged && `<mergeCells>${merged}</mergeCells>`}`;
  return `<?xml version="1.0"?><${kind ?? "worksheet"} xmlns="${MAIN}">${content}</${kind ?? "worksheet"}>`;
}

/** The parts of a package, as Excel would write them. */
export function workbookParts({
  sheets,
  formats = [],
  date1904,
  sharedStrings,
  charts = [],
  parts,
}: WorkbookOf) {
  const relation = (id: string, kind: string, target: string) =>
    `<Relationship Id="${id}" Type="${RELATIONS}/${kind}" Target="${target}"/>`;
  const relations = (all: string[]) =>
    `<Relationships xmlns="${PACKAGE}/relationships">${all.join("")}</Relationships>`;
  const override = (part: string, type: string) =>
    `<Override PartName="/xl/${part}" ContentType="${type}+xml"/>`;
  const files: Record<string, string | Uint8Array> = {
    "[Content_Types].xml": `<Types xmlns="${PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>${override("workbook.xml", `${SHEET_ML}.sheet.main`)}${override("styles.xml", `${SHEET_ML}.styles`)}${sharedStrings ? override("sharedStrings.xml", `${SHEET_ML}.sharedStrings`) : ""}${sheets.map(({ kind = "worksheet" }, i) => override(`${kind}s/sheet${i + 1}.xml`, `${SHEET_ML}.${kind}`)).join("")}</Types>`,
    "_rels/.rels": relations([relation("r1", "officeDocument", "xl/workbook.xml")]),
    "xl/_rels/workbook.xml.rels": relations([
      ...sheets.map(({ kind = "worksheet" }, i) => relation(`r${i + 1}`, kind, `${kind}s/sheet${i + 1}.xml`)),
      relation("s", "styles", "styles.xml"),
      ...(sharedStrings ? [relation("t", "sharedStrings", "sharedStrings.xml")] : []),
    ]),
    "xl/workbook.xml": `<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><workbookPr${date1904 ? ' date1904="1"' : ""}/><sheets>${sheets.map(({ name, state }, i) => `<sheet name="${escaped(name ?? `Sheet${i + 1}`)}" sheetId="${i + 1}"${state ? ` state="${state}"` : ""} r:id="r${i + 1}"/>`).join("")}</sheets></workbook>`,
    "xl/styles.xml": `<styleSheet xmlns="${MAIN}"><numFmts count="${formats.length}">${formats.map((code, i) => `<numFmt numFmtId="${200 + i}" formatCode="${escaped(code)}"/>`).join("")}</numFmts><cellXfs count="${formats.length + 1}"><xf numFmtId="0"/>${formats.map((_, i) => `<xf numFmtId="${200 + i}" applyNumberFormat="1"/>`).join("")}</cellXfs></styleSheet>`,
  };
  if (sharedStrings)
    files["xl/sharedStrings.xml"] =
      `<sst xmlns="${MAIN}">${sharedStrings.map((item) => `<si>${item}</si>`).join("")}</sst>`;
  sheets.forEach((sheet, i) => {
    files[`xl/${sheet.kind ?? "worksheet"}s/sheet${i + 1}.xml`] = sheetXml(sheet);
  });
  charts.forEach((xml, i) => {
    files[`xl/charts/chart${i + 1}.xml`] = xml;
  });
  return { ...files, ...parts };
}

export function zipped(parts: Record<string, string | Uint8Array>): Uint8Array {
  const files: Zippable = {};
  for (const [name, content] of Object.entries(parts))
    files[name] = typeof content === "string" ? strToU8(content) : content;
  return zipSync(files, { mtime: "2020-01-01" });
}

export const workbook = (of: WorkbookOf): Uint8Array => zipped(workbookParts(of));
export const sheetOf = (rows: CellOf[][], merges: string[] = []): Uint8Array =>
  workbook({ sheets: [{ rows, merges }] });

export const rowsOf = (table: SourceTable | undefined): unknown[][] =>
  Array.from(table?.rows ?? [], ({ cells }) => cells);

/** The code that a body is refused with, "" where it is read. Anything but an expected failure is thrown on. */
export async function refusal(bytes: Uint8Array): Promise<string> {
  try {
    for (const table of await readWorkbook(bytes)) expect(rowsOf(table)).toHaveLength(table.rowCount);
    return "";
  } catch (error) {
    if (error instanceof AppError) return error.failure.code;
    throw error;
  }
}

/** Rows of the sheet that a table accounts for, its rows of names among them. */
export const rowsCounted = (table: SourceTable): number =>
  table.rowCount + table.bad.length + skippedTotal(table.skipped) + (table.place?.header_rows ?? 0);
