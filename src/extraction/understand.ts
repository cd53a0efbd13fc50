import { fail } from "../core/errors";
import type { Ambiguity, DetectedType, ExtractionPlan, FormatId, Suggestion } from "./contract";
import { decodeText, detectFormat } from "./detect";
import { FORMATS } from "./formats";
import type { SourceTable } from "./formats/source-table";
import { detectType } from "./infer/detected-type";
import type { DateHints } from "./infer/timestamps";
import { planTable } from "./plan";
import { suggest } from "./suggest";

/** What the caller knows beside the bytes. `plan` is carried out instead of the one that would be made. */
export interface UnderstandHints {
  filename?: string | undefined;
  contentType?: string | undefined;
  description?: string | undefined;
  plan?: ExtractionPlan | undefined;
}

/** Data as they were understood: enough to apply, to answer and to show. */
export interface Understanding {
  format: FormatId;
  encoding: string;
  /** One for CSV, JSON and text. `tables[0]` is the one that `plan` is about. */
  tables: SourceTable[];
  plan: ExtractionPlan;
  confidence: number;
  detectedType: DetectedType;
  ambiguities: Ambiguity[];
  warnings: string[];
  suggestions: Suggestion[];
}

/**
 * Understands any bytes or text: format, table, columns, times. Pure and without a model. Throws
 * `unrecognised_format`, `malformed_data`, `no_valid_rows` or `payload_too_large`, and nothing else.
 */
export function understand(body: Uint8Array | string, hints: UnderstandHints = {}): Understanding {
  const { text, encoding } = decodeText(body);
  const format = hints.plan?.format ?? detectFormat(text, hints);
  const tables = FORMATS[format](text);
  const [table] = tables;
  if (!table || (table.rowCount === 0 && table.bad.length === 0) || isHeaderAlone(text))
    throw fail("no_valid_rows", "No record was found in the data: there is a header at most.");
  const made = planTable(table, format, dateHints(hints.description));
  const plan = hints.plan ?? made.plan;
  const own = hints.plan === undefined;
  const named = (role: string) =>
    plan.columns.filter((column) => column.role === role).map(({ name }) => name);
  const values = named("value");
  const timed = plan.timestamp !== null;
  const { type } = detectType({
    names: plan.columns.filter(({ role }) => role !== "ignored").map(({ name }) => name),
    units: plan.columns.flatMap(({ unit }) => unit ?? []),
    description: hints.description ?? "",
    timed,
    hasValues: values.length > 0,
    isText: format === "text" && values.length === 0 && plan.columns.length === 1,
  });
  return {
    format,
    encoding,
    tables,
    plan,
    confidence: own ? made.confidence : Math.max(made.confidence, 0.9),
    detectedType: type,
    ambiguities: own ? made.ambiguities : [],
    warnings: made.warnings,
    suggestions: suggest({ type, timed, rows: table.rowCount, values }),
  };
}

/** One line of names between delimiters is the header of a table that lost its rows, not a text to keep. */
function isHeaderAlone(text: string): boolean {
  const line = text.trim();
  return (
    line.length <= 2_000 &&
    /^[\p{L}_][\p{L}\p{N}_.%°()-]*(?:[,;\t|] ?[\p{L}_][\p{L}\p{N}_.%°()-]*)+$/u.test(line)
  );
}

/** The order of dates where a description names it, as in "dates are dd/mm/yyyy". */
function dateHints(description = ""): DateHints {
  const text = description.slice(0, 2_000);
  if (/\bdd?[-/.]mm?[-/.]yy|\bday[- ]first\b|\bdmy\b/i.test(text)) return { order: "dmy" };
  if (/\bmm?[-/.]dd?[-/.]yy|\bmonth[- ]first\b|\bmdy\b/i.test(text)) return { order: "mdy" };
  return {};
}
