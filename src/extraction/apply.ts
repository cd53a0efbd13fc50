import { type Point, type RejectedRow, STREAM_LIMITS } from "../streams/contract";
import type { PlanColumn, TablePlan } from "./contract";
import type { Cell, SourceTable } from "./formats/source-table";
import { readValue } from "./infer/columns";
import { isEmpty, isMissingWord } from "./infer/numbers";
import { readRowTime } from "./infer/row-time";

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

/**
 * Carries a plan out: each row of the table becomes a point or is rejected with its reason, and is counted. Columns
 * are found by their source name, so that a plan fits another file of the same make. Rows whose time cannot be read are
 * rejected, or kept without one where `keepTimeless` says so.
 */
export function* applyPlan(
  plan: TablePlan,
  table: SourceTable,
  accounting: Accounting,
  { keepTimeless = false }: { keepTimeless?: boolean } = {},
): Generator<AppliedRow> {
  const places = new Map(table.columns.map((name, at) => [name, at]));
  const bound = plan.columns.flatMap((column): Bound[] => {
    const at = places.get(column.source);
    return at === undefined || column.role === "ignored" || column.role === "timestamp"
      ? []
      : [{ column, at }];
  });
  const sourceOf = new Map(plan.columns.map(({ name, source }) => [name, source]));
  const timeAt = plan.timestamp?.fields.map((name) => places.get(sourceOf.get(name) ?? name) ?? -1) ?? [];
  for (const bad of table.bad) yield rejectRow(bad.row, bad.reason, accounting);
  for (const { row, cells } of table.rows) {
    const timestamp = plan.timestamp
      ? readRowTime(
          timeAt.map((at) => cells[at] ?? null),
          plan.timestamp,
        )
      : null;
    if (plan.timestamp && timestamp === null && !keepTimeless) {
      yield rejectRow(row, timeReason(plan.timestamp.fields, timeAt, cells), accounting);
      continue;
    }
    const point = pointOf(timestamp, cells, bound, accounting);
    if (typeof point === "string") yield rejectRow(row, point, accounting);
    else {
      if (plan.tags) Object.assign(point.tags, plan.tags);
      accounting.processed++;
      yield { row, point };
    }
  }
}

function rejectRow(row: number, reason: string, accounting: Accounting): AppliedRow {
  accounting.rejected++;
  if (accounting.rejectedRows.length < STREAM_LIMITS.errorsListed)
    accounting.rejectedRows.push({ row, reason });
  return { row, rejected: reason };
}

function timeReason(fields: readonly string[], at: readonly number[], cells: readonly Cell[]): string {
  const shown = at
    .map((place) => String(cells[place] ?? "").trim())
    .join(" ")
    .trim()
    .slice(0, 60);
  const name = fields.join(" and ");
  return shown === ""
    ? `"${name}" is empty: the row has no time`
    : `"${name}" is no time that can be read: ${JSON.stringify(shown)}`;
}

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

function numberIn(cell: Exclude<Cell, null>, column: PlanColumn): number | null {
  if (typeof cell === "boolean") return cell ? 1 : 0;
  if (column.type === "boolean" && typeof cell === "string") {
    const word = cell.trim().toLowerCase();
    if (word === "true" || word === "false") return word === "true" ? 1 : 0;
  }
  return readValue(cell, column.number_format ?? DEFAULT_NUMBERS);
}
