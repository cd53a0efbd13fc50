import type { BodyRow } from "./body";
import { isNumeric } from "./lines";
import { type Remainder, readRemainder } from "./remainder";
import type { PageTable, PageTables } from "./tables";

/** A table of the document: the tables of pages that go on with each other are one. */
export interface JoinedTable {
  name: string;
  names: string[];
  units: (string | null)[];
  body: BodyRow[];
  pages: number[];
  /** 1-based, on its first page. */
  table: number;
  headerLines: number;
  notes: number;
  numbering: number;
  repeatedHeaders: number;
  /** Rows with at least one number. */
  numbers: number;
  /** Whether rules part its cells. */
  ruled: boolean;
  /** Lines of the pages with numbers that it was made from. */
  lines: number;
}

interface Open extends JoinedTable {
  last: PageTable;
}

/** Joins tables with the same names, and tables and rows without names that go on with the columns of the page before. */
export function joinPages(pages: readonly Pick<PageTables, "tables" | "remainder">[]): JoinedTable[] {
  const joined: Open[] = [];
  const counts = new Map<number, number>();
  for (const { tables, remainder } of pages) {
    if (remainder) goOn(joined, remainder);
    for (const table of tables) {
      const number = (counts.get(table.page) ?? 0) + 1;
      counts.set(table.page, number);
      joinTable(joined, table, number);
    }
  }
  return joined.map(({ last: _, ...table }) => table);
}

/** Adds the first rows of a page to the last table of the page before, if they keep to its columns. */
function goOn(joined: readonly Open[], remainder: Remainder): void {
  const open = joined.findLast(({ last }) => last.page === remainder.page - 1);
  const body = open && readRemainder(remainder, open.last);
  if (!body) return;
  const { last } = open;
  const numericLines = remainder.numericLines;
  extend(open, { ...last, page: remainder.page, body, notes: 0, numbering: 0, numericLines }, false);
}

function joinTable(joined: Open[], found: PageTable, number: number): void {
  const above = joined.findLast(
    (other) => other.last.page === found.page - 1 && number === 1 && sameColumns(other.last, found),
  );
  const alike = hasNames(found) ? joined.find((other) => sameNames(other, found)) : undefined;
  const table = above && !alike ? withoutNames(found) : found;
  const named = hasNames(table);
  const before = named ? alike : above;
  if (before) extend(before, table, named);
  else if (standsAlone(table)) joined.push(begin(table, number));
}

/** Texts without names, or a single row of them, go on with a table or are boxes around a text. */
const standsAlone = (table: PageTable): boolean =>
  table.columns.numeric.includes(true) || (hasNames(table) && table.body.length >= 2);

const hasNames = ({ header }: PageTable): boolean => header.names.some((name) => name !== "");

/** Goes on with a table of the page before: what was taken for names is a row. */
function withoutNames(table: PageTable): PageTable {
  const { header, body, firstRow } = table;
  if (firstRow === undefined) return table;
  return { ...table, header: { ...header, names: header.names.map(() => "") }, body: [firstRow, ...body] };
}

const signature = (names: readonly string[]): string =>
  names.map((name) => name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "")).join("|");

/** Years alone name many tables: then the captions must agree as well. */
function sameNames(open: Open, table: PageTable): boolean {
  if (signature(open.names) !== signature(namesFor(table))) return false;
  const words = open.names.filter((name) => /\p{L}{3}/u.test(name)).length;
  const captions = captionKey(open.name) === captionKey(table.header.caption ?? "");
  return captions || (words >= 2 && table.header.caption === null);
}

const captionKey = (caption: string): string =>
  caption
    .toLowerCase()
    .replace(/\(?\b(?:continued|cont'?d?|concluded|suite|fortsetzung)\b\.?\)?/g, "")
    .replace(/[^\p{L}\p{N}]+/gu, "");

function sameColumns(above: PageTable, below: PageTable): boolean {
  const a = above.columns.extents;
  const b = below.columns.extents;
  if (a.length !== b.length) return false;
  return a.every((extent, c) => {
    const other = b[c]!;
    const shift = Math.min(Math.abs(extent.x0 - other.x0), Math.abs(extent.x1 - other.x1));
    return shift < 6 && above.columns.numeric[c] === below.columns.numeric[c];
  });
}

function begin(table: PageTable, number: number): Open {
  const { header, body, page, notes, numbering, columns } = table;
  return {
    name: header.caption ?? `Page ${page}, table ${number}`,
    names: namesFor(table),
    units: header.units,
    body: [...body],
    pages: [page],
    table: number,
    headerLines: header.lines,
    notes,
    numbering,
    repeatedHeaders: 0,
    numbers: numberRows(body, columns.numeric),
    ruled: table.ruled,
    lines: table.numericLines,
    last: table,
  };
}

/** A stub without a name is called what it is. */
function namesFor({ header, columns }: PageTable): string[] {
  if (header.names.every((name) => name === "")) return header.names;
  return header.names.map((name, c) => (name === "" && !columns.numeric[c] ? "label" : name));
}

function extend(open: Open, table: PageTable, named: boolean): void {
  const section = open.body.at(-1)?.section ?? null;
  const continues = table.header.headings.length === 0 && table.body[0]?.section === null;
  for (const row of table.body) open.body.push(continues && row.section === null ? { ...row, section } : row);
  if (open.pages.at(-1) !== table.page) open.pages.push(table.page);
  if (named) open.repeatedHeaders++;
  open.notes += table.notes;
  open.numbering += table.numbering;
  open.numbers += numberRows(table.body, table.columns.numeric);
  open.lines += table.numericLines;
  open.last = table;
}

const numberRows = (body: readonly BodyRow[], numeric: readonly boolean[]): number =>
  body.filter(({ cells }) => cells.some((cell, c) => numeric[c] && cell !== null && isNumeric(cell))).length;
