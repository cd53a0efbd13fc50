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
  if (unread(plan, fresh.table) > unread(fresh.plan, fresh.table)) {
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

/** Rows that the plan rejects and cells that it cannot read, among the first rows. */
export function unread(plan: TablePlan, table: SourceTable): number {
  const accounting = newAccounting();
  const first = { ...table, bad: [], rows: firstOf(table.rows, COMPARED_ROWS) };
  for (const _ of applyPlan(plan, first, accounting));
  let cells = 0;
  for (const count of accounting.unreadableCells.values()) cells += count;
  return accounting.rejected * Math.max(1, plan.columns.length) + cells;
}

function* firstOf<T>(items: Iterable<T>, most: number): Generator<T> {
  let count = 0;
  for (const item of items) {
    if (count++ >= most) return;
    yield item;
  }
}
