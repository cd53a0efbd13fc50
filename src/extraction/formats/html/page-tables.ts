import { fail } from "../../../core/errors";
import { Held, SheetCells, Texts } from "../xlsx/cells";
import { WORKBOOK_LIMITS } from "../xlsx/limits";
import { KIND } from "../xlsx/number-format";
import type { Area } from "../xlsx/reference";
import type { Sheet } from "../xlsx/sheet";
import { exactValue } from "./exact-value";
import { HiddenText } from "./hidden-text";
import { HTML_LIMITS } from "./limits";
import { type HtmlHandler, htmlAttributes } from "./tag-scanner";

/** A table that is open. Rows and columns count from 0. */
interface OpenTable {
  caption: string;
  cells: SheetCells;
  merges: Area[];
  row: number;
  column: number;
  /** By column the row up to which a cell from above stretches. */
  stretched: Map<number, number>;
  cell: OpenCell | null;
  isCaption: boolean;
  isInRow: boolean;
  /** Columns past the first with something in them, and rows. */
  right: number;
  filledRows: number;
  lastFilled: number;
}

interface OpenCell {
  attributes: ReadonlyMap<string, string>;
  column: number;
  columns: number;
  rows: number;
  text: string;
  /** Where the text of a `sup` in it begins, -1 outside of one. */
  raised: number;
}

/** Elements that begin a line of their own, or stand between words as `br` does. */
const APART = new Set(["br", "p", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "pre"]);

/**
 * Tables of a page as sheets, in the order in which they end (HTML Living Standard, 4.9): cells that stretch over columns or
 * rows keep the others in their place, tags that end by themselves may be left out, a table within a cell is one of its own.
 */
export class PageTables implements HtmlHandler {
  readonly sheets: Sheet[] = [];
  /** Tables of a single row or column, as pages are laid out by: taken where there is no other. */
  readonly #small: Sheet[] = [];
  readonly #held = new Held();
  readonly #texts = new Texts(this.#held);
  readonly #open: OpenTable[] = [];
  /** Tables past the depth that is followed. */
  #tooDeep = 0;
  readonly #hidden = new HiddenText();
  #opened = 0;
  #count = 0;
  #passedPlaces = 0;

  /** To be called once, after the last page: closes what was left open. */
  finish(): Sheet[] {
    this.#tooDeep = 0;
    while (this.#open.length > 0) this.#closeTable();
    return this.sheets.length > 0 ? this.sheets : this.#small;
  }

  open(name: string, attributes: string): void {
    if (this.#hidden.open(name, attributes)) return;
    if (name === "table") {
      this.#openTable();
      return;
    }
    const table = this.#open.at(-1);
    if (!table || this.#tooDeep > 0) return;
    if (name === "td" || name === "th") this.#openCell(table, attributes);
    else if (name === "tr") this.#openRow(table);
    else if (name === "caption") table.isCaption = true;
    else if (name === "thead" || name === "tbody" || name === "tfoot") this.#closeRow(table);
    else if (table.cell && name === "sup") table.cell.raised = table.cell.text.length;
    else if (APART.has(name)) this.text(" ");
  }

  close(name: string): void {
    if (this.#hidden.close(name)) return;
    if (name === "table") {
      if (this.#tooDeep > 0) this.#tooDeep--;
      else if (this.#open.length > 0) this.#closeTable();
      return;
    }
    const table = this.#open.at(-1);
    if (!table || this.#tooDeep > 0) return;
    if (name === "td" || name === "th") this.#closeCell(table);
    else if (name === "tr" || name === "thead" || name === "tbody" || name === "tfoot") this.#closeRow(table);
    else if (name === "caption") table.isCaption = false;
    else if (name === "sup" && table.cell) dropReference(table.cell);
    else if (APART.has(name)) this.text(" ");
  }

  text(text: string): void {
    const table = this.#open.at(-1);
    if (!table || this.#tooDeep > 0 || this.#hidden.isHidden) return;
    if (table.isCaption) table.caption = (table.caption + text).slice(0, 200);
    else if (table.cell && table.cell.text.length < HTML_LIMITS.cellChars) table.cell.text += text;
  }

  #openTable(): void {
    if (this.#open.length >= HTML_LIMITS.depth) {
      this.#tooDeep++;
      return;
    }
    if (++this.#opened > HTML_LIMITS.tables)
      throw fail("payload_too_large", `The page has more than ${HTML_LIMITS.tables} tables.`);
    this.#open.push({
      caption: "",
      cells: new SheetCells(this.#texts, this.#held, 1900),
      merges: [],
      row: -1,
      column: 0,
      stretched: new Map(),
      cell: null,
      isCaption: false,
      isInRow: false,
      right: 0,
      filledRows: 0,
      lastFilled: -1,
    });
  }

  #closeTable(): void {
    const table = this.#open.pop()!;
    this.#closeRow(table);
    if (table.filledRows === 0) return;
    table.cells.finish();
    const isSmall = table.filledRows < 2 || table.right < 1;
    const into = isSmall ? this.#small : this.sheets;
    if (into.length >= WORKBOOK_LIMITS.sheets) {
      if (isSmall) return;
      throw fail("payload_too_large", `The page has more than ${WORKBOOK_LIMITS.sheets} tables.`);
    }
    this.#count++;
    const caption = oneLine(table.caption).slice(0, 80) || "Table";
    into.push({
      name: caption === "Table" || this.#isTaken(caption) ? `${caption} ${this.#count}` : caption,
      hidden: false,
      cells: table.cells,
      merges: table.merges,
      formulas: 0,
    });
  }

  #isTaken(name: string): boolean {
    return [...this.sheets, ...this.#small].some((sheet) => sheet.name === name);
  }

  #openRow(table: OpenTable): void {
    this.#closeRow(table);
    if (++table.row >= WORKBOOK_LIMITS.rows)
      throw fail("payload_too_large", `A table of the page has more than ${WORKBOOK_LIMITS.rows} rows.`);
    table.column = 0;
    table.isInRow = true;
    table.isCaption = false;
  }

  #closeRow(table: OpenTable): void {
    this.#closeCell(table);
    table.isInRow = false;
  }

  #openCell(table: OpenTable, text: string): void {
    if (table.isInRow) this.#closeCell(table);
    else this.#openRow(table);
    const attributes = htmlAttributes(text);
    const columns = span(attributes.get("colspan"), HTML_LIMITS.columnSpan);
    const rows = span(attributes.get("rowspan"), HTML_LIMITS.rowSpan);
    this.#passStretched(table);
    table.cell = { attributes, column: table.column, columns, rows, text: "", raised: -1 };
    if (rows > 1)
      for (let i = 0; i < columns; i++) table.stretched.set(table.column + i, table.row + rows - 1);
    table.column += columns;
    if (table.column > WORKBOOK_LIMITS.columns)
      throw fail("malformed_data", `A table of the page has more than ${WORKBOOK_LIMITS.columns} columns.`);
  }

  /** Goes on to the next place that no cell from above takes. */
  #passStretched(table: OpenTable): void {
    for (; (table.stretched.get(table.column) ?? -1) >= table.row; table.column++)
      if (++this.#passedPlaces > HTML_LIMITS.passedPlaces)
        throw fail("malformed_data", "Cells of the page stretch over too many others.");
  }

  #closeCell(table: OpenTable): void {
    const { cell, row } = table;
    table.cell = null;
    if (!cell) return;
    const text = oneLine(cell.text);
    if (text === "") return;
    const { column, columns, rows } = cell;
    const exact = exactValue(cell.attributes, text);
    if (exact) table.cells.add(row, column, exact.kind, exact.value, exact.fraction);
    else table.cells.add(row, column, KIND.text, this.#texts.share(text));
    if (columns * rows > 1 && table.merges.length < WORKBOOK_LIMITS.merges)
      table.merges.push({ top: row, left: column, bottom: row + rows - 1, right: column + columns - 1 });
    table.right = Math.max(table.right, column);
    if (table.lastFilled !== row) table.filledRows++;
    table.lastFilled = row;
  }
}

/** White space as a browser shows it, no-break spaces too: they fill cells and stand in numbers. */
const oneLine = (text: string): string => text.replace(/[\s\u200b]+/g, " ").trim();

function span(text: string | undefined, most: number): number {
  const count = Number.parseInt(text ?? "1", 10);
  return count >= 1 ? Math.min(count, most) : 1;
}

/** A raised `[3]` or `[a]` leads to a footnote and is no part of what the cell says. */
function dropReference(cell: OpenCell): void {
  if (cell.raised >= 0 && /^\s{0,5}\[[^\]]{1,12}\]\s{0,5}$/.test(cell.text.slice(cell.raised)))
    cell.text = cell.text.slice(0, cell.raised);
  cell.raised = -1;
}
