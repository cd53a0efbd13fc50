import { formatMicros } from "../core/timestamps";
import { STREAM_LIMITS } from "../streams/contract";
import { type Accounting, applyPlan, newAccounting } from "./apply";
import type { AnalyzeAnswer, ExtractionPlan, ProcessAnswer } from "./contract";
import { skippedTotal } from "./formats/source-table";
import { confidenceLevel } from "./infer/confidence";
import { EXTRACTION_LIMITS } from "./limits";
import type { Understanding } from "./understand";

/** The fields by their roles, as the reference's answer names them. */
export function schemaOf(plan: ExtractionPlan): ProcessAnswer["schema"] {
  const named = (role: string) =>
    plan.columns.filter((column) => column.role === role).map(({ name }) => name);
  const stored = plan.columns.filter(({ role }) => role !== "ignored");
  return {
    timestamp_field: plan.timestamp?.fields[0] ?? null,
    timestamp_fields: plan.timestamp?.fields ?? [],
    value_fields: named("value"),
    category_fields: named("category"),
    attribute_fields: named("attribute"),
    units: Object.fromEntries(stored.flatMap(({ name, unit }) => (unit === null ? [] : [[name, unit]]))),
    types: Object.fromEntries(stored.map(({ name, type }) => [name, type])),
  };
}

/** The answer's body, once the rows have been applied and counted. `job_id` and `stream_id` are the caller's to add. */
export function answer(understanding: Understanding, accounting: Accounting): ProcessAnswer {
  return {
    ...understood(understanding, accounting),
    records_processed: accounting.processed,
    records_rejected: accounting.rejected,
    rejected: accounting.rejectedRows.slice(0, STREAM_LIMITS.errorsListed),
    skipped: understanding.tables[0]!.skipped,
  };
}

/** The answer to an analysis: the same understanding, with the first rows as they would be stored. */
export function analysis(understanding: Understanding): AnalyzeAnswer {
  const accounting = newAccounting();
  const preview: AnalyzeAnswer["preview"] = [];
  for (const applied of applyPlan(understanding.plan, understanding.tables[0]!, accounting)) {
    if (!("point" in applied) || preview.length >= EXTRACTION_LIMITS.previewRows) continue;
    const { timestamp, ...rest } = applied.point;
    preview.push({
      row: applied.row,
      timestamp: timestamp === null ? null : formatMicros(timestamp),
      ...rest,
    });
  }
  return {
    ...understood(understanding, accounting),
    records_found: accounting.processed,
    records_rejected: accounting.rejected,
    rejected: accounting.rejectedRows,
    skipped: understanding.tables[0]!.skipped,
    preview,
  };
}

function understood(understanding: Understanding, accounting: Accounting) {
  const { detectedType, format, plan, suggestions, ambiguities } = understanding;
  const seen = accounting.processed + accounting.rejected;
  // Rows that the plan cannot read are evidence against the plan.
  const confidence =
    Math.round(
      understanding.confidence * (seen === 0 ? 1 : 0.6 + (0.4 * accounting.processed) / seen) * 1_000,
    ) / 1_000;
  return {
    success: true as const,
    detected_type: detectedType,
    confidence,
    confidence_level: confidenceLevel(confidence),
    format,
    schema: schemaOf(plan),
    suggested_strategies: suggestions.map(({ strategy_id }) => strategy_id),
    suggestions,
    ambiguities,
    warnings: warningsOf(understanding, accounting),
    plan,
    llm: { used: false, provider: null, model: null, tokens: 0 },
  };
}

function warningsOf({ warnings, ambiguities, tables }: Understanding, accounting: Accounting): string[] {
  const all = [...warnings];
  for (const { question, readings } of ambiguities)
    all.push(`${question} They were read ${readings.find(({ chosen }) => chosen)?.reading}.`);
  for (const [name, count] of accounting.unreadableCells)
    all.push(`${count} cell(s) of "${name}" are no numbers; the rest of their rows is kept.`);
  const skipped = tables[0]!.skipped;
  const apart = skippedTotal(skipped) - skipped.blank;
  if (apart > 0) all.push(`${apart} line(s) that are no records were skipped.`);
  return all.slice(0, EXTRACTION_LIMITS.warnings);
}
