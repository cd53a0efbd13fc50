import type { Micros } from "../core/timestamps";
import { type Batch, type JsonColumn, JsonLinesScanner, type JsonScalar, TIME, UNUSED } from "../streams";
import type { AppliedRow, AppliedRows } from "./apply";
import type { PlanColumn, TablePlan, TimestampPlan } from "./contract";
import { TextStream } from "./detect/text";
import { scalarOf } from "./formats/json/big-integers";
import { JsonLines } from "./formats/json/lines";
import type { ReadRow } from "./formats/source-table";
import { readRowTime } from "./infer/row-time";
import { formOf, numberMeant, plainTime, type ScannedText, textColumn } from "./scanned-text";

/**
 * Lines of JSON from their bytes into frames, the fast way: lines written like an earlier one are taken without a text or
 * an object for them, and all others are read by {@link JsonLines} and {@link AppliedRows}, which define what each is.
 */
export class ScannedLines implements ScannedText {
  readonly rows = new JsonLines();
  private readonly scanner: JsonLinesScanner;
  private readonly text = new TextStream("utf-8");

  /** Null where the plan wants what is read row by row only. The text is UTF-8. */
  static open(plan: TablePlan, own: AppliedRows): ScannedLines | null {
    const { columns } = plan;
    const timestamp = plainTime(plan);
    if (!timestamp) return null;
    const [field, ...others] = timestamp.fields;
    if (field === undefined || others.length > 0) return null;
    const timeSource = columns.find(({ name }) => name === field)?.source ?? field;
    const used = columns.filter(({ role }) => role !== "ignored" && role !== "timestamp");
    const sources = used.map(({ source }) => source);
    const isPlain = [sources, used.map(({ name }) => name)].every((all) => new Set(all).size === all.length);
    return isPlain && !sources.includes(timeSource)
      ? new ScannedLines(used, timestamp, timeSource, own)
      : null;
  }

  private constructor(
    columns: readonly PlanColumn[],
    timestamp: TimestampPlan,
    timeSource: string,
    private readonly own: AppliedRows,
  ) {
    const targets = new Map(columns.map(({ source }, at) => [source, at]));
    targets.set(timeSource, TIME);
    this.scanner = new JsonLinesScanner({
      columns: columns.map(columnFor),
      time: { form: formOf(timestamp), read: (cell) => timeOf(cell, timestamp) },
      cellOf: scalarOf,
      targetOf: (key) => {
        const place = this.rows.placeOf(key);
        return place === undefined ? null : (targets.get(this.rows.columns[place]!) ?? UNUSED);
      },
      readLines: (bytes, passed) => {
        this.rows.pass(passed);
        return this.applied(this.rows.push(this.text.push(bytes)));
      },
      endLines: () => this.applied([...this.rows.push(this.text.end()), ...this.rows.end()]),
    });
  }

  push(bytes: Uint8Array): Generator<Batch> {
    return this.scanner.push(bytes);
  }

  end(): Generator<Batch> {
    return this.scanner.end();
  }

  private applied(read: readonly ReadRow[]): AppliedRow[] {
    const { own, rows } = this;
    return read.map((one) => ("reason" in one ? own.reject(one) : own.apply(one, rows.columns)));
  }
}

const timeOf = (cell: JsonScalar, timestamp: TimestampPlan): Micros | undefined =>
  readRowTime([cell], timestamp) ?? undefined;

function columnFor(column: PlanColumn): JsonColumn {
  const { name, role } = column;
  if (role === "value") return { kind: "number", name, read: (cell) => numberMeant(cell, column) };
  return textColumn(column);
}
