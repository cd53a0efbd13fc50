import { bareUnit } from "../../infer/units";
import { EXTRACTION_LIMITS } from "../../limits";
import { distinctNames, nothingSkipped, type SourceRow, type SourceTable } from "../source-table";
import { siftRows } from "../table-rows";
import { FillDown, type Span, spansDown } from "./fill-down";
import { findHead, type Head } from "./head";
import { KIND } from "./number-format";
import { areaText } from "./reference";
import { Region } from "./region";
import type { FoundTable } from "./regions";
import type { Sheet } from "./sheet";
import { nearestTitle } from "./titles";

/** A table with where it was found, and the line that stands alone above its names, "" where none does. */
export interface PlacedTable {
  table: SourceTable;
  title: string;
  sheet: Sheet;
  region: Region;
}

/** Makes a table of a part of a sheet. `headerRows` are those that a person named. */
export function tableOf({ body, titles }: FoundTable, sheet: Sheet, headerRows?: number): PlacedTable {
  const { region, head, above } = fromItsHead(body, findHead(body, sheet.merges, headerRows));
  const count = Math.min(EXTRACTION_LIMITS.columns, region.columns.length);
  const columns = distinctNames(head.names.slice(0, count));
  const skipped = nothingSkipped();
  skipped.preamble = above + titles.reduce((sum, { rows }) => sum + rows.length, 0);
  if (head.unitsRow >= 0) skipped.units_rows = 1;
  skipped.descriptions = head.descriptions;
  const spans = spansDown(region, sheet.merges, head.firstData);
  const data = dataRows(region, head, spans, count);
  const headCells = head.depth === 1 ? region.row(head.top).slice(0, count) : null;
  const { kept } = siftRows({ length: data.length, cells: data.cells }, count, headCells, skipped);
  const first = titles[0]?.area.top ?? body.area.top;
  skipped.blank += region.area.bottom - first + 1 - region.rows.length - skipped.preamble;
  const rows = Int32Array.from(kept);
  const table: SourceTable = {
    name: sheet.name,
    columns,
    units: unitsOf(region, head, count),
    rows: {
      *[Symbol.iterator](): Generator<SourceRow> {
        const { cells } = dataRows(region, head, spans, count);
        for (const index of rows)
          yield { row: region.rowNumber(head.firstData + index) + 1, cells: cells(index) };
      },
    },
    rowCount: rows.length,
    bad: [],
    skipped,
    notes: notesOf(region, sheet, count),
    certainty: certaintyOf(region, head),
    headerless: head.top < 0,
    place: { sheet: sheet.name, range: areaText(region.area), header_rows: head.depth },
  };
  return { table, title: shown(nearestTitle(body, above, titles)), sheet, region };
}

/** The region without the rows above its names, and without the columns that only those rows fill. */
function fromItsHead(body: Region, head: Head): { region: Region; head: Head; above: number } {
  const above = Math.min(head.top < 0 ? head.firstData : head.top, body.rows.length - 1);
  if (above === 0) return { region: body, head, above };
  const region = Region.within(body.cells, { ...body.area, top: body.rowNumber(above) })!;
  const names = new Map(Array.from(body.columns, (column, at) => [column, head.names[at]!]));
  return {
    region,
    above,
    head: {
      ...head,
      top: head.top < 0 ? -1 : 0,
      names: Array.from(region.columns, (column) => names.get(column)!),
      unitsRow: head.unitsRow < 0 ? -1 : head.unitsRow - above,
      firstData: head.firstData - above,
    },
  };
}

/** The rows below the names, values of merged cells filled down; rows are to be asked for in order. */
function dataRows(region: Region, head: Head, spans: readonly Span[], count: number) {
  const filler = new FillDown(spans);
  return {
    length: region.rows.length - head.firstData,
    cells: (index: number) => {
      // A sheet may have a cell in each of 16,384 columns: those past the table's are not made for every row.
      const cells = region.row(head.firstData + index, count);
      filler.fill(region.rowNumber(head.firstData + index), cells);
      return cells.length > count ? cells.slice(0, count) : cells;
    },
  };
}

/** Units of a row of units; and of durations, whose cells are given in the unit that their format begins with. */
function unitsOf(region: Region, head: Head, count: number): (string | null)[] {
  const written = head.unitsRow < 0 ? [] : region.row(head.unitsRow);
  const kinds = new Map<number, number>();
  for (let i = head.firstData; i < Math.min(region.rows.length, head.firstData + 20); i++)
    region.eachCell(i, (at, cell) => {
      if (!kinds.has(at)) kinds.set(at, region.cells.kind(cell));
    });
  return Array.from({ length: count }, (_, at) => {
    const text = written[at];
    if (typeof text === "string" && text.trim() !== "") return bareUnit(text);
    return DURATION_UNITS.get(kinds.get(at) ?? -1) ?? null;
  });
}

const DURATION_UNITS: ReadonlyMap<number, string> = new Map([
  [KIND.hours, "h"],
  [KIND.minutes, "min"],
  [KIND.seconds, "s"],
]);

function notesOf(region: Region, sheet: Sheet, count: number): string[] {
  const notes: string[] = [];
  if (sheet.hidden) notes.push(`The sheet "${shown(sheet.name)}" is hidden.`);
  const of = `of the sheet "${shown(sheet.name)}"`;
  const { formulas, unsaved = 0, cells } = sheet;
  if (formulas > unsaved)
    notes.push(`${formulas - unsaved} cell(s) ${of} hold formulas: the values saved with them were read.`);
  if (unsaved > 0)
    notes.push(`${unsaved} cell(s) ${of} hold formulas without a saved value: they are read as empty.`);
  if (cells.errors > 0) notes.push(`${cells.errors} cell(s) ${of} hold errors: they are read as empty.`);
  if (region.columns.length > count)
    notes.push(`${region.columns.length - count} column(s) past ${count} were left out.`);
  return notes;
}

export const shown = (name: string): string => name.slice(0, 60);

/** Names over readings are a table; names over texts most likely; a few lines of text most likely none. */
function certaintyOf(region: Region, head: Head): number {
  if (head.top >= 0) return head.contrasts ? 0.98 : 0.85;
  return region.columns.length === 1 ? 0.4 : 0.75;
}
