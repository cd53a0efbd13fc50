import { type BodyRow, readBody } from "./body";
import { isCaption, isFigure, isNote } from "./captions";
import { isPeriod, joinLines } from "./cells";
import { type Columns, cellsOf, columnAt, findColumns } from "./columns";
import { median, overlap, type PageLayer } from "./geometry";
import { ruledTables } from "./grid-table";
import { areShares, findHeader, type Header } from "./header";
import { isFigureText, isTable } from "./judge";
import { PDF_LIMITS } from "./limits";
import { type Chunk, isNumeric, type Row, rowsOf, textOf } from "./lines";
import { isListing } from "./listing";
import { isNumberHeader } from "./number-header";
import { type Between, findRegions, headsNext, isDataRow, type Region } from "./regions";
import { type Remainder, remainderOf } from "./remainder";
import { besideEachOther, coreRows, shrink, splitAt, withoutStrays } from "./trim";

/** A table of one page. */
export interface PageTable {
  page: number;
  top: number;
  columns: Columns;
  header: Header;
  body: BodyRow[];
  /** Lines that stand with the table and are no rows: sources, notes, the columns' numbering. */
  notes: number;
  numbering: number;
  /** Lines with numbers that became rows or names. */
  numericLines: number;
  /** Whether rules part its cells; else the places of its words do. */
  ruled: boolean;
  /** Of a table without numbers: its first row, which was taken for the names only for standing first. */
  firstRow?: BodyRow;
}

export interface PageTables {
  tables: PageTable[];
  /** Lines of the page that look like rows: a number and something beside it. The scales of charts and what programs print are not among them. */
  numericLines: number;
  remainder: Remainder | null;
}

interface Page {
  layer: PageLayer;
  prose: readonly Chunk[];
  parted: Between;
  /** Lines with numbers that are of charts and of programs. */
  otherLines: number;
}

/** Finds the tables of a page's text: those whose cells are drawn, then the others by the places of their words. */
export function tablesOf(layer: PageLayer): PageTables {
  const ruled = ruledTables(layer);
  const words = ruled.words.size === 0 ? layer.words : layer.words.filter((word) => !ruled.words.has(word));
  const { rows, prose } = rowsOf({ ...layer, words });
  const page: Page = { layer, prose, parted: partedBy(prose), otherLines: 0 };
  const tables = [...ruled.tables];
  let remainder: Remainder | null = null;
  for (const [at, region] of findRegions(rows, page.parted).entries()) {
    if (tables.length >= PDF_LIMITS.tables) break;
    if (isListing(region.rows)) {
      page.otherLines += region.rows.filter(isDataRow).length;
      continue;
    }
    const read = readRegion(region, page);
    if (at === 0 && tables.length + read.length === 0) remainder = remainderOf(layer.page, region.rows);
    tables.push(...read);
  }
  tables.sort((a, b) => a.top - b.top);
  const inGrids = ruled.tables.reduce((sum, table) => sum + table.numericLines, 0);
  const numericLines = rows.filter(isDataRow).length + inGrids - page.otherLines;
  return { tables, numericLines, remainder };
}

export const partedBy =
  (prose: readonly Chunk[]): Between =>
  (above: Row, below: Row) =>
    prose.some(
      (chunk) =>
        chunk.y > above.y + 0.3 * above.size &&
        chunk.y < below.y - 0.3 * below.size &&
        overlap(chunk, { x0: Math.min(above.x0, below.x0), x1: Math.max(above.x1, below.x1) }) > 0,
    );

/** Regions are parted and trimmed at most so often: each time all rows are read again. */
const MOST_PARTS = 12;

function readRegion(region: Region, page: Page, depth = 0): PageTable[] {
  if (depth > MOST_PARTS || region.rows.filter(isDataRow).length < 2) return [];
  const columns = findColumns(coreRows(region.rows), page.layer.rules.vertical);
  const inner = withoutStrays(region, columns);
  if (inner !== region) return readRegion(inner, page, depth + 1);
  const data = region.rows.filter(isDataRow);
  if (columns.bounds.length === 0 || columns.extents.length > PDF_LIMITS.columns) return [];
  // Years or names between the rows begin another table with columns of its own.
  const cut = region.rows.findIndex((row, i) => i > 1 && beginsAnother(row, region.rows, i, columns));
  if (cut > 0) {
    const head = { rows: region.rows.slice(0, cut), above: region.above, below: [] };
    const tail = { rows: region.rows.slice(cut), above: [], below: region.below };
    return [...readRegion(shrink(head), page, depth + 1), ...readRegion(tail, page, depth + 1)];
  }
  const sides = besideEachOther(columns, data);
  if (sides !== null) {
    return splitAt(region, sides).flatMap((side) => readRegion(shrink(side), page, depth + 1));
  }
  const table = readTable(region, columns, page);
  return table ? [table] : [];
}

function beginsAnother(row: Row, rows: readonly Row[], i: number, columns: Columns): boolean {
  if (!isDataRow(row)) return false;
  const rest = rows.slice(i + 1).filter(isDataRow);
  if (rest.length < 2 || isNumberHeader(row, rest, columns) !== "names") return false;
  // Between rows a row of years has no label of its own, or stands off from the row above.
  const before = rows[i - 1]!;
  const labelled = row.chunks[0]!.x1 <= columns.bounds[0]!;
  if (labelled && row.y - before.y < 1.4 * (rows[i + 1]!.y - row.y)) return false;
  // A heading row right at the top is the table's own.
  return rows
    .slice(0, i)
    .some((other) => isDataRow(other) && isNumberHeader(other, rows.slice(i), columns) === null);
}

function readTable(region: Region, columns: Columns, page: Page): PageTable | null {
  const { layer, parted } = page;
  const own: Row[] = [];
  const rest = [...region.rows];
  const numbers: Row[] = [];
  while (rest.length > 1 && isDataRow(rest[0]!)) {
    const lower = rest.slice(1).filter(isDataRow);
    const kind =
      isNumberHeader(rest[0]!, lower, columns) ??
      (own.length === 0 && isLoneYear(rest[0]!, lower, region, columns) ? "names" : null);
    if (kind === null) break;
    if (kind === "numbering") numbers.push(rest[0]!);
    else own.push(rest[0]!);
    rest.shift();
    // Lines between the years and the first row go on with the header, or head the rows.
    while (kind === "names" && rest.length > 2 && goesOn(own.at(-1)!, rest[0]!)) own.push(rest.shift()!);
  }
  const data = rest.filter(isDataRow);
  if (data.length < 1) return null;
  const header = findHeader(region.above, own, rest, columns, layer, parted);
  header.caption ??= captionInProse(page.prose, rest[0]!, columns);
  // Where nothing else names the columns their numbers do.
  if (numbers.length > 0 && header.names.every((name) => name === "")) {
    header.names = cellsOf(numbers[0]!, columns.bounds).map(textOf);
    header.lines += numbers.splice(0, 1).length;
  }
  const numbering = numbers.length;
  const shares = header.names.map(areShares);
  const tail = wrappedEnd(region.below, rest, columns);
  const body = readBody([...header.headings, ...rest, ...tail], columns, layer.page, shares);
  const notes = region.below.slice(tail.length).filter(isNoteLine).length;
  const numericLines = region.rows.filter(isDataRow).length;
  const found = { columns, header, body, notes, numbering, numericLines };
  const table = { page: layer.page, top: rest[0]!.y, ruled: false, ...found };
  if (isFigureText(table)) page.otherLines += numericLines;
  else if (isTable(table)) return table;
  return null;
}

/** A caption right below a paragraph was taken for its last lines. */
function captionInProse(prose: readonly Chunk[], first: Row, columns: Columns): string | null {
  const table = { x0: columns.extents[0]!.x0, x1: columns.extents.at(-1)!.x1 };
  const above = prose
    .filter((chunk) => chunk.y < first.y && first.y - chunk.y < 12 * chunk.size && overlap(chunk, table) > 0)
    .sort((a, b) => a.y - b.y);
  const at = above.findLastIndex(({ words }) => isCaption(textOf(words)) && !isFigure(textOf(words)));
  const lines = above.slice(at);
  if (at < 0 || lines.length > 3) return null;
  return joinLines(lines.map(({ words }) => textOf(words))).slice(0, 240);
}

const isNoteLine = ({ chunks }: Row): boolean => {
  const text = textOf(chunks[0]!.words);
  return isNote(text) || (chunks.length === 1 && /^\d{1,2}\s+\p{L}/u.test(text));
};

const goesOn = (head: Row, row: Row): boolean =>
  !isDataRow(row) && (row.chunks.length > 1 || row.y - head.y < 0.9 * row.size);

/** "Country | 2009" over a single column of numbers, where no names stand above. */
function isLoneYear(row: Row, lower: readonly Row[], { above }: Region, columns: Columns): boolean {
  if (columns.extents.length !== 2 || row.chunks.length !== 2) return false;
  const [name, year] = row.chunks.map(({ words }) => textOf(words));
  if (isNumeric(name!) || !isPeriod(year!) || headsNext(above.at(-1) ?? row, row)) return false;
  return lower.length >= 2 && !lower.some(({ chunks }) => isPeriod(textOf(chunks.at(-1)!.words)));
}

/**
 * The cells of the last row may go on below their numbers. Where rows stand apart, lines close below it are of it; where
 * they do not, only those that begin in the middle of a sentence.
 */
function wrappedEnd(below: readonly Row[], rows: readonly Row[], columns: Columns): Row[] {
  const data = rows.filter(isDataRow);
  const pitch = median(data.slice(1).map((row, i) => row.y - data[i]!.y));
  const end: Row[] = [];
  let last = rows.at(-1)!;
  for (const row of below.slice(0, 4)) {
    const text = textOf(row.chunks[0]!.words);
    const inside = row.chunks.every(({ x0, x1, words }) => {
      const c = columnAt(columns.bounds, x0);
      const starts = x0 >= columns.extents[c]!.x0 - 1;
      return starts && c === columnAt(columns.bounds, x1) && !columns.numeric[c] && !isNumeric(textOf(words));
    });
    const close = row.y - last.y < 1.35 * last.size;
    if (!inside || !close || isNote(text) || !(/^[\p{Ll}&(]/u.test(text) || pitch > 1.5 * last.size)) break;
    end.push(row);
    last = row;
  }
  return end;
}
