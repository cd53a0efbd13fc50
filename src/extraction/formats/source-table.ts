import type { RejectedRow } from "../../streams/contract";
import type { CsvDialect, DateOrder, DetectedType, Skipped, TablePlace, TablePlan } from "../contract";

export type Cell = string | number | boolean | null;

/** `row` counts from 1 in the source's own order: lines of text, items of JSON. */
export interface SourceRow {
  row: number;
  cells: Cell[];
}

/** What a column is for by the knowledge of its format: a log's line numbers are no values, its messages no tags. */
export type ColumnHint = "value" | "category" | "attribute";

/**
 * A table as its source has it, before anything is known about its columns. Every row of the source is once in
 * `rows`, `bad` or `skipped`.
 */
export interface SourceTable {
  name: string;
  /** Distinct names, as many as a row has cells at most. */
  columns: string[];
  /** Units that stand in the source apart from the names (a row of units), by column. */
  units: (string | null)[];
  rows: Iterable<SourceRow>;
  rowCount: number;
  bad: RejectedRow[];
  skipped: Skipped;
  notes: string[];
  /** How sure the format is of having found the right table, in [0, 1]. */
  certainty: number;
  /** The table has no line of names: the columns are numbered. */
  headerless: boolean;
  /** Columns that hold the time by the format's own knowledge (the head of a line of text). */
  timeColumn?: string;
  /** By column, where the format knows more than the cells show. */
  hints?: Readonly<Record<string, ColumnHint>>;
  /** What the data are about, where that follows from what they are: a log, say. */
  about?: DetectedType;
  /** The order to lean to where dates leave it open, by the habit of such sources. */
  leanOrder?: DateOrder;
  /** The year of the first row's time where times are written without one and the data tell it elsewhere. */
  firstYear?: number;
  dialect?: CsvDialect;
  recordPath?: string;
  /** Where it stands in its source. */
  place?: TablePlace;
  /** The rows are sentences, posts or paragraphs, in which a language model may look for records. */
  freeText?: FreeText;
  /** Who found the rows in the source, where no reading of it again would give the same. */
  foundBy?: "model";
  /** Names of columns that the source draws together, as a chart of a workbook does. */
  related?: string[][];
}

/** What code reads of a free text by itself. */
export interface FreeText {
  /** The column of the text. */
  column: string;
  /** Columns that hold for all that is said in a row: who says it, the score of its words. */
  keeps: string[];
  /** Of the table's notes those that concern them. */
  notes: string[];
}

export type ReadRow = SourceRow | RejectedRow;

/** Tells rows from those that cannot be read. */
export function sorted(read: readonly ReadRow[]): { rows: SourceRow[]; bad: RejectedRow[] } {
  const rows: SourceRow[] = [];
  const bad: RejectedRow[] = [];
  for (const one of read) "reason" in one ? bad.push(one) : rows.push(one);
  return { rows, bad };
}

/**
 * Reads the rows of one table piece by piece. What it gives depends on the text and the plan, not on where the text was
 * cut. Every record of the source is once among the rows, the bad rows or in `skipped`.
 */
export interface RowReader {
  /** Names by the place of a cell, complete for the rows that were given; later ones may add names at the end. */
  readonly columns: readonly string[];
  /** The rows that are complete by now, and those that cannot be read, in the order of the source. */
  push(text: string): ReadRow[];
  /** The rest; nothing is pushed after it. */
  end(): ReadRow[];
  readonly skipped: Skipped;
  /** Rows are numbered past the lines, of which one may hold several. */
  readonly severalInLine?: boolean;
  /** What is to be said of the table, complete at its end. */
  readonly notes: readonly string[];
}

/**
 * One signature for every format of text, and one for every other. `asked` are the tables of a plan that is to be
 * carried out: the reader then takes them as they are described there. Throws `unrecognised_format` or `malformed_data`.
 */
export type ReadTables = (text: string, asked?: readonly TablePlan[]) => SourceTable[];
export type ReadBinary = (bytes: Uint8Array, asked?: readonly TablePlan[]) => Promise<SourceTable[]>;

export interface TextFormat {
  read: ReadTables;
  /**
   * Where a text is one table and can be read piece by piece. `head` is its beginning in whole lines, the same each time:
   * what a plan does not say of how the text is laid out follows from it.
   */
  open?(plan: TablePlan, head: string): RowReader;
  /** Rows may bring columns that no row before had. */
  grows?: true;
}

export const nothingSkipped = (): Skipped => ({
  blank: 0,
  comments: 0,
  preamble: 0,
  repeated_headers: 0,
  units_rows: 0,
  descriptions: 0,
  totals: 0,
  footnotes: 0,
  continued: 0,
  without_records: 0,
});

export const skippedTotal = (skipped: Skipped): number =>
  Object.values(skipped).reduce((sum, count) => sum + count, 0);

/** Names for columns: trimmed, in one line, numbered where empty, with a suffix where repeated. */
export function distinctNames(raw: readonly string[]): string[] {
  const taken = new Set<string>();
  return raw.map((name, index) => {
    const trimmed = name.replace(/\s+/g, " ").trim().slice(0, 240);
    // A key of this name would set the prototype of the objects that hold rows.
    const clean = trimmed === "__proto__" ? "proto" : trimmed || `col${index + 1}`;
    let distinct = clean;
    for (let n = 2; taken.has(distinct); n++) distinct = `${clean}_${n}`;
    taken.add(distinct);
    return distinct;
  });
}
