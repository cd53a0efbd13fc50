import type { Skipped } from "../contract";
import {
  cellText,
  endOfTable,
  filledWidth,
  isHeaderAgain,
  isNamedTotal,
  isRule,
  TAIL_RECORDS,
} from "./row-kinds";
import type { Cell } from "./source-table";

/** The rows below a header that are all at hand, as those of a sheet, numbered from 0. */
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
  const header = head?.map(cellText);
  const records: number[] = [];
  let named = 0;
  for (let i = 0; i < rows.length; i++) {
    const cells = rows.cells(i);
    if (filledWidth(cells) === 0) skipped.blank++;
    else if (isRule(cells)) skipped.comments++;
    else if (header && isHeaderAgain(cells, header)) skipped.repeated_headers++;
    else {
      records.push(i);
      if (isNamedTotal(cells)) named++;
    }
  }
  const tail = records.splice(-TAIL_RECORDS);
  const { totals, footnotes } = endOfTable(
    tail.map((i) => rows.cells(i)),
    { columns: columnCount, all: records.length + tail.length, named },
  );
  skipped.totals += totals.size;
  skipped.footnotes += footnotes.size;
  const kept: number[] = [];
  const tooWide: number[] = [];
  for (const i of [...records, ...tail.filter((_, at) => !totals.has(at) && !footnotes.has(at))])
    (filledWidth(rows.cells(i)) > columnCount ? tooWide : kept).push(i);
  return { kept, tooWide };
}
