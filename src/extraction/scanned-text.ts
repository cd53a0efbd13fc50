import type { Batch, CellMeaning, TimeForm } from "../streams";
import { STREAM_LIMITS } from "../streams/contract";
import { numberIn } from "./apply";
import type { PlanColumn, TablePlan, TimestampPlan } from "./contract";
import type { Cell, RowReader } from "./formats/source-table";
import { isEmpty, isMissingWord } from "./infer/numbers";
import { fixedSeconds } from "./infer/row-time";

/** A text on its way from its bytes, in pieces that may be cut anywhere, into frames. */
export interface ScannedText {
  /** What stands around the rows, as the reader of rows counts it. */
  readonly rows: RowReader;
  push(bytes: Uint8Array): Generator<Batch>;
  /** What is left, the last batch among it. */
  end(): Generator<Batch>;
}

/** The time of a plan by which each row is read from the cells of its own columns alone; null: another plan's. */
export function plainTime({ timestamp, tags, derived }: TablePlan): TimestampPlan | null {
  if (!timestamp || tags || derived) return null;
  // The year of a row follows from the rows before it, a zone from another column or from a calendar of changes.
  const isZoned = timestamp.zone_column !== undefined || fixedSeconds(timestamp.zone) === null;
  return timestamp.yearless || isZoned ? null : timestamp;
}

/** What a cell of a value's column is, as AppliedRows reads it. */
export function numberMeant(cell: Cell, column: PlanColumn): CellMeaning {
  if (cell === null || isEmpty(cell)) return { is: "absent" };
  const value = numberIn(cell, column);
  if (value !== null) return { is: "field", value };
  return typeof cell === "string" && isMissingWord(cell) ? { is: "absent" } : { is: "unclear" };
}

/** A column of tags or attributes, as AppliedRows reads it. Where `isUnclear`, the whole row says what a cell is. */
export function textColumn({ name, role }: PlanColumn, isUnclear: (text: string) => boolean = () => false) {
  const isTag = role === "category";
  const most = isTag ? STREAM_LIMITS.tagValueChars : STREAM_LIMITS.attributeChars;
  return {
    kind: isTag ? ("text" as const) : ("attribute" as const),
    name,
    read: (cell: Cell): CellMeaning => {
      if (cell === null || isEmpty(cell)) return { is: "absent" };
      const text = String(cell).trim();
      if (text.length > most || isUnclear(text)) return { is: "unclear" };
      return { is: isTag ? "tag" : "attribute", text };
    },
  };
}

/** How the times of a plan are mostly written. */
export function formOf({ kind, fields, order, epoch_unit, zone }: TimestampPlan): TimeForm {
  if (kind === "epoch") return { kind: "epoch", unit: epoch_unit ?? "s" };
  if (kind !== "calendar" || fields.length > 1) return { kind: "other" };
  return { kind: "calendar", order, zoneSeconds: fixedSeconds(zone) ?? 0 };
}
