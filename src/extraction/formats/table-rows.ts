import type { Skipped } from "../contract";
import { isReading } from "./csv/dialect";
import type { Cell } from "./source-table";

/** The rows below a header, of text or of a sheet, numbered from 0. */
export interface DataRows {
  length: number;
  cells(index: number): readonly Cell[];
}

/** Numbers of the rows that are records, and of those that have more cells than the table has columns. */
export interface SiftedRows {
  kept: number[];
  tooWide: number[];
}

/**
 * Parts the records from what else stands among them: blank rows, lines of dashes, headers that come back, totals at
 * the end, footnotes. What is no record is counted in `skipped`; every row is in `kept`, `tooWide` or counted.
 */
export function siftRows(
  rows: DataRows,
  columnCount: number,
  head: readonly Cell[] | null,
  skipped: Skipped,
): SiftedRows {
  const kept: number[] = [];
  const tooWide: number[] = [];
  const headTexts = head?.map(cellText);
  let lastFull = rows.length - 1;
  while (lastFull >= 0 && filledCount(rows.cells(lastFull)) < Math.max(2, columnCount / 2)) lastFull--;
  const totals = totalRows(rows, lastFull);
  for (let i = 0; i < rows.length; i++) {
    const cells = rows.cells(i);
    const width = filledWidth(cells);
    if (width === 0) skipped.blank++;
    else if (isRule(cells)) skipped.comments++;
    else if (headTexts && repeats(cells, headTexts)) skipped.repeated_headers++;
    else if (totals.has(i)) skipped.totals++;
    else if (columnCount >= 3 && i > lastFull && lastFull >= 0 && isFootnote(cells)) skipped.footnotes++;
    else if (width > columnCount) tooWide.push(i);
    else kept.push(i);
  }
  return { kept, tooWide };
}

const cellText = (cell: Cell): string => (cell === null ? "" : String(cell).trim());
const isFilled = (cell: Cell): boolean => cell !== null && (typeof cell !== "string" || cell.trim() !== "");

const filledCount = (cells: readonly Cell[]): number => {
  let count = 0;
  for (const cell of cells) if (isFilled(cell)) count++;
  return count;
};

/** A row ends with its last filled cell. */
const filledWidth = (cells: readonly Cell[]): number => {
  let width = cells.length;
  while (width > 0 && !isFilled(cells[width - 1]!)) width--;
  return width;
};

const repeats = (cells: readonly Cell[], head: readonly string[]): boolean =>
  cells.length === head.length && cells.every((cell, i) => cellText(cell) === head[i]);

/** A line of dashes that parts the names from the rows. */
function isRule(cells: readonly Cell[]): boolean {
  const first = cells.find(isFilled);
  if (typeof first !== "string" || !/^[-=+:_| ]/.test(first.trimStart())) return false;
  const text = cells
    .map((cell) => cell ?? "")
    .join("")
    .trim();
  return text.length >= 3 && text.length < 10_000 && /^[-=+:_| ]+$/.test(text) && /---|===|___/.test(text);
}

const TOTAL = /^(?:grand\s+|sub\s*-?)?totals?\b|^(?:summe|gesamt|insgesamt|suma|totaal|totale|итого)\b/i;

/** Rows that add up the ones above: few, at the end, and named so in the first cell that is filled. */
function totalRows(rows: DataRows, lastFull: number): Set<number> {
  const found = new Set<number>();
  for (let i = 0; i < rows.length; i++) {
    const first = cellText(rows.cells(i).find(isFilled) ?? null);
    if (first.length < 40 && TOTAL.test(first)) found.add(i);
  }
  const last = Math.max(lastFull, rows.length - 4);
  if (found.size > 3 || rows.length < 3) return new Set();
  return new Set([...found].filter((i) => i >= last - 3));
}

function isFootnote(cells: readonly Cell[]): boolean {
  const filled = cells.filter(isFilled);
  return filled.length === 1 && typeof filled[0] === "string" && !isReading(filled[0]);
}
