import type { DateOrder, DetectedType, Skipped } from "../../contract";
import {
  type Cell,
  type ColumnHint,
  type FreeText,
  nothingSkipped,
  type ReadRow,
  type SourceTable,
} from "../source-table";
import { cleanLine, lineFault } from "./lines";

/**
 * What was decided about a text from a sample of its lines: a small JSON document. With it the lines are read in
 * order, in memory that does not grow with their number.
 */
export interface TextLayout<Detail extends { kind: string } = { kind: string }> {
  /** Fixed here: what a later line has beside them stays in its text. */
  columns: string[];
  /** By column, where lines say any. */
  units?: (string | null)[];
  hints?: Record<string, ColumnHint>;
  /** Null, as if it were absent: no column holds the time. */
  timeColumn?: string | null;
  leanOrder?: DateOrder;
  firstYear?: SourceTable["firstYear"];
  about?: DetectedType;
  notes?: string[];
  freeText?: FreeText;
  /** That this is what the text is, in [0, 1]. */
  certainty: number;
  /** What the reader of this kind of text needs to know. */
  detail: Detail;
}

/** Reads the lines of a text in order. Every line comes out in a row, as a bad one, or is counted in `skipped`. */
export abstract class TextRows {
  readonly skipped: Skipped = nothingSkipped();

  constructor(protected readonly width: number) {}

  /** A line and its number, from 1; gives the rows that it completes. */
  push(raw: string, row: number): ReadRow[] {
    const fault = lineFault(raw);
    if (fault) return [...this.fault(), { row, reason: fault }];
    const text = cleanLine(raw);
    if (text === "") {
      this.skipped.blank++;
      return this.blank();
    }
    return this.line(text, row);
  }

  /** The rows that were still open. */
  end(): ReadRow[] {
    return [];
  }

  /** What is to be said of the reading once all lines are read. */
  notes(): string[] {
    return [];
  }

  /** A line without its colours and without blanks at its end; never empty. */
  protected abstract line(text: string, row: number): ReadRow[];

  /** What a blank line ends. */
  protected blank(): ReadRow[] {
    return [];
  }

  /** What a line ends that cannot be read. */
  protected fault(): ReadRow[] {
    return this.end();
  }

  protected emptyCells(): Cell[] {
    return new Array<Cell>(this.width).fill(null);
  }
}
