import { canonicalJson } from "../../core/json";
import type { PlanColumn, TablePlan } from "../contract";
import type { ColumnHint } from "../formats/source-table";
import type { DateHints } from "../infer/timestamps";
import { asUnit } from "../infer/units";
import { readsFewer, withChosen } from "../memory";
import { planTable } from "../plan";
import { samePlan } from "../shape";
import type { Draft, UnderstoodTable } from "../understand";
import type { PlanPatch } from "./patch";
import type { Profiled } from "./profile";

/** What became of a patch. */
export interface Advised {
  understood: UnderstoodTable;
  verdict: Verdict;
}
export type Verdict = "changed" | "confirmed" | "rejected";

/**
 * Reads a table again with what a patch says of it. A patch is a hint and no plan: the planner makes the plan, with its
 * own checks and limits. What code is sure of stays, whatever a patch says; so does code's whole plan where the other
 * would read less of the table. Confidence never rises by a patch: a model's word is no evidence that can be counted.
 */
export function applyPatch(draft: Draft, patch: PlanPatch, profiled: Profiled): Advised {
  const code = draft.understood;
  const { plan, confidence } = patched(draft, patch, profiled);
  if (samePlan(plan, code.plan)) return { understood: code, verdict: "confirmed" };
  if (readsFewer(plan, code.plan, code.table)) return { understood: code, verdict: "rejected" };
  const understood = {
    ...code,
    plan,
    confidence: Math.min(code.confidence, confidence),
    ambiguities: code.ambiguities.map((one) => withChosen(one, plan.timestamp)),
  };
  return { understood, verdict: "changed" };
}

function patched(
  draft: Draft,
  patch: PlanPatch,
  profiled: Profiled,
): { plan: TablePlan; confidence: number } {
  const { plan } = draft.understood;
  const open = openChanges(draft, patch, profiled);
  const time = draft.doubts.time ? timeHints(draft.understood, patch, profiled) : null;
  const again = replanned(draft, open, time);
  const derived = patch.derived.flatMap((id) => profiled.derivable.get(id) ?? []);
  const whole: TablePlan = {
    ...plan,
    timestamp: again.plan.timestamp,
    columns: again.plan.columns.map((column) => changed(column, open.get(column.source))),
    ...(derived.length > 0 ? { derived: [...(plan.derived ?? []), ...derived] } : {}),
  };
  return { plan: whole, confidence: again.confidence };
}

type ColumnChange = PlanPatch["columns"][number];

/** What the patch says of columns whose roles are open, by their names in the source. */
function openChanges(
  { doubts }: Draft,
  { columns: changes }: PlanPatch,
  { columns }: Profiled,
): Map<string, ColumnChange> {
  const open = new Map<string, ColumnChange>();
  for (const change of changes) {
    const source = columns.get(change.id)?.source;
    if (source !== undefined && doubts.columns.includes(source)) open.set(source, change);
  }
  return open;
}

function changed(column: PlanColumn, change: ColumnChange | undefined): PlanColumn {
  if (!change || column.role === "timestamp") return column;
  if (change.role === "ignored") return { ...column, role: "ignored" };
  if (column.role !== "value" || column.unit !== null) return column;
  return { ...column, unit: asUnit(change.unit.trim()) };
}

function replanned(
  { understood: { table, format, plan }, planning }: Draft,
  open: ReadonlyMap<string, ColumnChange>,
  time: TimeHints | null,
): { plan: TablePlan; confidence: number } {
  const hints = { ...table.hints, ...time?.hints };
  for (const [source, { role }] of open) if (role !== "ignored") hints[source] = role;
  for (const source of time?.sources ?? []) delete hints[source];
  const asCode = { plan, confidence: 1 };
  if (open.size === 0 && time === null) return asCode;
  const timeColumn = time?.sources[0] ?? table.timeColumn;
  const hinted = { ...table, hints, ...(timeColumn === undefined ? {} : { timeColumn }) };
  const again = planTable(hinted, format, { ...planning, ...time?.dates });
  // Made of other columns than were named: the planner does not see a time in those. Not asked about it stays.
  const isTimeRight = time
    ? isMadeOf(again.plan, time.fields)
    : canonicalJson(again.plan.timestamp) === canonicalJson(plan.timestamp);
  return isTimeRight ? again : asCode;
}

/** Which columns are the time, by their names in the plan and in the source, and how they are written. */
interface TimeHints {
  fields: string[];
  sources: string[];
  /** Other uses for all other columns: what has one is no time for the planner. */
  hints: Record<string, ColumnHint>;
  dates: DateHints;
}

/** Null where the patch leaves the time as it is, or names a column that nobody has shown it. */
function timeHints(
  { plan }: UnderstoodTable,
  { time_columns, time_order }: PlanPatch,
  { columns }: Profiled,
): TimeHints | null {
  const named = time_columns.flatMap((id) => columns.get(id) ?? []);
  if (named.length < time_columns.length) return null;
  const dates = time_order === "keep" ? {} : { order: time_order };
  if (named.length === 0) {
    const fields = plan.timestamp?.fields ?? [];
    if (fields.length === 0 || time_order === "keep") return null;
    return { fields, sources: [], hints: {}, dates };
  }
  const sources = named.map(({ source }) => source);
  const hints: TimeHints["hints"] = {};
  for (const { source, role } of plan.columns)
    if (!sources.includes(source))
      hints[source] = role === "value" || role === "category" ? role : "attribute";
  return { fields: named.map(({ name }) => name), sources, hints, dates };
}

const isMadeOf = ({ timestamp }: TablePlan, fields: readonly string[]): boolean =>
  timestamp?.fields.length === fields.length && timestamp.fields.every((name) => fields.includes(name));
