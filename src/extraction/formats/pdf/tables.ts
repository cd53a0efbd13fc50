import { type BodyRow, readBody } from "./body";
import { isFigure, isNote } from "./captions";
import { isPeriod } from "./cells";
import { type Columns, cellsOf, findColumns } from "./columns";
import { median, overlap, type PageLayer } from "./geometry";
import { findHeader, type Header, isNumberHeader } from "./header";
import { PDF_LIMITS } from "./limits";
import { type Chunk, isMissing, isNumeric, type Row, rowsOf, textOf } from "./lines";
import { type Between, findRegions, headsNext, isDataRow, numericChunks, type Region } from "./regions";

/** A table of one page. */
export interface PageTable {
  page: number;
  top: number;
  columns: Columns;
  header: Header;
  body: BodyRow[];
  /** Lines that stand with the table and are no rows: sources, notes, the columns' numbering. */
  notes: number;
  numbering: number;
  /** Lines with numbers that became rows or names. */
  numericLines: number;
}

export interface PageTables {
  tables: PageTable[];
  /** Lines of the page that look like rows: a number and something beside it. The scales of charts are not among them. */
  numericLines: number;
}

interface Page {
  layer: PageLayer;
  parted: Between;
  figureLines: number;
}

/** Finds the tables of a page's text. */
export function tablesOf(layer: PageLayer): PageTables {
  const { rows, prose } = rowsOf(layer);
  const page: Page = { layer, parted: partedBy(prose), figureLines: 0 };
  const tables: PageTable[] = [];
  for (const region of findRegions(rows, page.parted)) {
    if (tables.length >= PDF_LIMITS.tables) break;
    tables.push(...readRegion(region, page));
  }
  return { tables, numericLines: rows.filter(isDataRow).length - page.figureLines };
}

const partedBy =
  (prose: readonly Chunk[]): Between =>
  (above: Row, below: Row) =>
    prose.some(
      (chunk) =>
        chunk.y > above.y + 0.3 * above.size &&
        chunk.y < below.y - 0.3 * below.size &&
        overlap(chunk, { x0: Math.min(above.x0, below.x0), x1: Math.max(above.x1, below.x1) }) > 0,
    );

/** Regions are parted and trimmed at most so often: each time all rows are read again. */
const MOST_PARTS = 12;

function readRegion(region: Region, page: Page, depth = 0): PageTable[] {
  if (depth > MOST_PARTS || region.rows.filter(isDataRow).length < 2) return [];
  const columns = findColumns(coreRows(region.rows), page.layer.rules.vertical);
  const inner = withoutStrays(region, columns);
  if (inner !== region) return readRegion(inner, page, depth + 1);
  const data = region.rows.filter(isDataRow);
  if (columns.bounds.length === 0 || columns.extents.length > PDF_LIMITS.columns) return [];
  // Years or names between the rows begin another table with columns of its own.
  const cut = region.rows.findIndex((row, i) => i > 1 && beginsAnother(row, region.rows, i, columns));
  if (cut > 0) {
    const head = { rows: region.rows.slice(0, cut), above: region.above, below: [] };
    const tail = { rows: region.rows.slice(cut), above: [], below: region.below };
    return [...readRegion(shrink(head), page, depth + 1), ...readRegion(tail, page, depth + 1)];
  }
  const sides = besideEachOther(columns, data);
  if (sides !== null) {
    return splitAt(region, sides).flatMap((side) => readRegion(shrink(side), page, depth + 1));
  }
  const table = readTable(region, columns, page);
  return table ? [table] : [];
}

/**
 * The rows that decide on columns: those with about as many numbers as most, but not a row of years, which may be set
 * otherwise than the numbers below; and labels of several rows, which stand between the rows and left of them.
 */
function coreRows(rows: readonly Row[]): Row[] {
  const all = rows.filter(isDataRow);
  const heads = all.filter(
    ({ chunks }) => chunks.length >= 2 && chunks.every(({ words }) => isPeriod(textOf(words))),
  );
  const data = all.length - heads.length >= 2 ? all.filter((row) => !heads.includes(row)) : all;
  const values = data.map((row) => numericChunks(row).length);
  const many = [...values].sort((a, b) => a - b)[Math.floor(values.length * 0.7)]!;
  const core = data.filter((_, i) => values[i]! >= many * 0.5);
  const left = Math.min(...core.map(({ x0 }) => x0));
  return [...core, ...rows.filter((row) => !isDataRow(row) && row.x1 < left - 0.3 * row.size)];
}

/** Leaves out rows at the ends that do not keep to the columns: a line of text with a number in it. */
function withoutStrays(region: Region, columns: Columns): Region {
  const strays = (row: Row): boolean =>
    !isDataRow(row) ||
    row.chunks.some(
      ({ words, x0, x1 }) =>
        words.length >= 2 &&
        !isNumeric(textOf(words)) &&
        columns.bounds.filter((bound) => x0 < bound - 1 && x1 > bound + 1).length >= 1 &&
        !words.some((word, i) => i > 0 && columns.bounds.some((b) => words[i - 1]!.x1 <= b && word.x0 >= b)),
    );
  let first = 0;
  let last = region.rows.length;
  while (first < last && strays(region.rows[first]!)) first++;
  while (last > first && strays(region.rows[last - 1]!)) last--;
  last = endOfFullRows(region.rows, first, last);
  if (first === 0 && last === region.rows.length) return region;
  return {
    rows: region.rows.slice(first, last),
    above: [...region.above, ...region.rows.slice(0, first)],
    below: [...region.rows.slice(last), ...region.below],
  };
}

/** A chart below a table goes on with numbers here and there: full rows end where mostly half empty ones follow. */
function endOfFullRows(rows: readonly Row[], first: number, last: number): number {
  const counts = rows.slice(first, last).map(({ chunks }) => chunks.length);
  const many = [...counts].sort((a, b) => b - a)[Math.min(2, counts.length - 1)] ?? 0;
  if (many < 3) return last;
  for (let k = 3; k <= counts.length - 4; k++) {
    const head = counts.slice(0, k);
    const tail = counts.slice(k);
    const full = head.filter((count) => count > 0.6 * many).length;
    const sparse = tail.filter((count) => count <= 0.5 * many).length;
    if (full >= head.length * 0.9 && sparse >= tail.length * 0.75 && isDataRow(rows[first + k]!))
      return first + k;
  }
  return last;
}

/** A region begins and ends with a row that has numbers; what stands before and after is kept around it. */
function shrink(region: Region): Region {
  const first = region.rows.findIndex(isDataRow);
  const last = region.rows.findLastIndex(isDataRow);
  if (first < 0) return { ...region, rows: [] };
  return {
    rows: region.rows.slice(first, last + 1),
    above: [...region.above, ...region.rows.slice(0, first)],
    below: [...region.rows.slice(last + 1), ...region.below],
  };
}

function beginsAnother(row: Row, rows: readonly Row[], i: number, columns: Columns): boolean {
  if (!isDataRow(row)) return false;
  const rest = rows.slice(i + 1).filter(isDataRow);
  if (rest.length < 2 || isNumberHeader(row, rest, columns) !== "names") return false;
  // Between rows a row of years has no label of its own, or stands off from the row above.
  const before = rows[i - 1]!;
  const labelled = row.chunks[0]!.x1 <= columns.bounds[0]!;
  if (labelled && row.y - before.y < 1.4 * (rows[i + 1]!.y - row.y)) return false;
  // A heading row right at the top is the table's own.
  return rows
    .slice(0, i)
    .some((other) => isDataRow(other) && isNumberHeader(other, rows.slice(i), columns) === null);
}

/** The gutter between two tables whose rows share baselines: labels and numbers, and again labels and numbers. */
function besideEachOther(columns: Columns, data: readonly Row[]): number | null {
  const { numeric, extents, bounds } = columns;
  const gaps = bounds.map((_, i) => extents[i + 1]!.x0 - extents[i]!.x1);
  const size = data[0]!.size;
  for (let i = 1; i < numeric.length - 1; i++) {
    if (numeric[i] || !numeric[i - 1] || !numeric[i + 1]) continue;
    const gap = gaps[i - 1]!;
    const others = gaps.filter((_, k) => k !== i - 1 && numeric[k + 1]);
    const labels = data.filter((row) =>
      row.chunks.some((chunk) => chunk.x0 >= bounds[i - 1]! && chunk.x1 <= bounds[i]!),
    );
    if (numeric[0] || labels.length < data.length * 0.6) continue;
    if (gap > 1.2 * size && others.length > 0 && gap >= 0.5 * Math.min(...others)) return bounds[i - 1]!;
  }
  return null;
}

function splitAt(region: Region, x: number): Region[] {
  const side = (keep: (chunk: Chunk) => boolean): Region => {
    const only = (rows: readonly Row[]): Row[] =>
      rows.flatMap((row) => {
        const chunks = row.chunks.filter(keep);
        if (chunks.length === 0) return [];
        return [{ ...row, chunks, x0: chunks[0]!.x0, x1: Math.max(...chunks.map(({ x1 }) => x1)) }];
      });
    return { rows: only(region.rows), above: only(region.above), below: only(region.below) };
  };
  const isLeft = (chunk: Chunk) => (chunk.x0 + chunk.x1) / 2 < x;
  return [side(isLeft), side((chunk) => !isLeft(chunk))];
}

function readTable(region: Region, columns: Columns, page: Page): PageTable | null {
  const { layer, parted } = page;
  const own: Row[] = [];
  const rest = [...region.rows];
  const numbers: Row[] = [];
  while (rest.length > 1 && isDataRow(rest[0]!)) {
    const lower = rest.slice(1).filter(isDataRow);
    const kind =
      isNumberHeader(rest[0]!, lower, columns) ??
      (own.length === 0 && isLoneYear(rest[0]!, lower, region, columns) ? "names" : null);
    if (kind === null) break;
    if (kind === "numbering") numbers.push(rest[0]!);
    else own.push(rest[0]!);
    rest.shift();
    // Lines between the years and the first row go on with the header, or head the rows.
    while (kind === "names" && rest.length > 2 && goesOn(own.at(-1)!, rest[0]!)) own.push(rest.shift()!);
  }
  const data = rest.filter(isDataRow);
  if (data.length < 1) return null;
  const header = findHeader(region.above, own, rest, columns, layer.rules.horizontal, parted);
  // Where nothing else names the columns their numbers do.
  if (numbers.length > 0 && header.names.every((name) => name === "")) {
    header.names = cellsOf(numbers[0]!, columns.bounds).map(textOf);
    header.lines += numbers.splice(0, 1).length;
  }
  const numbering = numbers.length;
  const shares = header.names.map((name) => /%|per ?cent|share|s\.?e\.?\b|error|confidence/i.test(name));
  const tail = wrappedEnd(region.below, rest, columns);
  const body = readBody([...header.headings, ...rest, ...tail], columns, layer.page, shares);
  const notes = region.below.slice(tail.length).filter(isNoteLine).length;
  const numericLines = region.rows.filter(isDataRow).length;
  const table = { page: layer.page, top: rest[0]!.y, columns, header, body, notes, numbering, numericLines };
  if (isFigureText(table)) page.figureLines += numericLines;
  else if (isTable(table)) return table;
  return null;
}

const isNoteLine = ({ chunks }: Row): boolean => {
  const text = textOf(chunks[0]!.words);
  return isNote(text) || (chunks.length === 1 && /^\d{1,2}\s+\p{L}/u.test(text));
};

const goesOn = (head: Row, row: Row): boolean =>
  !isDataRow(row) && (row.chunks.length > 1 || row.y - head.y < 0.9 * row.size);

/** "Country | 2009" over a single column of numbers, where no names stand above. */
function isLoneYear(row: Row, lower: readonly Row[], { above }: Region, columns: Columns): boolean {
  if (columns.extents.length !== 2 || row.chunks.length !== 2) return false;
  const [name, year] = row.chunks.map(({ words }) => textOf(words));
  if (isNumeric(name!) || !isPeriod(year!) || headsNext(above.at(-1) ?? row, row)) return false;
  return lower.length >= 2 && !lower.some(({ chunks }) => isPeriod(textOf(chunks.at(-1)!.words)));
}

/**
 * The cells of the last row may go on below their numbers. Where rows stand apart, lines close below it are of it; where
 * they do not, only those that begin in the middle of a sentence.
 */
function wrappedEnd(below: readonly Row[], rows: readonly Row[], columns: Columns): Row[] {
  const data = rows.filter(isDataRow);
  const pitch = median(data.slice(1).map((row, i) => row.y - data[i]!.y));
  const end: Row[] = [];
  let last = rows.at(-1)!;
  for (const row of below.slice(0, 4)) {
    const text = textOf(row.chunks[0]!.words);
    const inside = row.chunks.every(({ x0, x1, words }) =>
      columns.extents.some(
        (extent, c) =>
          !columns.numeric[c] && x0 >= extent.x0 - 1 && x1 <= extent.x1 + 1 && !isNumeric(textOf(words)),
      ),
    );
    const close = row.y - last.y < 1.35 * last.size;
    if (!inside || !close || isNote(text) || !(/^[\p{Ll}&(]/u.test(text) || pitch > 1.5 * last.size)) break;
    end.push(row);
    last = row;
  }
  return end;
}

/** The text of a chart: its title says so, or its axes do. */
function isFigureText({ body, columns, header }: PageTable): boolean {
  if (isFigure(header.caption ?? "") || columns.extents.some((_, c) => isAxis(body, c))) return true;
  return columns.numeric.every(Boolean) && isScale(body, columns);
}

const DENSE = 0.45;

/** Whether what was found is a table of data, not the ticks of a chart, a form, a list or numbers in a sentence. */
function isTable({ body, columns, header }: PageTable): boolean {
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
  const pages = values.map((cell) => Number(cell));
  const rising = pages.every((page, i) => Number.isInteger(page) && (i === 0 || page >= pages[i - 1]!));
  // Page numbers of a list of contents never fall.
  if (rising && !named && values.length >= 3) return false;
  return named || body.length >= 3;
}
