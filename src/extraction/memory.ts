import { applyPlan, newAccounting } from "./apply";
import type { Ambiguity, TablePlan } from "./contract";
import type { SourceTable } from "./formats/source-table";
import { confidenceLevel } from "./infer/confidence";
import { asksYear } from "./infer/decide-year";
import { READING } from "./infer/time-column";
import type { KeptPlan } from "./shape";
import type { UnderstoodTable } from "./understand";

/** Rows on which two plans are compared. */
const COMPARED_ROWS = 2_000;

/**
 * Reads a table as one of its shape was read before, where that is worth more than what the table says by itself: where
 * a person settled it, or where the table leaves open what an earlier one has settled (03/04 is the third of April, for
 * last month's file had a 13/04). A kept plan that reads less of the table than the table's own is not used, and the
 * warnings say so.
 */
export function recall(fresh: UnderstoodTable, kept: KeptPlan): UnderstoodTable {
  const isSettled = fresh.ambiguities.length === 0 && fresh.confidence >= kept.confidence;
  if (kept.origin === "code" && isSettled) return fresh;
  // What a model was asked about the table may by now say itself.
  const isSurer = fresh.confidence > kept.confidence && confidenceLevel(fresh.confidence) === "high";
  if (kept.origin === "model" && isSettled && isSurer) return fresh;
  const own = withOwnYear({ ...fresh.plan, ...kept.plan }, fresh);
  const { plan } = own;
  if (readsLess(plan, fresh.plan, fresh.table)) {
    const warning = `Version ${kept.version} of the plan kept for data of this shape reads less of them and was not used.`;
    return { ...fresh, warnings: [...fresh.warnings, warning] };
  }
  // A model's word answers no question and makes nothing surer.
  const isAnswered = kept.origin !== "model";
  const confidence = isAnswered ? Math.max(fresh.confidence, kept.confidence) : fresh.confidence;
  const ambiguities = isAnswered
    ? own.ambiguities
    : fresh.ambiguities.map((one) => withChosen(one, plan.timestamp));
  const warnings = fresh.warnings.concat(
    `Read as data of this shape were before (plan version ${kept.version}).`,
  );
  return { ...fresh, plan, confidence, ambiguities, warnings, keptVersion: kept.version };
}

/**
 * A plan for a table with the year that the table's own times are of, where they are written without one and the plan
 * does not say it. What the table leaves open about that is still asked.
 */
export function withOwnYear(
  plan: TablePlan,
  { plan: own, ambiguities }: Pick<UnderstoodTable, "plan" | "ambiguities">,
): Pick<UnderstoodTable, "plan" | "ambiguities"> {
  const { timestamp } = plan;
  const yearless = own.timestamp?.yearless;
  const isSame = timestamp?.kind === "calendar" && timestamp.fields[0] === own.timestamp?.fields[0];
  if (!yearless || !isSame || timestamp.yearless) return { plan, ambiguities: [] };
  return {
    plan: { ...plan, timestamp: { ...timestamp, yearless } },
    ambiguities: ambiguities.filter(asksYear),
  };
}

/** The question as it was, and which of its readings a plan has. */
export function withChosen(one: Ambiguity, timestamp: TablePlan["timestamp"]): Ambiguity {
  if (!timestamp?.fields.includes(one.field)) return one;
  const readings = one.readings.map((each) => ({
    ...each,
    chosen: each.reading === READING[timestamp.order],
  }));
  return readings.some(({ chosen }) => chosen) ? { ...one, readings } : one;
}

/** What a plan cannot read of the first rows of a table. */
interface Unread {
  rows: number;
  /** Its cells, and those that cannot be read of other rows. */
  cells: number;
}

function unread(plan: TablePlan, table: SourceTable): Unread {
  const accounting = newAccounting();
  const first = { ...table, bad: [], rows: firstOf(table.rows, COMPARED_ROWS) };
  for (const _ of applyPlan(plan, first, accounting));
  const rows = accounting.rejected;
  let cells = rows * Math.max(1, plan.columns.length);
  for (const count of accounting.unreadableCells.values()) cells += count;
  return { rows, cells };
}

/** Whether a plan reads fewer cells of a table's first rows than another does. */
export const readsLess = (plan: TablePlan, other: TablePlan, table: SourceTable): boolean =>
  unread(plan, table).cells > unread(other, table).cells;

/** The same, or fewer rows: columns that a plan leaves out make no rows good. */
export function readsFewer(plan: TablePlan, other: TablePlan, table: SourceTable): boolean {
  const [its, others] = [unread(plan, table), unread(other, table)];
  return its.rows > others.rows || its.cells > others.cells;
}

function* firstOf<T>(items: Iterable<T>, most: number): Generator<T> {
  let count = 0;
  for (const item of items) {
    if (count++ >= most) return;
    yield item;
  }
}
