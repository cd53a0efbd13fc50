import { isMissingWord } from "../../infer/numbers";
import { isReading } from "../../infer/reading";
import { asUnit } from "../../infer/units";
import { EXTRACTION_LIMITS } from "../../limits";
import { filledCount, filledWidth } from "../row-kinds";
import { bodyOf, isOfBody, namesAbove } from "./body";
import { cleaned, looksLikeHeader, share, withoutRepeats } from "./header";

/** Where a table stands among the lines of a file. Indices count the rows given, from 0. */
export interface Layout {
  /** The first row of names; -1 where the table has none. */
  header: number;
  /** Rows of names: two where groups of columns stand above them, 0 without a header. */
  headerRows: number;
  firstData: number;
  unitsRow: number;
  width: number;
}

/** Finds the header, what stands above it, and a row of units below it. */
export function findLayout(rows: readonly string[][]): Layout {
  const width = usualWidth(rows);
  const layout = layoutFrom(rows, firstFullRow(rows, width), width);
  const body = bodyOf(rows, width);
  const top = rows.slice(layout.firstData).find((row) => filledCount(row) > 0);
  if (!body || !top) return layout;
  if (layout.header >= 0 && (body.first <= layout.firstData || isOfBody(top, body.typed))) return layout;
  const names = namesAbove(rows, body, width, (at) => isUnitsRow(rows[at], rows.slice(body.first)));
  if (names >= 0) return names === layout.header ? layout : headed(rows, names, width);
  // A line of other cells than the rows have is no row of names to them.
  const isTitle = layout.header >= 0 && filledWidth(rows[layout.header]!) > width;
  return isTitle ? { header: -1, headerRows: 0, firstData: body.first, unitsRow: -1, width } : layout;
}

/** The layout of a table of which `start` is the first row that fills it. */
function layoutFrom(rows: readonly string[][], start: number, width: number): Layout {
  const head = rows[start] ?? [];
  const below = rows
    .slice(start + 1, start + 200)
    .filter((row) => filledCount(row) >= Math.max(1, width / 2));
  if (!looksLikeHeader(head, withoutRepeats(head, below)))
    return { header: -1, headerRows: 0, firstData: start, unitsRow: -1, width };
  return headed(rows, start, width);
}

function headed(rows: readonly string[][], start: number, width: number): Layout {
  const { first, last } = headerAt(rows, start, width);
  const unitsRow = isUnitsRow(rows[last + 1], rows.slice(last + 2, last + 30)) ? last + 1 : -1;
  return {
    header: first,
    headerRows: last - first + 1,
    firstData: unitsRow < 0 ? last + 1 : unitsRow + 1,
    unitsRow,
    width,
  };
}

const repeats = (names: readonly string[]): number => {
  const filled = names.filter((name) => name !== "");
  return filled.length - new Set(filled).size;
};

/**
 * Names may stand in two rows: groups of columns ("North", blank, "South", blank) above what repeats in each of them
 * ("min", "max", "min", "max"). `start` is either of the two.
 */
function headerAt(rows: readonly string[][], start: number, width: number): { first: number; last: number } {
  const grouped = (names: readonly string[]) =>
    repeats(names) > 0 || names.slice(1, width).some((name, i) => name === "" && names[i] !== "");
  const below = grouped(cleaned(rows[start])) && namesReadings(rows, start + 1, width);
  const last = below ? start + 1 : start;
  const names = cleaned(rows[last]);
  const above = cleaned(rows[last - 1]);
  const groups = above.filter((cell) => cell !== "");
  const told = repeats(names) > 0 || namesReadingsBelow(rows, last, above);
  const stacked =
    last > 0 &&
    (below || (told && groups.length >= 2 && above.length === names.length)) &&
    !groups.some(isReading) &&
    grouped(above);
  return stacked ? { first: last - 1, last } : { first: start, last: start };
}

/** Whether a row names a column of readings over which the row of names below it has none. */
const namesReadingsBelow = (rows: readonly string[][], at: number, above: readonly string[]): boolean =>
  cleaned(rows[at]).some(
    (name, i) =>
      i > 0 && name === "" && (above[i] ?? "") !== "" && share(rows.slice(at + 1, at + 60), i) >= 0.7,
  );

/** One name a column from the rows of a header: those of groups of columns are put before the names below them. */
export function joinedNames(header: readonly (readonly string[])[]): string[] {
  const names = cleaned(header.at(-1));
  const above = cleaned(header.at(-2));
  let group = "";
  return names.map((name, i) => {
    // A blank group goes on from the left, but not over the leading columns, which have none.
    if ((above[i] ?? "") !== "") group = above[i]!;
    return i === 0 && name !== "" ? name : [group, name].filter(Boolean).join(" ");
  });
}

/**
 * A row without readings of which every cell over readings says something, or has its name in the row above it: surveys
 * write a question that is one column above an empty cell, or above "Response".
 */
function namesReadings(rows: readonly string[][], at: number, width: number): boolean {
  const row = cleaned(rows[at]);
  const above = cleaned(rows[at - 1]);
  const named = row.filter((cell, i) => cell !== "" || (above[i] ?? "") !== "").length;
  if (row.some(isReading) || named < width * 0.6) return false;
  const below = rows.slice(at + 1, at + 60).filter((one) => filledCount(one) >= width / 2);
  const typed = row.flatMap((cell, i) => (share(below, i) >= 0.7 ? [{ cell, above: above[i] ?? "" }] : []));
  const isNamed = (one: { cell: string; above: string }) =>
    one.cell === "" ? one.above !== "" : !isMissingWord(one.cell);
  return below.length > 0 && typed.some(({ cell }) => cell !== "") && typed.every(isNamed);
}

function usualWidth(rows: readonly string[][]): number {
  const counts = new Map<number, number>();
  for (const row of rows) if (filledCount(row) > 0) counts.set(row.length, (counts.get(row.length) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 0;
}

/** The first row that fills the table; a title or a date of printing above it fills a cell or two. */
function firstFullRow(rows: readonly string[][], width: number): number {
  const usual = median(rows.map(filledCount).filter((count) => count > 0));
  const enough = Math.max(Math.min(2, width), Math.ceil(usual * 0.6));
  for (let i = 0; i < Math.min(rows.length, EXTRACTION_LIMITS.preambleLines); i++) {
    const row = rows[i]!;
    if (row.length < Math.min(width, usual)) continue;
    if (filledCount(row) >= enough && runsOn(rows, i, enough)) return i;
    if (namesEveryColumn(row, width) || namesAllButRows(row, rows[i + 1], width)) return i;
  }
  const any = rows.findIndex((row) => filledCount(row) > 0);
  return Math.max(0, any);
}

const runsOn = (rows: readonly string[][], from: number, enough: number): boolean => {
  const next = rows.slice(from + 1, from + 8).filter((row) => filledCount(row) > 0);
  return next.length === 0 || next.filter((row) => filledCount(row) >= enough / 2).length >= next.length / 2;
};

const areNames = (cells: readonly string[]): boolean =>
  new Set(cells).size === cells.length && cells.every((cell) => cell !== "" && !isReading(cell));

/** No title does that: what follows may be as sparse as it will, as readings that begin long after their first row. */
const namesEveryColumn = (row: readonly string[], width: number): boolean =>
  width > 2 && row.length === width && areNames(cleaned(row));

/** Names of rows have none of their own (",height"), which in a narrow table leaves a header half empty. */
function namesAllButRows(
  row: readonly string[],
  next: readonly string[] | undefined,
  width: number,
): boolean {
  const [corner, ...names] = cleaned(row);
  const [first, ...rest] = cleaned(next);
  return (
    width > 1 &&
    row.length === width &&
    corner === "" &&
    areNames(names) &&
    first !== undefined &&
    first !== "" &&
    rest.some(isReading)
  );
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;

function isUnitsRow(row: string[] | undefined, below: readonly string[][]): boolean {
  if (!row || below.length === 0) return false;
  const filled = row.map((cell) => cell.trim()).filter((cell) => cell !== "");
  const units = filled.filter((cell) => asUnit(cell.replace(/^[([](.*)[)\]]$/, "$1")) !== null).length;
  if (units === 0 || filled.some(isReading) || units < filled.length / 2) return false;
  return row.some(
    (cell, i) => asUnit(cell.replace(/^\s*[([](.*)[)\]]\s*$/, "$1")) !== null && share(below, i) >= 0.7,
  );
}
