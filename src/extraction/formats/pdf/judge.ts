import type { BodyRow } from "./body";
import { isFigure } from "./captions";
import type { Columns } from "./columns";
import type { Header } from "./header";
import { isMissing, isNumeric } from "./lines";

interface Found {
  body: readonly BodyRow[];
  columns: Columns;
  header: Header;
}

/** The text of a chart: its title says so, or its axes do. */
export function isFigureText({ body, columns, header }: Found): boolean {
  if (isFigure(header.caption ?? "") || columns.extents.some((_, c) => isAxis(body, c))) return true;
  return columns.numeric.every(Boolean) && isScale(body, columns);
}

const DENSE = 0.45;

/** Whether what was found is a table of data, not the ticks of a chart, a form, a list or numbers in a sentence. */
export function isTable({ body, columns, header }: Found): boolean {
  if (body.length < 1 || !columns.numeric.some(Boolean)) return false;
  const named = header.names.some((name) => name !== "");
  if (body.length < 2 && !named) return false;
  const filled = body.reduce((sum, { cells }) => sum + cells.filter((cell) => cell !== null).length, 0);
  if (filled < DENSE * body.length * columns.extents.length) return false;
  const labels = columns.numeric.findIndex((numeric) => !numeric);
  const numbers = columns.numeric.filter(Boolean).length;
  if (labels < 0 && numbers < 2) return false;

  if (isForm(body, header)) return false;
  if (isContents(body, columns, header)) return false;
  if (labels >= 0 && numbers === 1 && columns.extents.length === 2) return isPairTable(body, columns, named);
  return named || body.length >= 3;
}

/**
 * Whether a grid of rules is a table: not a form, a list of contents, a box around a text or the grid of a chart, in which
 * little is written. It needs no numbers.
 */
export function isGridTable({ body, columns, header }: Found): boolean {
  const cells = body.flatMap((row) => row.cells.filter((cell) => cell !== null));
  if (body.length < 1 || cells.length < SPARSE * body.length * columns.extents.length) return false;
  return !isForm(body, header) && !isContents(body, columns, header);
}

const SPARSE = 0.2;
const valuesOf = (body: readonly BodyRow[], c: number): number[] =>
  body
    .map(({ cells }) => cells[c])
    .filter((cell) => cell != null && !isMissing(cell))
    .map((cell) => Number(cell!.replace(/[,\s%$€]/g, "")));

const areEven = (values: readonly number[]): boolean => {
  const step = values[1]! - values[0]!;
  return values.every(
    (value, i) => i === 0 || Math.abs(value - values[i - 1]! - step) < 1e-6 * Math.max(1, Math.abs(step)),
  );
};

/** The ticks of a vertical axis fall by equal steps to zero. */
function isAxis(body: readonly BodyRow[], c: number): boolean {
  const values = valuesOf(body, c);
  return values.length >= 4 && values.at(-1) === 0 && values[0]! > 0 && areEven(values);
}

/** Ticks of axes rise by equal steps, in every column. */
function isScale(body: readonly BodyRow[], columns: Columns): boolean {
  return columns.extents.every((_, c) => {
    const values = valuesOf(body, c);
    return values.length < 3 || areEven(values);
  });
}

/** "Name: …", "Born: …": every line is about something else. */
function isForm(body: readonly BodyRow[], { names }: Header): boolean {
  const labels = [names[0], ...body.map(({ cells }) => cells[0])].filter(
    (text) => text != null && text !== "",
  );
  return labels.filter((text) => text!.endsWith(":")).length >= labels.length * 0.6 && labels.length > 0;
}

/** A list of contents: numbered titles, and pages that never fall. */
function isContents(body: readonly BodyRow[], { numeric }: Columns, { names }: Header): boolean {
  const last = numeric.length - 1;
  if (!numeric[last] || numeric.slice(1, -1).some(Boolean) || numeric.every(Boolean)) return false;
  const called = names.some((name) =>
    /^(?:table of )?contents?\b|^page(?: no\.?)?$|^inhalt|^sommaire|^[íi]ndice/i.test(name),
  );
  if (!called && names.some((name) => name !== "")) return false;
  const pages = body
    .map(({ cells }) => Number(cells[last] ?? Number.NaN))
    .filter((page) => !Number.isNaN(page));
  return (
    pages.length >= 2 &&
    pages.every((page, i) => Number.isInteger(page) && (i === 0 || page >= pages[i - 1]!))
  );
}

/** A label and a number a row are also what lists of contents and numbered lists have. */
function isPairTable(body: readonly BodyRow[], columns: Columns, named: boolean): boolean {
  const number = columns.numeric.indexOf(true);
  const values = body.map(({ cells }) => cells[number]).filter((cell) => cell != null && isNumeric(cell));
  if (number === 0) {
    // 1., 2., 3. or a), b): the items of a list.
    if (values.every((cell) => /^[(\d]{1,3}[.)]$/.test(cell!))) return false;
    return named && body.length >= 2;
  }
  // Equations are numbered at the margin.
  if (!named && values.every((cell) => /^\(\d{1,3}[a-z]?\)$/.test(cell!))) return false;
  const pages = values.map((cell) => Number(cell));
  const rising = pages.every((page, i) => Number.isInteger(page) && (i === 0 || page >= pages[i - 1]!));
  // Page numbers of a list of contents never fall.
  if (rising && !named && values.length >= 3) return false;
  return named || body.length >= 3;
}
