import { type BodyRow, readBody } from "./body";
import { type Columns, cellsOf, columnAt } from "./columns";
import { areShares } from "./header";
import { isMissing, isNumeric, type Row, textOf } from "./lines";
import { isDataRow } from "./regions";
import type { PageTable } from "./tables";

/** The first rows of a page, which are too few for a table: they may be the end of one that began on the page before. */
export interface Remainder {
  page: number;
  rows: readonly Row[];
  /** How many of them have numbers. */
  numericLines: number;
}

export const remainderOf = (page: number, rows: readonly Row[]): Remainder => ({
  page,
  rows,
  numericLines: rows.filter(isDataRow).length,
});

/** The rows under the columns of a table on the page before; null where they do not keep to them. */
export function readRemainder({ page, rows }: Remainder, { columns, header }: PageTable): BodyRow[] | null {
  if (!rows.filter(isDataRow).every((row) => keepsTo(row, columns))) return null;
  const body = readBody(rows, columns, page, header.names.map(areShares));
  return body.length > 0 ? body : null;
}

/** Most columns are filled, each piece of text stands in one of them, and numbers stand where numbers do. */
function keepsTo(row: Row, columns: Columns): boolean {
  const { bounds, numeric } = columns;
  if (row.chunks.some(({ x0, x1 }) => columnAt(bounds, x0) !== columnAt(bounds, x1))) return false;
  const texts = cellsOf(row, bounds).map(textOf);
  const filled = texts.filter((text) => text !== "").length;
  const fits = texts.every((text, c) => !numeric[c] || text === "" || isNumeric(text) || isMissing(text));
  return fits && filled > texts.length / 2 && texts.some((text, c) => numeric[c] && isNumeric(text));
}
