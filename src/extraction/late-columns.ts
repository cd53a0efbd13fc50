import type { Cell, ColumnHint, SourceRow, SourceTable } from "./formats/source-table";
import { parseNumber } from "./infer/numbers";

/** Cells of a column that say what it holds: a column may come in any number of rows, and there may be many. */
const MOST_CELLS = 16;
const PLAIN = { decimal: ".", group: "," } as const;

/** Columns that begin behind the head of a source, as keys of JSON lines may, and the rows that say what they hold. */
export class LateColumns {
  private readonly counts: number[] = [];
  private readonly hasText: boolean[] = [];

  /** `known` columns are those of the head. */
  constructor(private readonly known: number) {}

  /** Any row may bring another one. */
  readonly isDone = false;

  /** Whether nothing is asked of the cells of a column any more. */
  isSettled(column: number): boolean {
    return column < this.known || this.counts[column - this.known] === MOST_CELLS;
  }

  tells({ cells }: SourceRow): boolean {
    let isNew = false;
    for (let at = this.known; at < cells.length; at++) {
      const cell = cells[at] ?? null;
      if (cell === null) continue;
      const place = at - this.known;
      const count = this.counts[place] ?? 0;
      if (count === MOST_CELLS) continue;
      this.counts[place] = count + 1;
      if (!isNumber(cell)) this.hasText[place] = true;
      isNew = true;
    }
    return isNew;
  }

  /**
   * The head with all columns of the source. So few cells do not say whether a text comes again and again: numbers are
   * values, and all else is kept as text.
   */
  addTo(head: SourceTable, columns: readonly string[]): SourceTable {
    if (columns.length <= this.known) return head;
    const late = columns.slice(this.known);
    const hintOf = (at: number): ColumnHint => (this.hasText[at] ? "attribute" : "value");
    return {
      ...head,
      columns: [...columns],
      units: [...head.units, ...late.map(() => null)],
      hints: { ...head.hints, ...Object.fromEntries(late.map((name, at) => [name, hintOf(at)])) },
      rows: [...head.rows].map(({ row, cells }) => ({ row, cells: padded(cells, columns.length) })),
    };
  }
}

const isNumber = (cell: Exclude<Cell, null>): boolean =>
  typeof cell === "number" || (typeof cell === "string" && parseNumber(cell, PLAIN) !== null);

const padded = (cells: readonly Cell[], width: number): Cell[] =>
  Array.from({ length: width }, (_, at) => cells[at] ?? null);
