import { hex } from "../../core/bytes";
import type { TenantContext } from "../../platform/context";
import type { ModelRecords } from "../contract";
import { planTable } from "../plan";
import type { Refusal } from "../providers/port";
import type { ModelSettings } from "../providers/settings";
import type { Draft, UnderstandHints, UnderstoodTable } from "../understand";
import { askModel } from "./ask-model";
import { type CheckedRecord, checkRecords, type ShownRow } from "./check-records";
import { DESCRIPTION_CHARS, NAME_CHARS } from "./profile";
import { recordTable } from "./record-table";
import { questionAboutText } from "./records-prompt";
import { inOneLine } from "./stands-in";

/** Of a part that is asked about at once: what it holds must fit the answer, which repeats much of it. */
const PART_CHARS = 6_000;
/** A longer text is kept as text: its questions would cost more than most texts are worth. */
const MOST_PARTS = 12;

/** What came of asking for the records of a text. */
export interface Finding {
  tokens: number;
  counts: ModelRecords;
  /** What the records are as a table; null: none stands in the text, or nobody could say. */
  found: UnderstoodTable | null;
  refused: Refusal | null;
}

/** The rows of a free text in parts for a model; null where it has none, or is too long. */
export function partsOf({ understood: { table } }: Draft): ShownRow[][] | null {
  const { freeText } = table;
  if (!freeText) return null;
  const places = freeText.map((name) => table.columns.indexOf(name));
  const parts: ShownRow[][] = [];
  let chars = PART_CHARS;
  for (const { row, cells } of table.rows) {
    const text = inOneLine(places.flatMap((at) => cells[at] ?? []).join(": "));
    if (text.length > PART_CHARS) return null;
    if (chars + text.length > PART_CHARS) {
      if (parts.length === MOST_PARTS) return null;
      parts.push([]);
      chars = 0;
    }
    chars += text.length;
    parts.at(-1)!.push({ id: `r${row}`, text });
  }
  return parts.length > 0 ? parts : null;
}

/**
 * Has a model find the records of a free text, part by part, until `endMs`. They are what stands literally in it; what
 * its cells are is planned by code as of any table, and code is no surer of that than it was of the text. A part that is
 * not answered leaves the text to code as a whole: half of its records would look like all.
 */
export async function findRecords(
  ctx: TenantContext,
  settings: ModelSettings,
  draft: Draft,
  parts: readonly ShownRow[][],
  { filename = "", description = "" }: UnderstandHints,
  endMs: number,
): Promise<Finding> {
  const about = {
    filename: filename.slice(0, NAME_CHARS),
    description: description.slice(0, DESCRIPTION_CHARS),
  };
  const finding: Finding = {
    tokens: 0,
    counts: { proposed: 0, kept: 0, records_dropped: 0, values_dropped: 0 },
    found: null,
    refused: null,
  };
  const { counts } = finding;
  const records: CheckedRecord[] = [];
  const names = new Set<string>();
  let told = 0;
  for (const rows of parts) {
    const question = questionAboutText({ about, names: [...names], rows }, hex(ctx.random(8)));
    const asked = await askModel(ctx, settings, question, endMs - ctx.clock.nowMs());
    finding.tokens += asked.tokens;
    if ("refused" in asked) return { ...finding, refused: asked.refused };
    const checked = checkRecords(asked.value, rows);
    for (const record of checked.records) {
      records.push(record);
      for (const [name] of record.values) names.add(name);
    }
    told += checked.told;
    counts.proposed += checked.proposed;
    counts.values_dropped += checked.valuesDropped;
  }
  const { table: text } = draft.understood;
  const { table, valuesDropped } = recordTable(text, records, text.rowCount - told);
  counts.kept = table.rowCount;
  counts.records_dropped = counts.proposed - counts.kept;
  counts.values_dropped += valuesDropped;
  return { ...finding, found: table.rowCount > 0 ? planned(draft, table) : null };
}

function planned({ understood, planning }: Draft, table: UnderstoodTable["table"]): UnderstoodTable {
  const { doubts: _, ...plan } = planTable(table, understood.format, planning);
  const confidence = Math.min(plan.confidence, understood.confidence);
  return { format: understood.format, table, ...plan, confidence, keptVersion: null };
}
