import { applyPlan, newAccounting } from "./apply";
import type { Ambiguity, PlanColumn, TablePlan } from "./contract";
import type { SourceTable } from "./formats/source-table";
import { confidenceLevel } from "./infer/confidence";
import { asksYear } from "./infer/decide-year";
import { READING } from "./infer/time-column";
import type { KeptPlan, ShapePlan } from "./shape";
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
  const holding = kept.origin === "person" ? kept.plan : holdingFor(fresh, kept.plan);
  if (holding === null) return fresh;
  const own = withOwnYear({ ...fresh.plan, ...holding }, fresh);
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
 * A plan that nobody settled, as far as it holds for a table: it was found of other cells. Of a column that holds another
 * type of cells here, or held nothing there, it says nothing, and of times only where these are written alike. Null where
 * they are not, or where it leaves the open question open.
 */
function holdingFor({ plan: own, ambiguities }: UnderstoodTable, kept: ShapePlan): ShapePlan | null {
  const { timestamp } = kept;
  if (own.timestamp && !(timestamp && isWrittenAlike(own.timestamp, timestamp))) return null;
  const answer = timestamp && READING[timestamp.order];
  const isAnswer = ambiguities
    .filter(asksOrder)
    .every(({ readings }) => readings.some(({ reading }) => reading === answer));
  if (!isAnswer) return null;
  const found = new Map(own.columns.map((column) => [column.source, column]));
  return { ...kept, columns: kept.columns.map((column) => columnOf(column, found.get(column.source))) };
}

const ORDER_READINGS: ReadonlySet<string> = new Set(Object.values(READING));
const asksOrder = ({ readings }: Ambiguity): boolean =>
  readings.some(({ reading }) => ORDER_READINGS.has(reading));

/** Whether times have the same parts and marks between them, in whatever order. */
function isWrittenAlike(one: Timestamp, other: Timestamp): boolean {
  const parts = (format: string): string => (format.match(/%.|[^%]/g) ?? []).sort().join("");
  const known = new Set(other.formats.map(parts));
  return one.kind === other.kind && one.formats.some((format) => known.has(parts(format)));
}
type Timestamp = NonNullable<TablePlan["timestamp"]>;

/** Keeps its name: fields of a stream go on under it. */
function columnOf(kept: PlanColumn, own: PlanColumn | undefined): PlanColumn {
  const isOther = own && !isSameType(kept.type, own.type);
  return isOther ? { ...own, name: kept.name } : kept;
}

/** Whether cells of one type say nothing against another; times are judged by how they are written. */
function isSameType(kept: PlanColumn["type"], own: PlanColumn["type"]): boolean {
  if (own === kept || own === "empty" || own === "timestamp" || kept === "timestamp") return true;
  return (own === "integer" && kept === "number") || (own === "number" && kept === "integer");
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
