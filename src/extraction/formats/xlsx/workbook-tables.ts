import { fail } from "../../../core/errors";
import type { TablePlace } from "../../contract";
import type { SourceTable } from "../source-table";
import { WORKBOOK_LIMITS } from "./limits";
import { readArea } from "./reference";
import { Region } from "./region";
import { findTables, tooManyTables } from "./regions";
import { relateCharts } from "./related";
import type { Sheet, Workbook } from "./sheet";
import { type PlacedTable, shown, tableOf } from "./tables";

/** What of a corrected plan says where a table stands. */
export interface AskedTable {
  place?: TablePlace | undefined;
}

/**
 * The tables of a workbook, whatever it was read from: every sheet is looked through, hidden ones last. With `asked`,
 * the tables that stand at those places. Throws `malformed_data`, `payload_too_large` or `no_valid_rows`.
 */
export function workbookTables(book: Workbook, asked?: readonly AskedTable[]): SourceTable[] {
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

function tablesOf(sheet: Sheet): PlacedTable[] {
  const found = findTables(sheet);
  if (found.length > WORKBOOK_LIMITS.tables) throw tooManyTables();
  const placed = found.map((one) => tableOf(one, sheet));
  if (placed.length > 1)
    placed.forEach(({ table, title }, i) => {
      table.name = title === "" ? `${sheet.name} ${i + 1}` : `${sheet.name} ${i + 1}: ${title}`;
    });
  return placed;
}

function askedTables(sheets: readonly Sheet[], places: readonly TablePlace[]): PlacedTable[] {
  const whole = new Set<Sheet>();
  return places.slice(0, WORKBOOK_LIMITS.tables).flatMap((place) => {
    const sheet = sheets.find(({ name }) => name === place.sheet);
    if (!sheet) throw fail("malformed_data", `The workbook has no sheet "${shown(place.sheet!)}".`);
    const area = place.range === undefined ? null : readArea(place.range);
    if (place.range !== undefined && area === null)
      throw fail("malformed_data", `"${place.range.slice(0, 40)}" is no range of cells such as A3:H120.`);
    if (area === null && whole.has(sheet)) return [];
    if (area === null) {
      whole.add(sheet);
      return tablesOf(sheet);
    }
    const region = Region.within(sheet.cells, area);
    return region === null ? [] : [tableOf({ body: region, titles: [] }, sheet, place.header_rows)];
  });
}
