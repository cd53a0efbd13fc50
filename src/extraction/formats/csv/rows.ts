import type { RejectedRow } from "../../../streams/contract";
import type { CsvDialect } from "../../contract";
import { bareUnit } from "../../infer/units";
import { EXTRACTION_LIMITS } from "../../limits";
import { endOfTable, filledWidth, isHeaderAgain, isNamedTotal, isRule, TAIL_RECORDS } from "../row-kinds";
import { distinctNames, nothingSkipped, type ReadRow, type RowReader } from "../source-table";
import { unitsAmong } from "./below-names";
import { type CsvRecord, RecordSplitter, type Split } from "./split";
import { RecordBytes } from "./split-bytes";
import { joinedNames } from "./stacked-names";

/** The rows of delimited text as its dialect says, piece by piece. */
export class CsvRows implements RowReader {
  readonly skipped = nothingSkipped();
  readonly notes: string[] = [];
  columns: readonly string[] = [];
  units: readonly (string | null)[] = [];
  private readonly splitter: RecordSplitter;
  /** The lines above the rows are not over yet: what is looked for next. */
  private above: "header" | "described" | null;
  /** The rows of names so far. */
  private readonly header: (readonly string[])[] = [];
  /** The lowest of them. */
  private head: readonly string[] | null = null;
  /** Rows below the names that say what the columns hold, so far. */
  private readonly described: (readonly string[])[] = [];
  /** The last records, which may turn out to be the end of the table. */
  private held: (CsvRecord | RejectedRow)[] = [];
  private records = 0;
  private namedTotals = 0;
  /** Filled cells past the columns that a table may have. */
  private cutCells = 0;

  constructor(private readonly dialect: CsvDialect) {
    const { delimiter, quote, has_header, columns } = dialect;
    this.splitter = new RecordSplitter(delimiter, quote);
    this.above = has_header ? "header" : null;
    if (!has_header && columns !== undefined) this.name([], columns);
  }

  push(text: string): ReadRow[] {
    this.take(this.splitter.push(text));
    const ready = this.held.length - TAIL_RECORDS;
    return ready > 0 ? this.rowsOf(this.held.splice(0, ready)) : [];
  }

  end(): ReadRow[] {
    this.take(this.splitter.end());
    const tail = this.held.filter((one) => "cells" in one);
    const { totals, footnotes } = endOfTable(
      tail.map(({ cells }) => cells),
      { columns: this.columns.length, all: this.records, named: this.namedTotals },
    );
    this.skipped.totals += totals.size;
    this.skipped.footnotes += footnotes.size;
    const none = new Set<unknown>(tail.filter((_, at) => totals.has(at) || footnotes.has(at)));
    const rest = this.held.filter((one) => !none.has(one));
    this.held = [];
    const rows = this.rowsOf(rest);
    if (this.cutCells > 0)
      this.notes.push(`${this.cutCells} cell(s) past ${EXTRACTION_LIMITS.columns} columns were left out.`);
    return rows;
  }

  /** Where the first row of the table stands by the head of a text, and how many cells it has; null: there is none. */
  firstRow(head: string): { row: number; width: number } | null {
    this.take(this.splitter.push(head));
    const [first] = this.held;
    return first && "cells" in first ? { row: first.row, width: first.cells.length } : null;
  }

  /** Reads the lines above the first row, which begins at a line of the head of a text. */
  readAbove(head: string, row: number): void {
    this.take(this.splitter.above(row, head));
  }

  /** Parts the records behind them from bytes, for {@link rowOf}. */
  recordBytes(): RecordBytes {
    return new RecordBytes(this.splitter);
  }

  /** A line that is too long, as a row. */
  longRow(row: number): RejectedRow {
    return { row, reason: TOO_LONG };
  }

  /** A record that another reader has split, as a row of the table; null where it is none, and is counted. */
  rowOf(record: CsvRecord): ReadRow | null {
    return this.passesOver(record) ? null : this.rowsOf([record])[0]!;
  }

  /**
   * Goes on with text after another reader has taken so many rows by itself, and passed over blank ones. `passing`: the
   * text begins within a line that was too long.
   */
  goOn({
    line,
    passing,
    rows,
    blank,
  }: {
    line: number;
    passing: boolean;
    rows: number;
    blank: number;
  }): void {
    this.splitter.goOn(line, passing);
    this.records += rows;
    this.skipped.blank += blank;
  }

  private take(records: readonly Split[]): void {
    for (const record of records) {
      if (record.cells === null) this.held.push(this.longRow(record.row));
      else if (!this.passesOver(record)) this.held.push(record);
    }
  }

  /** Counts what is no row of the table, and reads what stands above the rows. */
  private passesOver({ row, cells }: CsvRecord): boolean {
    const { preamble_lines, units_row, comment } = this.dialect;
    const isAbove = row <= preamble_lines;
    const mark = comment !== null && comment !== undefined && cells[0]!.trimStart().startsWith(comment);
    const namesBehindMark = mark && this.above === "header" && row === preamble_lines + 1;
    if (mark && !(namesBehindMark && cellsBehindMark(cells).length === this.dialect.columns))
      this.skipped.comments++;
    else if (filledWidth(cells) === 0) this.skipped.blank++;
    else if (isAbove) this.skipped.preamble++;
    else if (this.above === "header") {
      this.header.push(mark ? cellsBehindMark(cells) : cells);
      if (this.header.length < (this.dialect.header_rows ?? 1)) return true;
      this.above = this.describing > 0 ? "described" : null;
      this.head = cells.map((cell) => cell.trim());
      const shift = this.dialect.row_names ? 1 : 0;
      const names = [...Array<string>(shift).fill(""), ...joinedNames(this.header)];
      this.name(names, this.dialect.columns ?? filledWidth(names));
    } else if (this.above === "described") {
      this.described.push(cells);
      if (this.described.length < this.describing) return true;
      this.above = null;
      this.skipped.units_rows += Number(units_row);
      this.skipped.descriptions += this.describing - Number(units_row);
      const units = units_row ? unitsAmong(this.described) : undefined;
      if (units) this.units = this.columns.map((_, i) => bareUnit(units[i] ?? "") || null);
    } else if (isRule(cells)) this.skipped.comments++;
    else if (this.head && isHeaderAgain(cells, this.head)) this.skipped.repeated_headers++;
    else {
      if (this.columns.length === 0) this.name([], filledWidth(cells));
      this.records++;
      if (isNamedTotal(cells)) this.namedTotals++;
      return false;
    }
    return true;
  }

  /** How many rows between the names and the first record say what the columns hold. */
  private get describing(): number {
    return Number(this.dialect.units_row) + (this.dialect.description_rows ?? 0);
  }

  private name(names: readonly string[], count: number): void {
    const width = Math.min(EXTRACTION_LIMITS.columns, Math.max(1, count));
    this.columns = distinctNames(Array.from({ length: width }, (_, i) => (names[i] ?? "").trim()));
    this.units = this.columns.map(() => null);
  }

  private rowsOf(records: readonly (CsvRecord | RejectedRow)[]): ReadRow[] {
    const most = this.columns.length;
    return records.map((record): ReadRow => {
      if ("reason" in record || record.cells.length <= most) return record;
      const { row, cells } = record;
      const width = filledWidth(cells);
      if (width <= most) return { row, cells: cells.slice(0, most) };
      if (most < EXTRACTION_LIMITS.columns)
        return { row, reason: `has ${width} cells where the table has ${most} columns` };
      // The table is wider than any may be: its rows are whole, and what lies within is kept.
      this.cutCells += width - most;
      return { row, cells: cells.slice(0, most) };
    });
  }
}

const TOO_LONG = `the line is longer than ${EXTRACTION_LIMITS.recordChars} characters`;

/** The cells of a comment. Where blanks part them its mark is a cell of its own. */
export function cellsBehindMark(cells: readonly string[]): string[] {
  const [first = "", ...rest] = cells;
  const word = first.trim().replace(/^(?:#|\/\/|%)+\s*/, "");
  return word === "" ? rest : [word, ...rest];
}
