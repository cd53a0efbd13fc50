import { joinLines } from "./cells";
import { columnAt } from "./columns";
import type { Word } from "./geometry";
import type { Grid } from "./grid";
import { type Chunk, chunksOf, isMissing, isNumeric, textOf } from "./lines";
import { linesOf } from "./words";

/** A cell with text: the rows and columns it covers, both ends included, counted over those that hold any text. */
export interface GridCell {
  row: number;
  lastRow: number;
  from: number;
  to: number;
  text: string;
  lines: string[];
  /** Pieces of text beside each other, at most in a line. */
  pieces: number;
}

/** A ruled table's cells with text, and where its rows and columns stand. */
export interface GridCells {
  cells: GridCell[];
  rows: { y: number; size: number }[];
  columns: { x0: number; x1: number }[];
  words: Word[];
  /** Whether most cells are rectangles and text stands all over the grid: in that of a chart bars and lines cut each other. */
  regular: boolean;
}

/** The words that stand in a grid by cell. Rows and columns without any are left out: they only space the others. */
export function cellsOfGrid(grid: Grid, words: readonly Word[]): GridCells {
  const { xs, ys } = grid;
  const width = xs.length - 1;
  const [insideX, insideY] = [xs.slice(1, -1), ys.slice(1, -1)];
  const byCell = new Map<number, Word[]>();
  const inside: Word[] = [];
  for (const word of words) {
    const x = (word.x0 + word.x1) / 2;
    const y = word.y - 0.35 * word.size;
    if (x < xs[0]! || x > xs.at(-1)! || y < ys[0]! || y > ys.at(-1)!) continue;
    inside.push(word);
    const cell = grid.cells[columnAt(insideY, y) * width + columnAt(insideX, x)]!;
    const own = byCell.get(cell);
    if (own) own.push(word);
    else byCell.set(cell, [word]);
  }
  const boxes = boxesOf(grid, byCell);
  const rows = [...new Set(boxes.map(({ row }) => row))].sort((a, b) => a - b);
  const columns = [...new Set(boxes.map(({ from }) => from))].sort((a, b) => a - b);
  const lastOf = (used: readonly number[], at: number) => used.findLastIndex((place) => place <= at);
  const cells = boxes
    .map(({ id, row, lastRow, from, to }) => {
      const inLines = linesOf(byCell.get(id)!, 0.42);
      const lines = inLines.map(textOf);
      return {
        row: rows.indexOf(row),
        lastRow: lastOf(rows, lastRow),
        from: columns.indexOf(from),
        to: lastOf(columns, to),
        text: joinLines(lines),
        lines,
        pieces: Math.max(...inLines.map((line) => chunksOf(line).length)),
      };
    })
    .sort((a, b) => a.row - b.row || a.from - b.from);
  return {
    cells,
    words: inside,
    regular:
      boxes.filter(isRectangle).length >= boxes.length * RECTANGLES &&
      rows.length >= (ys.length - 1) * FILLED &&
      columns.length >= width * FILLED,
    rows: rows.map((row) => ({ y: ys[row + 1]!, size: ys[row + 1]! - ys[row]! })),
    columns: columns.map((column, i) => ({ x0: xs[column]!, x1: xs[columns[i + 1] ?? width]! })),
  };
}

/** Of a table's rows and columns most hold text; the others space them. */
const FILLED = 0.5;

/** A lost piece of a rule makes a corner of two cells. */
const RECTANGLES = 0.8;

const isRectangle = ({ places, row, lastRow, from, to }: Box): boolean =>
  places === (lastRow - row + 1) * (to - from + 1);

interface Box {
  /** How many places of the grid it covers. */
  places: number;
  id: number;
  row: number;
  lastRow: number;
  from: number;
  to: number;
}

function boxesOf({ cells, xs }: Grid, byCell: ReadonlyMap<number, unknown>): Box[] {
  const width = xs.length - 1;
  const boxes = new Map<number, Box>();
  cells.forEach((id, at) => {
    if (!byCell.has(id)) return;
    const row = Math.floor(at / width);
    const column = at % width;
    const box = boxes.get(id);
    if (!box) boxes.set(id, { id, row, lastRow: row, from: column, to: column, places: 1 });
    else {
      box.places++;
      box.lastRow = row;
      box.from = Math.min(box.from, column);
      box.to = Math.max(box.to, column);
    }
  });
  return [...boxes.values()];
}

/**
 * Whether rules part the rows too. Where they only frame columns, or groups of rows, cells hold one below the other what
 * stands in rows: several cells of a row have as many lines, some of them nothing but numbers.
 */
export function partsRows({ cells, rows }: GridCells): boolean {
  const unruled = rows.filter((_, row) => {
    const own = cells.filter((cell) => cell.row === row && cell.lines.length > 1);
    const stacks = own.filter(({ lines }) => lines.every((line) => isNumeric(line) || isMissing(line)));
    const bare = stacks.filter(({ lines }) => !/^[([]/.test(lines.at(-1)!));
    return bare.some((stack) =>
      own.some((cell) => cell !== stack && cell.lines.length >= stack.lines.length),
    );
  });
  return unruled.length === 0;
}

/** Whether rules part all columns: where they part only groups of them, many cells hold several texts beside each other. */
export function partsColumns({ cells, columns }: GridCells): boolean {
  const own = cells.filter(({ row, from, to }) => row > 0 && to - from + 1 < columns.length);
  return own.filter(({ pieces }) => pieces > 1).length <= own.length * 0.15;
}

/**
 * Below the names one row of cells that have three lines and more each, all as many: rules part the names and the columns,
 * and every line is a row. Numbers are told better by their places: rules may leave out some of the columns.
 */
export function withLinesAsRows(grid: GridCells): GridCells {
  const block = grid.cells.filter(({ row }) => row === 1);
  const count = block[0]?.lines.length ?? 0;
  const even = block.every(({ lines, row, lastRow }) => lines.length === count && lastRow === row);
  const numbers = block.some(({ text }) => text.split(" ").some(isNumeric));
  if (grid.rows.length !== 2 || count < 3 || !even || numbers || block.length < grid.columns.length)
    return grid;
  const lineRows = block.flatMap((cell) =>
    cell.lines.map((text, i) => ({ ...cell, text, lines: [text], row: 1 + i, lastRow: 1 + i })),
  );
  const names = grid.cells.filter(({ row, lastRow }) => row === 0 && lastRow === 0);
  const [head, body] = grid.rows as [GridCells["rows"][number], GridCells["rows"][number]];
  const rows = block[0]!.lines.map((_, i) => ({
    y: body.y - body.size * (1 - (i + 1) / count),
    size: body.size / count,
  }));
  return { ...grid, cells: [...names, ...lineRows.sort((a, b) => a.row - b.row)], rows: [head, ...rows] };
}

/** The lines of the page that stand in the grid, as pieces of text: what a table without rules would be read from. */
export const linesInGrid = ({ words }: GridCells): Chunk[][] => linesOf(words, 0.42).map(chunksOf);
