import type { Cell } from "../source-table";
import type { SheetCells } from "./cells";
import type { Area } from "./reference";

/** Where in a column of a region something stands. */
export interface ColumnExtent {
  top: number;
  bottom: number;
  filled: number;
}

/** A part of a sheet: some of its filled rows and columns, in order. Rows in it count from 0. */
export class Region {
  /** Numbers of filled rows, as `cells` counts them. */
  readonly rows: Int32Array;
  /** Columns of the sheet in which a cell of the region is filled. */
  readonly columns: Int32Array;
  readonly cells: SheetCells;
  readonly #place: Int32Array;

  private constructor(cells: SheetCells, rows: Int32Array, columns: Int32Array) {
    this.cells = cells;
    this.rows = rows;
    this.columns = columns;
    const [left = 0] = columns;
    this.#place = new Int32Array((columns.at(-1) ?? left) - left + 1).fill(-1);
    columns.forEach((column, i) => {
      this.#place[column - left] = i;
    });
  }

  /** What is filled of a sheet within an area; null where nothing is. */
  static within(cells: SheetCells, area: Area): Region | null {
    const from = firstRowFrom(cells, area.top);
    const rows: number[] = [];
    const filled = new Uint8Array(area.right - area.left + 1);
    for (let row = from; row < cells.rowCount && cells.rowNumber(row) <= area.bottom; row++) {
      let isFilled = false;
      const visit = (column: number) => {
        isFilled = true;
        filled[column - area.left] = 1;
      };
      cells.eachCell(row, visit, area.left, area.right);
      if (isFilled) rows.push(row);
    }
    if (rows.length === 0) return null;
    const columns: number[] = [];
    filled.forEach((is, i) => {
      if (is === 1) columns.push(area.left + i);
    });
    return new Region(cells, Int32Array.from(rows), Int32Array.from(columns));
  }

  get area(): Area {
    return {
      top: this.rowNumber(0),
      left: this.columns[0]!,
      bottom: this.rowNumber(this.rows.length - 1),
      right: this.columns.at(-1)!,
    };
  }

  /** The number of a row in the sheet, from 0. */
  rowNumber(index: number): number {
    return this.cells.rowNumber(this.rows[index]!);
  }

  /** The cells of a row, one a column, of the first `width` columns. */
  row(index: number, width = this.columns.length): Cell[] {
    const found = new Array<Cell>(width).fill(null);
    this.eachCell(index, (at, cell) => {
      if (at < width) found[at] = this.cells.value(cell);
    });
    return found;
  }

  /** Calls `visit` with the place of each filled cell among the region's columns. */
  eachCell(index: number, visit: (at: number, cell: number) => void): void {
    const left = this.columns[0]!;
    const visitOwn = (column: number, cell: number) => {
      const at = this.#place[column - left]!;
      if (at >= 0) visit(at, cell);
    };
    this.cells.eachCell(this.rows[index]!, visitOwn, left, this.columns.at(-1)!);
  }

  /** The first and the last filled row of each column, as the sheet numbers them, and how many are filled. */
  columnExtents(): ColumnExtent[] {
    const extents = Array.from(this.columns, (): ColumnExtent => ({ top: -1, bottom: -1, filled: 0 }));
    for (let index = 0; index < this.rows.length; index++) {
      const row = this.rowNumber(index);
      this.eachCell(index, (at) => {
        const extent = extents[at]!;
        if (extent.filled === 0) extent.top = row;
        // A cell may be written twice.
        if (extent.bottom !== row) extent.filled++;
        extent.bottom = row;
      });
    }
    return extents;
  }

  /** The number of filled cells of a row. */
  filled(index: number): number {
    let count = 0;
    this.eachCell(index, () => count++);
    return count;
  }
}

/** The first filled row at or below a row of the sheet. */
function firstRowFrom(cells: SheetCells, row: number): number {
  let low = 0;
  let high = cells.rowCount;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cells.rowNumber(middle) < row) low = middle + 1;
    else high = middle;
  }
  return low;
}
