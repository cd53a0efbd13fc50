import { isReading, isTimeReading } from "../../infer/reading";
import type { Cell } from "../source-table";
import { KIND } from "./number-format";
import type { Area } from "./reference";
import type { Region } from "./region";

/** A merged cell that covers rows below its first: its value holds for all of them. */
export interface Span {
  at: number;
  top: number;
  bottom: number;
  value: Cell;
}

/**
 * Merged cells that reach over several rows of a region, by the row they end in. Numbers count only in columns that
 * lead the table, as years do: a sum that is merged over the rows it adds up would be counted again in each.
 */
export function spansDown(region: Region, merges: readonly Area[], firstData: number): Span[] {
  const { area } = region;
  if (firstData >= region.rows.length) return [];
  const top = region.rowNumber(firstData);
  const down = merges
    .filter(
      (merge) =>
        merge.bottom > merge.top &&
        merge.top >= top &&
        merge.top <= area.bottom &&
        merge.left >= area.left &&
        merge.left <= area.right,
    )
    .sort((a, b) => a.top - b.top);
  const leading = leadingColumns(region, down);
  const found: Span[] = [];
  let row = firstData;
  for (const merge of down) {
    while (row < region.rows.length && region.rowNumber(row) < merge.top) row++;
    if (row === region.rows.length || region.rowNumber(row) !== merge.top) continue;
    const at = region.columns.indexOf(merge.left);
    let anchor = -1;
    region.eachCell(row, (place, cell) => {
      if (place === at) anchor = cell;
    });
    if (anchor < 0) continue;
    const kind = region.cells.kind(anchor);
    const value = region.cells.value(anchor);
    const isQuantity = kind === KIND.number || kind >= KIND.hours || isNumberInText(value);
    if (isQuantity && at >= leading) continue;
    found.push({ at, top: merge.top, bottom: merge.bottom, value });
  }
  return found;
}

/** Pages and files of texts do not type their cells. */
const isNumberInText = (value: Cell): boolean =>
  typeof value === "string" && isReading(value) && !isTimeReading(value);

/** How many columns from the left have merged cells, without a gap. */
function leadingColumns(region: Region, down: readonly Area[]): number {
  const merged = new Set(down.map(({ left }) => left));
  const count = region.columns.findIndex((column) => !merged.has(column));
  return count < 0 ? region.columns.length : count;
}

/** Puts the values of merged cells into the rows they cover; rows are to come in order, from the first again or on. */
export class FillDown {
  readonly #spans: readonly Span[];
  #next = 0;
  #open: Span[] = [];
  #last = -1;

  constructor(spans: readonly Span[]) {
    this.#spans = spans;
  }

  /** Fills `cells` of the sheet's row `row`. */
  fill(row: number, cells: Cell[]): void {
    if (this.#spans.length === 0) return;
    if (row < this.#last) {
      this.#next = 0;
      this.#open = [];
    }
    this.#last = row;
    while (this.#next < this.#spans.length && this.#spans[this.#next]!.top <= row)
      this.#open.push(this.#spans[this.#next++]!);
    if (this.#open.length === 0) return;
    this.#open = this.#open.filter(({ bottom }) => bottom >= row);
    for (const { at, value } of this.#open) cells[at] ??= value;
  }
}
