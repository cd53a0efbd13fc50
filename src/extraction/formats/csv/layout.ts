import { isReading } from "../../infer/reading";
import { EXTRACTION_LIMITS } from "../../limits";
import { filledCount, filledWidth } from "../row-kinds";
import { isUnitsRow, MOST_DESCRIBING, rowsBelowNames } from "./below-names";
import { type Body, bodyOf, isOfBody, namesAbove } from "./body";
import { cleaned, looksLikeHeader, withoutRepeats } from "./header";
import { MOST_HEADER_ROWS, type NameRows, nameRowsAbove, nameRowsAt } from "./stacked-names";

/** Where a table stands among the lines of a file. Indices count the rows given, from 0. */
export interface Layout {
  /** The first row of names; -1 where the table has none. */
  header: number;
  /** Rows of names: several where groups of columns stand above them, 0 without a header. */
  headerRows: number;
  firstData: number;
  /** One of the rows between the names and the first record holds units. */
  hasUnits: boolean;
  /** The number of others there that say what the columns hold. */
  descriptions: number;
  width: number;
}

const NAMELESS = { header: -1, headerRows: 0, hasUnits: false, descriptions: 0 };

/** Finds the header, what stands above it, and what below it says what its columns hold. */
export function findLayout(rows: readonly string[][]): Layout {
  const width = usualWidth(rows);
  const layout = layoutFrom(rows, firstFullRow(rows, width), width);
  const body = bodyOf(rows, width);
  const top = rows.slice(layout.firstData).find((row) => filledCount(row) > 0);
  if (!body || !top) return layout;
  // What seems to say what columns hold may be their names, below a line of a device.
  const isPlain = layout.header >= 0 && layout.descriptions === 0;
  if (isPlain && (body.first <= layout.firstData || isOfBody(top, body.typed))) return layout;
  const isUnits = (at: number) => isUnitsRow(rows[at]!, rows.slice(body.first));
  const names = namesAbove(rows, body, width, isUnits);
  if (names >= 0) return names === layout.header ? layout : headed(rows, names, width);
  if (layout.descriptions > 0) return layout;
  const stacked = nameRowsOver(rows, body, width, isUnits);
  if (stacked) return withRowsBelow(rows, stacked, width);
  // A line of other cells than the rows have is no row of names to them.
  const isTitle = layout.header >= 0 && filledWidth(rows[layout.header]!) > width;
  return isTitle ? { ...NAMELESS, firstData: body.first, width } : layout;
}

/** The layout of a table of which `start` is the first row that fills it. */
function layoutFrom(rows: readonly string[][], start: number, width: number): Layout {
  const head = rows[start] ?? [];
  const below = rows
    .slice(start + 1, start + 200)
    .filter((row) => filledCount(row) >= Math.max(1, width / 2));
  if (!looksLikeHeader(head, withoutRepeats(head, below))) return { ...NAMELESS, firstData: start, width };
  return headed(rows, start, width);
}

function headed(rows: readonly string[][], start: number, width: number): Layout {
  return withRowsBelow(rows, nameRowsAt(rows, start, width), width);
}

function withRowsBelow(rows: readonly string[][], { first, last }: NameRows, width: number): Layout {
  const below = rowsBelowNames(rows, { first, last }, width);
  // Where the first column's name is the lowest, all that stands above it are names.
  const isName = below.namesFirst && last - first + 1 + below.count <= MOST_HEADER_ROWS;
  const described = isName ? 0 : below.count;
  return {
    header: first,
    headerRows: last - first + 1 + (isName ? below.count : 0),
    firstData: last + 1 + below.reach,
    hasUnits: below.hasUnits && !isName,
    descriptions: described - Number(below.hasUnits && !isName),
    width,
  };
}

/** Rows that name a body together where none does alone, below which units or one word for all columns may stand. */
function nameRowsOver(
  rows: readonly string[][],
  body: Body,
  width: number,
  isUnits: (at: number) => boolean,
): NameRows | null {
  for (let last = body.first - 1; last > 0 && body.first - last <= MOST_DESCRIBING; last--) {
    const filled = cleaned(rows[last]).filter((cell) => cell !== "");
    if (isUnits(last) || new Set(filled).size < 2) continue;
    return nameRowsAbove(rows, last, body, width);
  }
  return null;
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
