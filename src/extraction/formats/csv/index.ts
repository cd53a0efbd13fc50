import { fail } from "../../../core/errors";
import type { RejectedRow } from "../../../streams/contract";
import type { Skipped } from "../../contract";
import { EXTRACTION_LIMITS } from "../../limits";
import {
  distinctNames,
  nothingSkipped,
  type ReadTables,
  type SourceRow,
  type SourceTable,
} from "../source-table";
import { siftRows } from "../table-rows";
import {
  detectDialect,
  filledCells,
  isReading,
  type ScoredDialect,
  splitRows,
  trimmedWidth,
} from "./dialect";
import { findLayout, type Layout } from "./layout";

/** Delimited text: delimiter, quotes, header and the lines around the table are found by evidence. */
export const readCsv: ReadTables = (text) => {
  const dialect = detectDialect(text) ?? {
    delimiter: "",
    quote: '"' as const,
    score: 0,
    width: 1,
    consistency: 1,
  };
  const table = tableOf(text, dialect);
  if (table.columns.length === 0) throw fail("unrecognised_format", "The text has no lines with data.");
  return [table];
};

interface NumberedRow {
  row: number;
  cells: string[];
}

/** Gives every row its line: a quoted cell may span lines. Comments are told by their mark at the start of a line. */
function numbered(text: string, dialect: ScoredDialect): { rows: NumberedRow[]; comments: NumberedRow[] } {
  const rows: NumberedRow[] = [];
  const comments: NumberedRow[] = [];
  const split = splitAll(text, dialect);
  const marks = commentMark(split);
  let line = 1;
  for (const cells of split) {
    const entry = { row: line, cells };
    line++;
    if (dialect.quote !== "")
      for (const cell of cells) if (cell.includes("\n")) line += cell.split("\n").length - 1;
    if (marks !== null && cells[0]!.trimStart().startsWith(marks)) comments.push(entry);
    else rows.push(entry);
  }
  // The last line break ends a line and starts none.
  if (text.endsWith("\n") && rows.length > 0 && rows.at(-1)!.cells.every((cell) => cell === "")) rows.pop();
  return { rows, comments };
}

/** A quote that is never closed would swallow the rest of the file: then quotes are no quotes here. */
function splitAll(text: string, { delimiter, quote }: ScoredDialect): string[][] {
  const quoted = splitRows(text, delimiter, quote);
  const last = quoted.at(-1)?.at(-1) ?? "";
  const swallowed = quote !== "" && last.length > 1_000 && last.split("\n", 12).length > 10;
  if (!swallowed) return quoted;
  return splitRows(text, delimiter, "").map((row) => row.map((cell) => cell.replace(/^"([^"]*)"$/, "$1")));
}

/** `#`, `//` or `%` where some but not most lines begin with it. */
function commentMark(rows: readonly string[][]): string | null {
  for (const mark of ["#", "//", "%"]) {
    const count = rows.filter((row) => row[0]!.trimStart().startsWith(mark)).length;
    // A lone "#" at the head of the first cell may be the name of a column: "#,name,price".
    const bare = rows.filter((row) => row[0]!.trim() === mark && row.length > 1).length;
    if (count > bare && count <= rows.length / 2) return mark;
  }
  return null;
}

function tableOf(text: string, dialect: ScoredDialect): SourceTable {
  const { rows, comments } = numbered(text, dialect);
  const probe = rows.slice(0, EXTRACTION_LIMITS.dialectLines).map(({ cells }) => cells);
  const layout = findLayout(probe);
  const skipped = nothingSkipped();
  const notes: string[] = [];
  let headRow: string[] | null = layout.header < 0 ? null : rows[layout.header]!.cells;
  if (!headRow) headRow = headerInComments(comments, layout.width);
  const headerless = headRow === null;
  const columnCount = Math.min(EXTRACTION_LIMITS.columns, countColumns(rows, layout, headRow));
  const names = headRow ?? [];
  const columns = distinctNames(Array.from({ length: columnCount }, (_, i) => (names[i] ?? "").trim()));
  const unitCells = layout.unitsRow < 0 ? [] : rows[layout.unitsRow]!.cells;
  const units = columns.map((_, i) => unitCells[i]?.trim().replace(/^[([](.*)[)\]]$/, "$1") || null);

  skipped.comments = comments.length;
  const top = layout.header < 0 ? layout.firstData : layout.header;
  for (const { cells } of rows.slice(0, top)) filledCells(cells) === 0 ? skipped.blank++ : skipped.preamble++;
  if (layout.unitsRow >= 0) skipped.units_rows = 1;
  if (skipped.preamble > 0) notes.push(`${skipped.preamble} line(s) above the table were left out.`);
  const { kept, bad } = sift(rows.slice(layout.firstData), columns, headRow, skipped);
  return {
    name: "table",
    columns,
    units,
    rows: kept,
    rowCount: kept.length,
    bad,
    skipped,
    notes,
    certainty: certaintyOf(dialect, kept, bad),
    headerless,
    dialect: {
      delimiter: dialect.delimiter,
      quote: dialect.quote,
      preamble_lines: skipped.preamble,
      has_header: !headerless,
      units_row: layout.unitsRow >= 0,
    },
  };
}

/** "# time,a,b": in science the names often stand in the last comment above the data. */
function headerInComments(comments: readonly NumberedRow[], width: number): string[] | null {
  const last = comments.at(-1)?.cells;
  if (
    !last ||
    width < 2 ||
    last.length !== width ||
    last.some((cell) => cell.trim() === "" || isReading(cell))
  )
    return null;
  return last.map((cell, i) => (i === 0 ? cell.trim().replace(/^(?:#|\/\/|%)+\s*/, "") : cell));
}

/** A delimiter that ends every line makes no column. */
function countColumns(rows: readonly NumberedRow[], layout: Layout, head: string[] | null): number {
  const named = head === null ? 0 : trimmedWidth(head);
  const used = rows.slice(layout.firstData, layout.firstData + 500).map(({ cells }) => trimmedWidth(cells));
  const widths = used.filter((width) => width > 0).sort((a, b) => a - b);
  // A few overlong rows are bad rows, many are columns without a name.
  const common = widths[Math.floor(widths.length * 0.9)] ?? 0;
  return Math.max(1, named, Math.min(common, Math.max(named, layout.width)));
}

function sift(
  rows: readonly NumberedRow[],
  columns: readonly string[],
  head: string[] | null,
  skipped: Skipped,
) {
  const source = { length: rows.length, cells: (i: number) => rows[i]!.cells };
  const sifted = siftRows(source, columns.length, head, skipped);
  const kept = sifted.kept.map((i): SourceRow => {
    const { row, cells } = rows[i]!;
    return { row, cells: cells.length > columns.length ? cells.slice(0, columns.length) : cells };
  });
  const bad = sifted.tooWide.map((i): RejectedRow => {
    const { row, cells } = rows[i]!;
    const width = trimmedWidth(cells);
    return { row, reason: `has ${width} cells where the table has ${columns.length} columns` };
  });
  return { kept, bad };
}

function certaintyOf(
  dialect: ScoredDialect,
  kept: readonly SourceRow[],
  bad: readonly RejectedRow[],
): number {
  const unbroken = kept.length / Math.max(1, kept.length + bad.length);
  const base = dialect.delimiter === "" ? 0.9 : dialect.consistency > 0.95 ? 0.99 : 0.93;
  return base * (0.6 + 0.4 * unbroken);
}
