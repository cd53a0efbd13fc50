// Tables as bytes: delimited text, JSON, workbooks, lines of readings.
import * as xlsx from "xlsx";
import { rowCount } from "./tables.mjs";

const text = (cell) => (cell === null ? "" : String(cell));

/** How numbers are written: `(value, decimals)` as text. */
export const NUMBERS = {
  plain: (value) => String(value),
  fixed: (value, decimals) => value.toFixed(decimals),
  comma: (value, decimals) => value.toFixed(decimals).replace(".", ","),
  grouped: (value, decimals) => grouped(value, decimals, ",", "."),
  groupedComma: (value, decimals) => grouped(value, decimals, ".", ","),
};

function grouped(value, decimals, mark, decimal) {
  const [whole, fraction] = Math.abs(value).toFixed(decimals).split(".");
  const groups = whole.replace(/\B(?=(\d{3})+$)/g, mark);
  return `${value < 0 ? "-" : ""}${groups}${fraction === undefined ? "" : decimal + fraction}`;
}

/** The cells of a table as texts, row by row; values as `numbers` says. */
export function textRows(table, numbers = NUMBERS.plain) {
  const written = table.columns.map(({ role, decimals = 0, cells }) =>
    cells.map((cell) =>
      role === "value" && typeof cell === "number" ? numbers(cell, decimals) : text(cell),
    ),
  );
  return Array.from({ length: rowCount(table) }, (_, row) => written.map((cells) => cells[row]));
}

export const header = ({ columns }) => columns.map(({ name }) => name);

/** Lines of delimited text; a cell is quoted where it must be, or always. */
export function delimited(rows, { delimiter = ",", quoteAll = false, end = "\n" } = {}) {
  const must = (cell) => quoteAll || cell.includes(delimiter) || cell.includes('"') || /[\r\n]/.test(cell);
  const line = (row) =>
    row.map((cell) => (must(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(delimiter);
  return rows.map(line).join(end) + end;
}

/** Columns as wide as their longest cell, with blanks between. */
export function aligned(rows) {
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return `${rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] + 2))
        .join("")
        .trimEnd(),
    )
    .join("\n")}\n`;
}

/** The rows as objects. */
export const records = (table) =>
  Array.from({ length: rowCount(table) }, (_, row) =>
    Object.fromEntries(table.columns.map(({ name, cells }) => [name, cells[row]])),
  );

/** A workbook of one sheet, from rows of cells; times as typed dates where they are Date. */
export function workbook(rows, bookType = "xlsx") {
  const book = xlsx.utils.book_new();
  xlsx.utils.book_append_sheet(book, xlsx.utils.aoa_to_sheet(rows, { cellDates: true, UTC: true }), "Sheet1");
  return new Uint8Array(xlsx.write(book, { type: "array", bookType, UTC: true }));
}
