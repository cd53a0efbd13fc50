import { type Point, type RejectedRow, STREAM_LIMITS } from "../streams/contract";
import type { DerivedField, PlanColumn, TablePlan, TimestampPlan } from "./contract";
import { derive, placeOf } from "./derive";
import type { Cell, SourceRow, SourceTable } from "./formats/source-table";
import { readValue } from "./infer/cell-values";
import { isEmpty, isMissingWord } from "./infer/numbers";
import { RowTimes, readRowTime, timeColumnsOf } from "./infer/row-time";

export type AppliedRow = { row: number; point: Point } | { row: number; rejected: string };

/** Counts while a plan is applied. Every row that a table has is processed or rejected. */
export interface Accounting {
  processed: number;
  rejected: number;
  /** The first rejected rows by name; more are counted only. */
  rejectedRows: RejectedRow[];
  /** Cells of value columns that hold something and are no number, by column. The rest of their row is kept. */
  unreadableCells: Map<string, number>;
}

/** The same when the rows are stored. Processed are those that are new, that changed what was there, or were there already. */
export interface StoredAccounting extends Accounting {
  accepted: number;
  updated: number;
  duplicates: number;
}

export const newAccounting = (): Accounting => ({
  processed: 0,
  rejected: 0,
  rejectedRows: [],
  unreadableCells: new Map(),
});

interface Bound {
  column: PlanColumn;
  at: number;
}

const DEFAULT_NUMBERS = { decimal: ".", group: "," } as const;

export interface ApplyOptions {
  /** Keep rows whose time cannot be read, without one. */
  keepTimeless?: boolean;
  /** Rows that are left out, since another plan has read them. */
  taken?: { has(row: number): boolean };
}

/**
 * Carries a plan out: each row of the table becomes a point or is rejected with its reason, and is counted. Columns
 * are found by their source name, so that a plan fits another file of the same make. Rows whose time cannot be read are
 * rejected, or kept without one where `keepTimeless` says so.
 */
export function* applyPlan(
  plan: TablePlan,
  table: SourceTable,
  accounting: Accounting,
  options: ApplyOptions = {},
): Generator<AppliedRow> {
  const rows = new AppliedRows(plan, accounting, options);
  for (const bad of table.bad) if (!options.taken?.has(bad.row)) yield rows.reject(bad);
  for (const row of table.rows) {
    if (options.taken?.has(row.row)) rows.pass(row, table.columns);
    else yield rows.apply(row, table.columns);
  }
}

/** A plan as it is carried out row by row. */
export class AppliedRows {
  private columns = -1;
  private bound: Bound[] = [];
  private timeAt: number[] = [];
  private readonly times: RowTimes | null;
  /** Places of the columns that fields are derived from, by their names. */
  private derivedAt = new Map<string, number>();

  constructor(
    private readonly plan: TablePlan,
    private readonly accounting: Accounting,
    private readonly options: ApplyOptions = {},
  ) {
    this.times = plan.timestamp && new RowTimes(plan.timestamp);
  }

  reject({ row, reason }: RejectedRow): AppliedRow {
    return rejectRow(row, reason, this.accounting);
  }

  /** `columns` are the names of the row's cells; they may grow at their end from row to row. */
  apply({ row, cells }: SourceRow, columns: readonly string[]): AppliedRow {
    const { plan, accounting } = this;
    if (columns.length !== this.columns) this.bind(columns);
    const { timeAt } = this;
    const timestamp = this.times?.next(timeAt.map((at) => cells[at] ?? null)) ?? null;
    if (plan.timestamp && timestamp === null && !this.options.keepTimeless)
      return rejectRow(row, timeReason(plan.timestamp, timeAt, cells), accounting);
    const point = pointOf(timestamp, cells, this.bound, accounting);
    if (typeof point === "string") return rejectRow(row, point, accounting);
    if (plan.tags) Object.assign(point.tags, plan.tags);
    if (plan.derived) this.addDerived(plan.derived, point, cells);
    accounting.processed++;
    return { row, point };
  }

  /** A row that is not applied: the year of those behind it may follow from its time. */
  pass({ cells }: SourceRow, columns: readonly string[]): void {
    if (!this.plan.timestamp?.yearless) return;
    if (columns.length !== this.columns) this.bind(columns);
    this.times?.next(this.timeAt.map((at) => cells[at] ?? null));
  }

  private addDerived(derived: readonly DerivedField[], point: Point, cells: readonly Cell[]): void {
    const row = {
      timestamp: point.timestamp,
      cell: (name: string) => cells[this.derivedAt.get(name) ?? -1] ?? null,
    };
    for (const field of derived) {
      const value = derive(field, row, this.plan);
      if (value !== null) point.fields[field.name] = value;
    }
  }

  private bind(columns: readonly string[]): void {
    const { plan } = this;
    const places = new Map(columns.map((name, at) => [name, at]));
    this.columns = columns.length;
    this.bound = plan.columns.flatMap((column): Bound[] => {
      const at = places.get(column.source);
      return at === undefined || column.role === "ignored" || column.role === "timestamp"
        ? []
        : [{ column, at }];
    });
    const times = plan.timestamp ? timeColumnsOf(plan.timestamp) : [];
    const needed = [...times, ...(plan.derived?.flatMap(({ of }) => of) ?? [])];
    this.derivedAt = new Map(needed.map((name) => [name, placeOf(plan, columns, name)]));
    const sourceOf = new Map(plan.columns.map(({ name, source }) => [name, source]));
    this.timeAt = times.map((name) => places.get(sourceOf.get(name) ?? name) ?? -1);
  }
}

function rejectRow(row: number, reason: string, accounting: Accounting): AppliedRow {
  accounting.rejected++;
  if (accounting.rejectedRows.length < STREAM_LIMITS.errorsListed)
    accounting.rejectedRows.push({ row, reason });
  return { row, rejected: reason };
}

/** `at` are the places of the time's columns and, where the plan has one, that of the zone. */
function timeReason(
  { zone_column: zone, ...written }: TimestampPlan,
  at: readonly number[],
  cells: readonly Cell[],
): string {
  const { fields } = written;
  const own = at.slice(0, fields.length).map((place) => cells[place] ?? null);
  if (zone !== undefined && readRowTime(own, written) !== null) {
    const said = shownCells([cells[at[fields.length]!] ?? null]);
    return said === ""
      ? `"${zone}" is empty: nothing says the zone of the row's time`
      : `"${zone}" names no zone for certain: ${JSON.stringify(said)}`;
  }
  const shown = shownCells(own);
  const name = fields.join(" and ");
  return shown === ""
    ? `"${name}" is empty: the row has no time`
    : `"${name}" is no time that can be read: ${JSON.stringify(shown)}`;
}

const shownCells = (cells: readonly Cell[]): string =>
  cells
    .map((cell) => String(cell ?? "").trim())
    .join(" ")
    .trim()
    .slice(0, 60);

/** The point of a row, or why it is none: a row in which nothing stands is no record. */
function pointOf(
  timestamp: Point["timestamp"],
  cells: readonly Cell[],
  bound: readonly Bound[],
  accounting: Accounting,
): Point | string {
  const fields: Point["fields"] = {};
  const tags: Point["tags"] = {};
  const attributes: Record<string, string> = {};
  let kept = 0;
  let unreadable = 0;
  for (const { column, at } of bound) {
    const cell = cells[at] ?? null;
    if (cell === null || isEmpty(cell)) continue;
    if (column.role === "value") {
      const value = numberIn(cell, column);
      if (value !== null) {
        fields[column.name] = value;
        kept++;
      } else if (!(typeof cell === "string" && isMissingWord(cell))) {
        unreadable++;
        accounting.unreadableCells.set(column.name, (accounting.unreadableCells.get(column.name) ?? 0) + 1);
      }
      continue;
    }
    const text = String(cell).trim();
    const most = column.role === "category" ? STREAM_LIMITS.tagValueChars : STREAM_LIMITS.attributeChars;
    if (text.length > most) return `"${column.name}" is longer than ${most} characters`;
    if (column.role === "category") tags[column.name] = text;
    else attributes[column.name] = text;
    kept++;
  }
  if (kept === 0 && timestamp === null)
    return unreadable > 0 ? "no value of the row can be read" : "the row is empty";
  const point: Point = { timestamp, fields, tags };
  if (Object.keys(attributes).length > 0) point.attributes = attributes;
  return point;
}

/** The number that a cell of a value's column holds, or null. */
export function numberIn(cell: Exclude<Cell, null>, column: PlanColumn): number | null {
  if (typeof cell === "boolean") return cell ? 1 : 0;
  if (column.type === "boolean" && typeof cell === "string") {
    const word = cell.trim().toLowerCase();
    if (word === "true" || word === "false") return word === "true" ? 1 : 0;
  }
  return readValue(cell, column.number_format ?? DEFAULT_NUMBERS);
}
