import type { BodyRow } from "./body";
import { cleanLabel, cleanValue, unwrapColumn } from "./cells";
import type { Columns } from "./columns";
import type { PageLayer, Word } from "./geometry";
import { findGrids } from "./grid";
import {
  cellsOfGrid,
  type GridCell,
  type GridCells,
  linesInGrid,
  partsColumns,
  partsRows,
  withLinesAsRows,
} from "./grid-cells";
import { areShares, findHeader, type Header, linesAbove, namesAndUnits } from "./header";
import { isGridTable } from "./judge";
import { isMissing, isNumeric, type Row, rowOf, rowsOf } from "./lines";
import { isNumberHead } from "./number-header";
import { type Between, isDataRow } from "./regions";
import { type PageTable, partedBy } from "./tables";

export interface GridTables {
  tables: PageTable[];
  /** Words that stand in them. */
  words: Set<Word>;
}

/** The tables of a page whose cells are drawn. */
export function ruledTables(layer: PageLayer): GridTables {
  const grids = findGrids(layer.rules)
    .map((grid) => withLinesAsRows(cellsOfGrid(grid, layer.words)))
    .filter((cells) => cells.columns.length >= 2 && cells.rows.length >= 2 && isDrawn(cells));
  const found: GridTables = { tables: [], words: new Set() };
  if (grids.length === 0) return found;
  const inside = new Set(grids.flatMap(({ words }) => words));
  const { rows, prose } = rowsOf({ ...layer, words: layer.words.filter((word) => !inside.has(word)) });
  for (const cells of grids) {
    const table = readGrid(cells, rows, layer, partedBy(prose));
    if (table === null) continue;
    found.tables.push(table);
    for (const word of cells.words) found.words.add(word);
  }
  return found;
}

const isDrawn = (cells: GridCells): boolean => cells.regular && partsRows(cells) && partsColumns(cells);

function readGrid(
  grid: GridCells,
  outside: readonly Row[],
  layer: PageLayer,
  parted: Between,
): PageTable | null {
  const numeric = grid.columns.map((_, c) => isNumericColumn(grid, c));
  const { titles, names, numbering, first } = headOf(grid, numeric);
  if (first >= grid.rows.length) return null;
  const columns: Columns = {
    bounds: grid.columns.slice(1).map(({ x0 }) => x0),
    extents: grid.columns,
    numeric,
    ruled: grid.columns.slice(1).map(() => true),
  };
  const lines = linesInGrid(grid);
  const top = rowOf(lines[0]!);
  const above = outside.filter(({ y }) => y < top.y);
  const header = headerOf(grid, { titles, names }, above, columns, top, layer, parted);
  const body = bodyOf(grid, first, columns, header, layer.page);
  const numericLines = lines.filter((line) => isDataRow(rowOf(line))).length;
  const table: PageTable = {
    page: layer.page,
    top: top.y,
    columns,
    header,
    body,
    notes: 0,
    numbering,
    numericLines,
    ruled: true,
  };
  if (!numeric.includes(true) && names.length === 1)
    table.firstRow = bodyOf(grid, names[0]!, columns, header, layer.page)[0]!;
  return isGridTable(table) ? table : null;
}

const textsOf = ({ cells, columns }: GridCells, row: number): string[] => {
  const texts = columns.map(() => "");
  for (const cell of cells) if (cell.row === row) texts[cell.from] = cell.text;
  return texts;
};

/** Of the lower part of a column, where no name stands any more, most are numbers. */
function isNumericColumn({ cells, rows }: GridCells, c: number): boolean {
  const start = Math.min(4, rows.length >> 1);
  const texts = cells.filter(({ row, from }) => row >= start && from === c).map(({ text }) => text);
  const numbers = texts.filter(isNumeric).length;
  return (
    numbers > 0 && texts.filter((text) => isNumeric(text) || isMissing(text)).length >= texts.length * 0.6
  );
}

/** A cell with more is a text, not a name. */
const NAME_CHARS = 80;

const areNames = (cells: readonly GridCell[], count: number): boolean =>
  cells.length >= count * 0.6 && cells.every(({ text }) => text.length <= NAME_CHARS);

interface GridHead {
  /** Rows of one cell over all columns, above the names. */
  titles: number[];
  names: number[];
  numbering: number;
  /** The first row of the body. */
  first: number;
}

/** Names are what stands over the numbers and is none; where there are no numbers, the first row and what it reaches over. */
function headOf(grid: GridCells, numeric: readonly boolean[]): GridHead {
  const head: GridHead = { titles: [], names: [], numbering: 0, first: 0 };
  const { cells, rows, columns } = grid;
  const isBand = (row: number) => {
    const own = cells.filter((cell) => cell.row === row);
    return own.length === 1 && own[0]!.from === 0 && own[0]!.to === columns.length - 1;
  };
  while (head.first < rows.length && isBand(head.first)) head.titles.push(head.first++);
  if (!numeric.includes(true)) {
    const own = cells.filter(({ row }) => row === head.first);
    if (!areNames(own, columns.length)) return head;
    const spans = own.some(({ from, to }) => to > from);
    const depth = Math.max(spans ? 2 : 1, ...own.map(({ row, lastRow }) => lastRow - row + 1));
    for (let i = 0; i < depth; i++) head.names.push(head.first++);
    return head;
  }
  const most = Math.min(rows.length - 1, head.first + 6);
  for (; head.first < most; head.first++) {
    const texts = textsOf(grid, head.first);
    const inNumbers = texts.filter((text, c) => numeric[c] && text !== "");
    const values = inNumbers.filter((text) => isNumeric(text) || isMissing(text));
    if (inNumbers.length > 0 && values.length <= inNumbers.length * 0.4) {
      head.names.push(head.first);
      continue;
    }
    const below = rows
      .slice(head.first + 1, head.first + 13)
      .map((_, i) => textsOf(grid, head.first + 1 + i));
    const kind = isNumberHead(texts, below, numeric);
    // A band under the names, or a label alone, heads the rows that follow.
    if (kind === null) break;
    if (kind === "names") head.names.push(head.first);
    else head.numbering++;
  }
  return head;
}

function headerOf(
  { cells }: GridCells,
  { titles, names }: Pick<GridHead, "titles" | "names">,
  above: readonly Row[],
  columns: Columns,
  top: Row,
  layer: PageLayer,
  parted: Between,
): Header {
  const title = titles.map((row) => cells.find((cell) => cell.row === row)!.text).join(" ") || null;
  if (names.length === 0 && columns.numeric.includes(true)) {
    const header = findHeader(above, [], [top], columns, layer, parted);
    // A line over the labels alone names the table.
    const [stub, ...rest] = header.names;
    if (stub !== "" && rest.every((name) => name === ""))
      return {
        ...header,
        names: header.names.map(() => ""),
        lines: 0,
        caption: title ?? header.caption ?? stub!,
      };
    return { ...header, caption: title ?? header.caption };
  }
  const lines = names.map((row) => cells.filter((cell) => cell.row === row));
  const outside = linesAbove(above, top, columns, layer.width, parted);
  const caption = title ?? outside.caption;
  return { ...namesAndUnits(lines, columns.extents.length), lines: names.length, headings: [], caption };
}

function bodyOf(grid: GridCells, first: number, columns: Columns, header: Header, page: number): BodyRow[] {
  const { rows } = grid;
  const count = columns.extents.length;
  const table = rows.map(() => new Array<GridCell | null>(count).fill(null));
  for (const cell of grid.cells) {
    // What is merged over rows holds for all of them; of numbers, only where they lead the table.
    const last = columns.numeric[cell.from] && cell.from > 0 ? cell.row : cell.lastRow;
    for (let row = cell.row; row <= last; row++) table[row]![cell.from] = cell;
  }
  const headings = headingRows(table, first);
  const body: BodyRow[] = [];
  let section: string | null = null;
  for (let row = first; row < rows.length; row++) {
    if (headings.has(row)) {
      section = table[row]!.find((cell) => cell !== null)!.text;
      continue;
    }
    const cells = table[row]!.map((cell, c) => {
      if (cell === null) return null;
      return columns.numeric[c] || isNumeric(cell.text)
        ? cleanValue(cell.text)
        : cleanLabel(cell.text) || null;
    });
    if (cells.some((cell) => cell !== null)) body.push({ page, y: rows[row]!.y, cells, section });
  }
  columns.numeric.forEach((numeric, c) => {
    if (!numeric) return;
    const unwrapped = unwrapColumn(
      body.map(({ cells }) => cells[c]!),
      areShares(header.names[c]!),
    );
    body.forEach((row, r) => {
      row.cells[c] = unwrapped[r]!;
    });
  });
  return body;
}

/**
 * Rows that head those below them: one cell over several columns, or a label alone in a table that has no gaps otherwise
 * and begins with such a row. One label without numbers among others is a record of which nothing is known.
 */
function headingRows(table: readonly (readonly (GridCell | null)[])[], first: number): Set<number> {
  const rows = table.map((cells) => cells.filter((cell) => cell !== null)).slice(first);
  const alone = rows.map(
    (cells, i) =>
      i < rows.length - 1 && cells.length === 1 && cells[0]!.from === 0 && !isNumeric(cells[0]!.text),
  );
  const others = rows.filter((_, i) => !alone[i]);
  const filled = others.reduce((sum, cells) => sum + cells.length, 0);
  const dense = filled >= others.length * (table[0]?.length ?? 0) * 0.7;
  const apart = alone.every((is, i) => !is || alone[i + 1] !== true);
  const grouped = alone[0] === true && alone.filter(Boolean).length >= 2 && dense && apart;
  return new Set(
    rows.flatMap((cells, i) => (alone[i] && (grouped || cells[0]!.to > cells[0]!.from) ? [first + i] : [])),
  );
}
