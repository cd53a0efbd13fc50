import { type Batch, type DelimitedColumn, DelimitedScanner } from "../streams";
import type { AppliedRow, AppliedRows } from "./apply";
import type { CsvDialect, PlanColumn, TablePlan, TimestampPlan } from "./contract";
import { TextStream } from "./detect/text";
import { CsvRows } from "./formats/csv";
import { isNamedTotal, TAIL_RECORDS } from "./formats/row-kinds";
import type { ReadRow } from "./formats/source-table";
import { readRowTime } from "./infer/row-time";
import { formOf, numberMeant, plainTime, type ScannedText, textColumn } from "./scanned-text";

/**
 * Bytes at the end of a text that are read row by row, at least and at most: what stands below a table is told only by its
 * end, which is a number of rows.
 */
const [LEAST_TAIL_BYTES, MOST_TAIL_BYTES] = [131_072, 4_000_000];

/**
 * Delimited text from its bytes into frames, the fast way: most rows are taken without a text for any of their cells, and
 * all others are read by {@link CsvRows} and {@link AppliedRows}, which define what each row is. The lines above the
 * rows and the last bytes are read that way too.
 */
export class ScannedCsv implements ScannedText {
  readonly rows: CsvRows;
  private readonly scanner: DelimitedScanner;
  private readonly tail = new TextStream("utf-8", true);
  private inTail = false;

  /**
   * `head` is the beginning of the text, which is UTF-8 and has `bytes` bytes; null where the plan wants what is read row by
   * row only.
   */
  static open(
    plan: TablePlan,
    head: string,
    bytes: number,
    own: AppliedRows,
    tailBytes = tailOf(head),
  ): ScannedCsv | null {
    const { dialect, columns } = plan;
    const timestamp = plainTime(plan);
    // The lines above the rows, which the head has, are not in the tail.
    if (head.length > bytes - tailBytes) return null;
    if (!dialect || !timestamp) return null;
    if (!/^[\t -~]$/.test(dialect.delimiter) || /\w/.test(dialect.delimiter)) return null;
    if (dialect.delimiter === dialect.quote) return null;
    if (new Set(columns.map(({ name }) => name)).size < columns.length) return null;
    const above = new CsvRows(dialect);
    const first = above.firstRow(head);
    const sourceOf = new Map(columns.map(({ name, source }) => [name, source]));
    const hasTime = timestamp.fields.every((name) => above.columns.includes(sourceOf.get(name) ?? name));
    return first && hasTime
      ? new ScannedCsv(plan, dialect, timestamp, head, bytes - tailBytes, first, own)
      : null;
  }

  private constructor(
    plan: TablePlan,
    dialect: CsvDialect,
    timestamp: TimestampPlan,
    head: string,
    private bodyBytes: number,
    first: { row: number; width: number },
    private readonly own: AppliedRows,
  ) {
    const linesBefore = first.row - 1;
    this.rows = new CsvRows(dialect);
    this.rows.readAbove(head, first.row);
    const names = this.rows.columns;
    const sources = new Map(plan.columns.map((column) => [column.source, column]));
    const sourceOf = new Map(plan.columns.map(({ name, source }) => [name, source]));
    const timeColumns = timestamp.fields.map((name) => names.indexOf(sourceOf.get(name) ?? name));
    const columns = names.map((name, at): DelimitedColumn => {
      if (timeColumns.includes(at)) return { kind: "time" };
      return columnFor(sources.get(name));
    });
    for (let at = names.length; at < first.width; at++) columns.push({ kind: "blank" });
    this.scanner = new DelimitedScanner({
      delimiter: dialect.delimiter.charCodeAt(0),
      quote: dialect.quote === "" ? null : dialect.quote.charCodeAt(0),
      columns,
      time: {
        columns: timeColumns,
        form: formOf(timestamp),
        read: (cells) => readRowTime(cells, timestamp) ?? undefined,
      },
      linesBefore,
      numbering: "lines",
      ...(dialect.comment ? { unclearStarts: [dialect.comment.charCodeAt(0)] } : {}),
      readRow: (cells, row) => {
        const read = this.rows.rowOf({ row, cells });
        return read && this.applied(read);
      },
      parting: {
        parter: this.rows.recordBytes(),
        longRow: (row) => this.applied(this.rows.longRow(row)),
      },
    });
  }

  *push(bytes: Uint8Array): Generator<Batch> {
    const inBody = Math.min(bytes.length, this.bodyBytes);
    if (inBody > 0) yield* this.scanner.push(bytes.subarray(0, inBody));
    this.bodyBytes -= inBody;
    if (this.bodyBytes > 0) return;
    if (!this.inTail) yield* this.beginTail();
    yield* this.take(this.tail.push(bytes.subarray(inBody)));
  }

  /** From here on rows are read one by one. */
  private *beginTail(): Generator<Batch> {
    this.inTail = true;
    const { bytes, line, passing } = this.scanner.release();
    const { taken: rows, blank } = this.scanner;
    this.rows.goOn({ line, passing, rows, blank });
    yield* this.take(this.tail.push(bytes));
  }

  *end(): Generator<Batch> {
    yield* this.take(this.tail.end());
    yield* this.addAll(this.rows.end());
    yield* this.scanner.end();
  }

  private *take(text: string): Generator<Batch> {
    yield* this.addAll(this.rows.push(text));
  }

  private *addAll(read: readonly ReadRow[]): Generator<Batch> {
    for (const one of read) {
      const batch = this.scanner.add(this.applied(one));
      if (batch) yield batch;
    }
  }

  private applied(read: ReadRow): AppliedRow {
    return "reason" in read ? this.own.reject(read) : this.own.apply(read, this.rows.columns);
  }
}

/** Of a text with such a head: twice the rows of an end, as long as those. */
function tailOf(head: string): number {
  const lines = head.split("\n").length;
  const bytes = Math.ceil((2 * TAIL_RECORDS * head.length) / lines);
  return Math.min(MOST_TAIL_BYTES, Math.max(LEAST_TAIL_BYTES, bytes));
}

function columnFor(column: PlanColumn | undefined): DelimitedColumn {
  if (!column || column.role === "ignored" || column.role === "timestamp") return { kind: "skip" };
  const { name, role } = column;
  if (role === "value") {
    const decimal = column.number_format?.decimal ?? ".";
    return { kind: "number", name, decimal, read: (cell) => numberMeant(cell, column) };
  }
  // A rule, a sum or a comment may begin like this, and a NUL is none of a text.
  return textColumn(column, (text) => text.includes("\0") || /^[-=+:_|]/.test(text) || isNamedTotal([text]));
}
