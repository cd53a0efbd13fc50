import type { Micros } from "../../../core/timestamps";
import type { ParsedRow } from "../../append";

/**
 * What a cell is to its row: nothing, a number of the column's field, a tag, a text kept with the row; "unclear": the
 * whole row is for {@link DelimitedSpec.readRow}.
 */
export type CellMeaning =
  | { is: "absent" }
  | { is: "field"; value: number }
  | { is: "tag"; text: string }
  | { is: "attribute"; text: string }
  | { is: "unclear" };

/**
 * A column in the order of the file. A cell that is empty, in quotes or not, is absent, but for the time.
 * - `number`: decimals as `decimal` writes them, without a thousands mark, are fields; `read` says what all else is.
 * - `text`: `read` says what it is, once for each of the texts that come again and again.
 * - `attribute`: `read` says what it is, every time.
 * - `blank`: as behind a delimiter that ends every line; a row with something in it is for readRow.
 * - `time` is one of the columns of {@link DelimitedTime}, `skip` says nothing.
 */
export type DelimitedColumn =
  | { kind: "number"; name: string; decimal: "." | ","; read: (text: string) => CellMeaning }
  | { kind: "text" | "attribute"; name: string; read: (text: string) => CellMeaning }
  | { kind: "time" | "skip" | "blank" };

/**
 * How times are mostly written; those are read from their bytes.
 * - `timestamp`: as parseTimestamp takes them: ISO 8601, or an epoch whose unit its size tells.
 * - `calendar`: ISO 8601, or three numbers in `order` with - / or . between, each with a clock or without; without a zone
 *   they are read `zoneSeconds` east of UTC. Two columns are the date and the clock.
 * - `epoch`: a number of `unit`.
 * - `other`: none of these.
 */
export type TimeForm =
  | { kind: "timestamp" }
  | { kind: "calendar"; order: "ymd" | "dmy" | "mdy"; zoneSeconds: number }
  | { kind: "epoch"; unit: "s" | "ms" | "us" | "ns" }
  | { kind: "other" };

export interface DelimitedTime {
  /** Places of the columns of the kind `time`, in the order in which `read` takes their cells. */
  columns: readonly number[];
  form: TimeForm;
  /** The time of a row; null: it has none, and the stream gives it one; undefined: the row is for readRow. */
  read: (cells: readonly string[]) => Micros | null | undefined;
}

/** Parts records from bytes, one at a time. */
export interface RecordParter {
  /** Of the record last read. */
  readonly cells: string[];
  /** Line ends in it, the last one among them. */
  readonly lines: number;
  /** It is a line that is too long, without cells. With no line end it goes on behind the bytes. */
  readonly isTooLong: boolean;
  /** Quotes do not make cells of what stands between them any more. */
  readonly quotesAreStray: boolean;
  /**
   * Reads the record at `start` of bytes[..end) and returns where the next one starts; -1: it does not end there, and
   * more bytes are needed. `isLast`: none come, and the end of the bytes is that of the record.
   */
  read(bytes: Uint8Array, start: number, end: number, isLast: boolean): number;
}

/**
 * How the rows of a delimited text become points. All functions are pure. What `read` and `readRow` make of a row must
 * agree: readRow is the definition, and reads any row; the rest says how most rows are read without it.
 */
export interface DelimitedSpec {
  /** One byte of ASCII. */
  delimiter: number;
  /** The same; null: quotes are characters like any other. */
  quote: number | null;
  /** In the order of the file. A row of fewer cells has none in the last columns; one of more is for readRow. */
  columns: readonly DelimitedColumn[];
  /** Null: rows have no time, and the stream gives them one. */
  time: DelimitedTime | null;
  /** Lines above the first row. */
  linesBefore: number;
  /** What numbers rows, from 1: the lines of the text, or the rows below `linesBefore` that are not blank. */
  numbering: "lines" | "rows";
  /** Rows that begin with one of these bytes, blanks and a quote aside, are for readRow: comments. */
  unclearStarts?: readonly number[];
  /** The row of these cells; null: it is none (a comment, a total), and the caller has counted it. */
  readRow: (cells: string[], row: number) => ParsedRow | null;
  /** Where records are parted otherwise than by RFC 4180, and what a line comes to that is too long. */
  parting?: { parter: RecordParter; longRow: (row: number) => ParsedRow };
}
