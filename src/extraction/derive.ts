import type { Micros } from "../core/timestamps";
import type { DerivedField, DerivedKind, TablePlan, TimestampPlan } from "./contract";
import { type Cell, distinctNames, type SourceRow, type SourceTable } from "./formats/source-table";
import { sentimentScore } from "./formats/text/sentiment";
import { readRowTime, timeColumnsOf } from "./infer/row-time";

/** A row while its derived fields are computed. */
interface RowSight {
  timestamp: Micros | null;
  /** The cell of a column by its name; null where there is none. */
  cell(name: string): Cell;
}

const RULES: Record<DerivedKind, (of: readonly string[], row: RowSight, plan: TablePlan) => number | null> = {
  duration: ([from, to], row, plan) => {
    const start = timeOf(from!, row, plan);
    const end = timeOf(to!, row, plan);
    return start === null || end === null ? null : (end - start) / 1e6;
  },
  sentiment: ([text], row) => {
    const cell = row.cell(text!);
    return typeof cell === "string" && cell.trim() !== "" ? sentimentScore(cell) : null;
  },
  count: () => 1,
};

/** The value of a derived field in a row; null where what it needs is missing. */
export const derive = ({ kind, of }: DerivedField, row: RowSight, plan: TablePlan): number | null =>
  RULES[kind](of, row, plan);

/** The row's own time, or that of another column, written as the row's is. */
function timeOf(name: string, row: RowSight, plan: TablePlan): Micros | null {
  if (plan.timestamp?.fields.includes(name)) return row.timestamp;
  const cell = row.cell(name);
  if (cell === null || (typeof cell === "string" && cell.trim() === "")) return null;
  const { yearless: _, ...own } = plan.timestamp ?? { order: "ymd", zone: "UTC" };
  const written: TimestampPlan = { ...own, fields: [name], kind: "calendar", formats: [] };
  const zone = written.zone_column === undefined ? [] : [row.cell(written.zone_column)];
  return readRowTime([cell, ...zone], written);
}

/** Rows on which it is seen whether a derived field would say something. */
const LOOKED_AT = 200;
const MOST = 12;
const ENOUGH = 0.9;
const SENTENCE_WORDS = 4;

/**
 * The fields that could be derived from a table and are not in its plan: a closed list from which a person, or a model,
 * may take some into the plan's `derived`. Times between columns of times, sentiment of texts, and the number of rows where
 * nothing else can be counted.
 */
export function derivable(plan: TablePlan, table: SourceTable): DerivedField[] {
  const rows = firstRows(table.rows);
  const found = [...durations(plan, table, rows), ...sentiments(plan, table, rows)].slice(0, MOST);
  if (plan.columns.every(({ role }) => role !== "value"))
    found.push({ name: "count", kind: "count", of: [] });
  const taken = plan.columns.map(({ name }) => name);
  const names = distinctNames([...taken, ...found.map(({ name }) => name)]).slice(taken.length);
  return found.map((field, i) => ({ ...field, name: names[i]! }));
}

function firstRows(rows: Iterable<SourceRow>): SourceRow[] {
  const first: SourceRow[] = [];
  for (const row of rows) {
    if (first.length >= LOOKED_AT) break;
    first.push(row);
  }
  return first;
}

function* durations(
  plan: TablePlan,
  table: SourceTable,
  rows: readonly SourceRow[],
): Generator<DerivedField> {
  const own = plan.timestamp?.fields.length === 1 ? plan.timestamp.fields : [];
  const others = plan.columns.filter(({ role, type }) => role === "attribute" && type === "timestamp");
  const times = [...own, ...others.map(({ name }) => name)];
  for (const from of times)
    for (const to of times) {
      if (from === to) continue;
      const field: DerivedField = {
        name: `${from}_to_${to}_seconds`.slice(0, 240),
        kind: "duration",
        of: [from, to],
      };
      const values = rows.flatMap((row) => derive(field, sightOf(plan, table, row), plan) ?? []);
      const forward = values.filter((value) => value >= 0).length;
      if (
        values.length >= rows.length / 2 &&
        values.some((value) => value > 0) &&
        forward >= values.length * ENOUGH
      )
        yield field;
    }
}

function* sentiments(
  plan: TablePlan,
  table: SourceTable,
  rows: readonly SourceRow[],
): Generator<DerivedField> {
  for (const { name, role, type, source } of plan.columns) {
    const at = table.columns.indexOf(source);
    if (role !== "attribute" || type !== "string" || at < 0) continue;
    const texts = rows.flatMap(({ cells }) => (typeof cells[at] === "string" ? [cells[at]] : []));
    const words = texts.reduce((sum, text) => sum + text.trim().split(/\s+/).length, 0);
    if (texts.length === 0 || words < texts.length * SENTENCE_WORDS) continue;
    if (texts.some((text) => sentimentScore(text) !== 0))
      yield { name: `${name}_sentiment`.slice(0, 240), kind: "sentiment", of: [name] };
  }
}

function sightOf(plan: TablePlan, table: SourceTable, { cells }: SourceRow): RowSight {
  const at = (name: string) => placeOf(plan, table.columns, name);
  const { timestamp } = plan;
  const timeOfRow = (of: TimestampPlan) =>
    readRowTime(
      timeColumnsOf(of).map((name) => cells[at(name)] ?? null),
      of,
    );
  return {
    timestamp: timestamp && timeOfRow(timestamp),
    cell: (name) => cells[at(name)] ?? null,
  };
}

/** Where a column of the plan stands in the source; -1 where it is not there. */
export function placeOf(plan: TablePlan, columns: readonly string[], name: string): number {
  const source = plan.columns.find((column) => column.name === name)?.source ?? name;
  return columns.indexOf(source);
}
