import { fail } from "../../../core/errors";
import type { TablePlace } from "../../contract";
import { isWorkbook, packageKind, type WorkbookKind } from "../../zip/package-kind";
import type { SourceTable } from "../source-table";
import { readBiff } from "./biff";
import { hasOldMagic } from "./biff-records";
import { CompoundFile, hasCompoundMagic } from "./compound-file";
import { WORKBOOK_LIMITS } from "./limits";
import { readOpenDocument } from "./open-document";
import { OfficePackage } from "./package";
import { readArea } from "./reference";
import { Region } from "./region";
import { findTables } from "./regions";
import { relateCharts } from "./related";
import type { Sheet, Workbook } from "./sheet";
import { readSpreadsheetMl } from "./spreadsheet-ml";
import { type PlacedTable, shown, tableOf } from "./tables";
import { readXlsb } from "./xlsb";

/** What of a corrected plan says where a table stands. */
export interface AskedTable {
  place?: TablePlace | undefined;
}

/**
 * The tables of a workbook: XLSX, XLSM, XLSB, XLS (Excel 2 to 2003) and OpenDocument. Every sheet is looked
 * through, hidden ones last; formulas are never computed. With `asked`, the tables that stand at those places.
 *
 * Throws `unrecognised_format` (no workbook, or one with a password), `malformed_data`, `payload_too_large` or
 * `no_valid_rows`.
 */
export async function readWorkbook(bytes: Uint8Array, asked?: readonly AskedTable[]): Promise<SourceTable[]> {
  if (bytes.length > WORKBOOK_LIMITS.bytes)
    throw fail("payload_too_large", `Workbooks of at most ${WORKBOOK_LIMITS.bytes} bytes are read.`);
  const book = await open(bytes);
  const sheets = [
    ...book.sheets.filter(({ hidden }) => !hidden),
    ...book.sheets.filter(({ hidden }) => hidden),
  ];
  const places = (asked ?? []).flatMap(({ place }) => (place?.sheet === undefined ? [] : [place]));
  const placed = places.length > 0 ? askedTables(sheets, places) : sheets.flatMap(tablesOf);
  if (placed.length === 0) throw fail("no_valid_rows", "The workbook has no sheet with cells in it.");
  relateCharts(placed, book.charts);
  const tables = placed.map(({ table }) => table);
  const withRows = tables.filter(({ rowCount }) => rowCount > 0);
  return withRows.length > 0 ? withRows : tables;
}

async function open(bytes: Uint8Array): Promise<Workbook> {
  if (hasCompoundMagic(bytes)) return openCompound(new CompoundFile(bytes));
  if (hasOldMagic(bytes)) return readBiff(bytes);
  const kind = packageKind(bytes);
  if (!isWorkbook(kind)) throw fail("unrecognised_format", "The archive is no workbook.");
  return READERS[kind](new OfficePackage(bytes));
}

function openCompound(file: CompoundFile): Workbook {
  // An encrypted package ([MS-OFFCRYPTO] 1.3.2) is a stream of its own in a compound file.
  if (file.has("EncryptedPackage"))
    throw fail(
      "unrecognised_format",
      "The workbook is encrypted. Save it without a password and send it again.",
    );
  const stream = file.stream("Workbook") ?? file.stream("Book");
  if (!stream) throw fail("unrecognised_format", "The compound file holds no workbook.");
  return readBiff(stream);
}

const READERS: Record<WorkbookKind, (source: OfficePackage) => Promise<Workbook>> = {
  xlsx: readSpreadsheetMl,
  xlsb: readXlsb,
  ods: readOpenDocument,
};

/** Whether bytes begin as an XLS does: as OLE2, in which new ones under a password are too, or as one of Excel 2 to 4. */
export const isXls = (bytes: Uint8Array): boolean => hasCompoundMagic(bytes) || hasOldMagic(bytes);

function tablesOf(sheet: Sheet): PlacedTable[] {
  const found = findTables(sheet);
  if (found.length > WORKBOOK_LIMITS.tables)
    throw fail(
      "payload_too_large",
      `The sheet "${shown(sheet.name)}" has more than ${WORKBOOK_LIMITS.tables} tables.`,
    );
  const placed = found.map((one) => tableOf(one, sheet));
  if (placed.length > 1)
    placed.forEach(({ table, title }, i) => {
      table.name = title === "" ? `${sheet.name} ${i + 1}` : `${sheet.name} ${i + 1}: ${title}`;
    });
  return placed;
}

function askedTables(sheets: readonly Sheet[], places: readonly TablePlace[]): PlacedTable[] {
  return places.slice(0, WORKBOOK_LIMITS.tables).flatMap((place) => {
    const sheet = sheets.find(({ name }) => name === place.sheet);
    if (!sheet) throw fail("malformed_data", `The workbook has no sheet "${shown(place.sheet!)}".`);
    const area = place.range === undefined ? null : readArea(place.range);
    if (place.range !== undefined && area === null)
      throw fail("malformed_data", `"${place.range.slice(0, 40)}" is no range of cells such as A3:H120.`);
    if (area === null) return tablesOf(sheet);
    const region = Region.within(sheet.cells, area);
    return region === null ? [] : [tableOf({ body: region, titles: [] }, sheet, place.header_rows)];
  });
}
