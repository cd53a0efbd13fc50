import { formatMicros } from "../core/timestamps";
import { STREAM_LIMITS } from "../streams/contract";
import { type Accounting, applyPlan, newAccounting, type StoredAccounting } from "./apply";
import type { AnalyzeAnswer, LoadedTable, ProcessAnswer, Skipped, TablePlan } from "./contract";
import { derivable } from "./derive";
import { nothingSkipped, skippedTotal } from "./formats/source-table";
import { CONFIDENCE_LEVELS, type ConfidenceLevels, confidenceLevel } from "./infer/confidence";
import { EXTRACTION_LIMITS } from "./limits";
import { shapeOf } from "./shape";
import type { Understanding, UnderstoodTable } from "./understand";

/** The fields by their roles, as the reference's answer names them. */
export function schemaOf(plan: TablePlan): ProcessAnswer["schema"] {
  const named = (role: string) =>
    plan.columns.filter((column) => column.role === role).map(({ name }) => name);
  const stored = plan.columns.filter(({ role }) => role !== "ignored");
  return {
    timestamp_field: plan.timestamp?.fields[0] ?? null,
    timestamp_fields: plan.timestamp?.fields ?? [],
    value_fields: [...named("value"), ...(plan.derived ?? []).map(({ name }) => name)],
    category_fields: [...named("category"), ...Object.keys(plan.tags ?? {})],
    attribute_fields: named("attribute"),
    units: Object.fromEntries(stored.flatMap(({ name, unit }) => (unit === null ? [] : [[name, unit]]))),
    types: Object.fromEntries(stored.map(({ name, type }) => [name, type])),
  };
}

/** A table after its rows were applied, and counted. */
export interface AppliedTable {
  understood: UnderstoodTable;
  accounting: Accounting;
}
export interface StoredTable extends AppliedTable {
  accounting: StoredAccounting;
  streamId: string;
}

/** The answer's body, once the rows have been applied and counted. `job_id` is the caller's to add. */
export function answer(
  understanding: Understanding,
  tables: readonly StoredTable[],
  levels = CONFIDENCE_LEVELS,
): ProcessAnswer {
  return {
    ...understood(understanding, tables, levels),
    records_processed: sum(tables, ({ processed }) => processed),
    ...counts(tables),
    ...rejections(tables, STREAM_LIMITS.errorsListed),
    ...listed(tables.map((one): LoadedTable => ({ ...tableAnswer(one), stream_id: one.streamId }))),
  };
}

/** The answer to an analysis: the same understanding, with the first rows as they would be stored. */
export function analysis(understanding: Understanding, levels = CONFIDENCE_LEVELS): AnalyzeAnswer {
  const preview: AnalyzeAnswer["preview"] = [];
  const tables = understanding.tables.map((one, at): AppliedTable => {
    const accounting = newAccounting();
    for (const applied of applyPlan(one.plan, one.table, accounting)) {
      if (at > 0 || !("point" in applied) || preview.length >= EXTRACTION_LIMITS.previewRows) continue;
      const { timestamp, ...rest } = applied.point;
      const time = timestamp === null ? null : formatMicros(timestamp);
      preview.push({ row: applied.row, timestamp: time, ...rest });
    }
    return { understood: one, accounting };
  });
  return {
    ...understood(understanding, tables, levels),
    records_found: sum(tables, ({ processed }) => processed),
    ...rejections(tables, EXTRACTION_LIMITS.rejectedListed),
    ...listed(tables.map(tableAnswer)),
    preview,
  };
}

/** A single table is told by the answer itself. */
const listed = <T>(tables: T[]): { tables?: T[] } => (tables.length > 1 ? { tables } : {});

const remembered = ({ format, table, keptVersion }: UnderstoodTable) => ({
  shape_id: shapeOf(format, table),
  plan_version: keptVersion,
});

const sum = (tables: readonly AppliedTable[], of: (accounting: Accounting) => number): number =>
  tables.reduce((total, { accounting }) => total + of(accounting), 0);

/** Every row of the source once: rows seen are those received and those skipped. */
function counts(tables: readonly StoredTable[]) {
  const total = (of: (one: StoredTable) => number) => tables.reduce((all, one) => all + of(one), 0);
  const accepted = total(({ accounting }) => accounting.accepted);
  const updated = total(({ accounting }) => accounting.updated);
  const duplicates = total(({ accounting }) => accounting.duplicates);
  const received = accepted + updated + duplicates + total(({ accounting }) => accounting.rejected);
  const rows_seen = received + total(({ understood }) => skippedTotal(understood.table.skipped));
  return { rows_seen, received, accepted, updated, duplicates };
}

function rejections(tables: readonly AppliedTable[], most: number) {
  const several = tables.length > 1;
  const rejected = tables.flatMap(({ accounting, understood: { plan } }) =>
    accounting.rejectedRows.map((one) => (several ? { ...one, table: plan.name } : one)),
  );
  return {
    records_rejected: sum(tables, (accounting) => accounting.rejected),
    rejected: rejected.slice(0, most),
    skipped: allSkipped(tables),
  };
}

function allSkipped(tables: readonly AppliedTable[]): Skipped {
  const all = nothingSkipped();
  for (const { understood } of tables)
    for (const kind of Object.keys(all) as (keyof Skipped)[]) all[kind] += understood.table.skipped[kind];
  return all;
}

const tableAnswer = ({ understood, accounting }: AppliedTable) => {
  const { plan, table, confidence } = understood;
  return {
    name: plan.name,
    format: plan.format,
    ...(plan.place ? { place: plan.place } : {}),
    confidence: round(confidence * readShare(accounting)),
    schema: schemaOf(plan),
    ...remembered(understood),
    records_processed: accounting.processed,
    records_rejected: accounting.rejected,
    skipped: table.skipped,
  };
};

/** Rows that the plan cannot read are evidence against the plan. */
function readShare({ processed, rejected }: Accounting): number {
  const seen = processed + rejected;
  return seen === 0 ? 1 : 0.6 + (0.4 * processed) / seen;
}

const round = (value: number): number => Math.round(value * 1_000) / 1_000;

/** Of several tables each counts as much as it has rows. */
function confidenceOfAll(tables: readonly AppliedTable[]): number {
  let weighted = 0;
  let weights = 0;
  for (const { understood, accounting } of tables) {
    const weight = Math.max(1, accounting.processed + accounting.rejected);
    weighted += weight * understood.confidence * readShare(accounting);
    weights += weight;
  }
  return round(weighted / Math.max(1, weights));
}

function understood(understanding: Understanding, tables: readonly AppliedTable[], levels: ConfidenceLevels) {
  const { detectedType, suggestions } = understanding;
  const confidence = confidenceOfAll(tables);
  const first = understanding.tables[0]!;
  return {
    success: true as const,
    detected_type: detectedType,
    confidence,
    confidence_level: confidenceLevel(confidence, levels),
    format: first.format,
    schema: schemaOf(first.plan),
    ...remembered(first),
    suggested_strategies: suggestions.map(({ strategy_id }) => strategy_id),
    suggestions,
    ambiguities: understanding.tables.flatMap(({ ambiguities }) => ambiguities),
    warnings: [...doubtIn(confidence, levels), ...warningsOf(understanding, tables)].slice(
      0,
      EXTRACTION_LIMITS.warnings,
    ),
    // What is derived stands in a plan that is carried out again.
    derivable: first.table.foundBy ? [] : derivable(first.plan, first.table),
    plan: { version: 1 as const, tables: understanding.tables.map(({ plan }) => plan) },
    llm: understanding.llm ?? { used: false, provider: null, model: null, tokens: 0 },
  };
}

const doubtIn = (confidence: number, { low }: ConfidenceLevels): string[] =>
  confidence < low ? ["How the data are read is a guess: look at the plan before you rely on it."] : [];

function warningsOf(understanding: Understanding, tables: readonly AppliedTable[]): string[] {
  const several = tables.length > 1;
  const all = [...understanding.warnings];
  for (const { understood, accounting } of tables) {
    const where = several ? `${understood.plan.name}: ` : "";
    for (const warning of tableWarnings(understood, accounting)) all.push(`${where}${warning}`);
  }
  return all.slice(0, EXTRACTION_LIMITS.warnings);
}

function tableWarnings({ warnings, ambiguities, table }: UnderstoodTable, accounting: Accounting): string[] {
  const all = [...warnings];
  for (const { question, readings } of ambiguities)
    all.push(`${question} They were read ${readings.find(({ chosen }) => chosen)?.reading}.`);
  for (const [name, count] of accounting.unreadableCells)
    all.push(`${count} cell(s) of "${name}" are no numbers; the rest of their rows is kept.`);
  const { blank, continued, preamble } = table.skipped;
  if (preamble > 0) all.push(`${preamble} line(s) above the table were left out.`);
  const apart = skippedTotal(table.skipped) - blank - continued - preamble;
  if (apart > 0) all.push(`${apart} line(s) that are no records were skipped.`);
  return all;
}
