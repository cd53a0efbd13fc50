import { formatMicros } from "../../core/timestamps";
import type { QueryColumns, QueryPoint } from "./spec";

/** A point as the API shows it. */
export const shownPoint = ({ timeMicros, fields, tags, attributes }: QueryPoint) => ({
  timestamp: formatMicros(timeMicros),
  fields,
  tags,
  ...(attributes ? { attributes } : {}),
});

export const ndjsonLines = (points: readonly QueryPoint[]): string =>
  points.map((point) => `${JSON.stringify(shownPoint(point))}\n`).join("");

/** `timestamp`, then the tags, then the fields: the columns of every row. */
export const csvHeader = ({ tags, fields }: QueryColumns): string =>
  record(["timestamp", ...tags, ...fields]);

/**
 * Rows of RFC 4180 under {@link csvHeader}. What a row does not have, and null, is an empty cell. Attributes have no
 * column: their names are not known before the last row. Text is written as it is, also where a spreadsheet would take
 * it for a formula (a first = + - @): the receiver who opens it in one must import it as text.
 */
export const csvRecords = (points: readonly QueryPoint[], { tags, fields }: QueryColumns): string =>
  points.map((point) => record(cellsOf(point, tags, fields))).join("");

function cellsOf(point: QueryPoint, tags: readonly string[], fields: readonly string[]): string[] {
  const cells = [formatMicros(point.timeMicros)];
  for (const name of tags) cells.push(Object.hasOwn(point.tags, name) ? point.tags[name]! : "");
  for (const name of fields) {
    const value = Object.hasOwn(point.fields, name) ? point.fields[name] : null;
    cells.push(value === null || value === undefined ? "" : String(value));
  }
  return cells;
}

const record = (cells: readonly string[]): string => `${cells.map(quoted).join(",")}\r\n`;

const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
