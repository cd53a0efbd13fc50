import { fail } from "../core/errors";
import { arrange } from "./arrange";
import type {
  Ambiguity,
  DetectedType,
  ExtractionPlan,
  FormatId,
  LlmUse,
  Suggestion,
  TablePlan,
} from "./contract";
import type { SourceTable } from "./formats/source-table";
import type { Certainties } from "./infer/confidence";
import { detectType } from "./infer/detected-type";
import type { Arrival } from "./infer/time-column";
import type { DateHints } from "./infer/timestamps";
import { recall, withOwnYear } from "./memory";
import { type Doubts, type PlanHints, planTable } from "./plan";
import { type ReadTable, type ReadTables, readTables, type Source } from "./read";
import { type KeptPlan, type PlanOrigin, shapeOf } from "./shape";
import { suggest } from "./suggest";

/** What the caller knows beside the bytes. `plan` is carried out instead of the one that would be made. */
export interface UnderstandHints extends Omit<Source, "body"> {
  description?: string | undefined;
  plan?: ExtractionPlan | undefined;
  /** Whether a language model is asked about the plan: where code is unsure of it, always, or never. */
  llm?: "auto" | "always" | "never" | undefined;
  /** Nobody waits for the answer: a model may take longer. */
  unhurried?: boolean | undefined;
  /** Milliseconds that somebody waits for the answer. */
  waitMs?: number | undefined;
  /** When the data arrived, in milliseconds since the epoch: no row of a log is of the future. */
  receivedAt?: number | undefined;
}

/** A table and what is to be made of it. */
export interface UnderstoodTable {
  format: FormatId;
  table: SourceTable;
  plan: TablePlan;
  confidence: number;
  /** What the confidence of the table's own plan follows from. */
  evidence: Certainties;
  ambiguities: Ambiguity[];
  warnings: string[];
  /** The version of the kept plan that is used; null: the table's own. */
  keptVersion: number | null;
  /** A model has looked at the plan, and changed it or left it as it is. */
  reviewed?: boolean;
}

/** Data as they were understood: enough to apply, to answer and to show. */
export interface Understanding {
  encoding: string | null;
  /** The one with most values first. */
  tables: UnderstoodTable[];
  detectedType: DetectedType;
  /** What concerns the data as a whole. */
  warnings: string[];
  suggestions: Suggestion[];
  /** Absent: no model was asked. */
  llm?: LlmUse;
}

/**
 * Understands any bytes or text: format, tables, columns, times. Pure and without a model. Throws
 * `unrecognised_format`, `malformed_data`, `no_valid_rows` or `payload_too_large`, and nothing else.
 */
export async function understand(
  body: Uint8Array | string,
  hints: UnderstandHints = {},
): Promise<Understanding> {
  return understandTables(await readTables({ body, ...hints }, hints.plan?.tables), hints);
}

/** What is kept for shapes, by their ids. */
export type KeptPlans = ReadonlyMap<string, KeptPlan>;

/** The same of tables that were read, and of what is kept for their shapes. Throws `no_valid_rows`. */
export function understandTables(
  { tables: read, notes }: ReadTables,
  hints: UnderstandHints = {},
  kept: KeptPlans = new Map(),
): Understanding {
  const from = { tables: read, notes };
  if (!hints.plan) return assemble(from, understoodIn(draftTables(from, hints, kept)), hints);
  const { tables, warnings } = askedFor(filled(read), hints.plan, planHints(hints));
  return understandingOf(from, tables, warnings, hints);
}

/** A table as code understands it by itself, and what somebody needs to know who is asked about it. */
export interface Draft {
  understood: UnderstoodTable;
  doubts: Doubts;
  /** What the plan was made with. */
  planning: PlanHints;
  /** Who settled it. */
  origin: PlanOrigin;
}

/** A plan for each table by itself. Throws `no_valid_rows`. */
export function draftTables(
  { tables: read }: ReadTables,
  hints: UnderstandHints = {},
  kept: KeptPlans = new Map(),
): Draft[] {
  const planning = planHints(hints);
  return filled(read).map((one) => recalled(draft(one, planning), kept));
}

/** Chooses among tables that were planned and says which stream each goes to. */
export const assemble = (
  read: ReadTables,
  planned: readonly UnderstoodTable[],
  hints: UnderstandHints,
): Understanding => {
  const { tables, warnings } = chosen(planned);
  return understandingOf(read, tables, warnings, hints);
};

export const understoodIn = (drafts: readonly Draft[]): UnderstoodTable[] =>
  drafts.map(({ understood }) => understood);

function filled(read: readonly ReadTable[]): ReadTable[] {
  const some = read.filter(({ table }) => table.rowCount > 0 || table.bad.length > 0);
  if (some.length === 0)
    throw fail("no_valid_rows", "No record was found in the data: there is a header at most.");
  return some;
}

const understandingOf = (
  { tables: read, notes }: ReadTables,
  tables: UnderstoodTable[],
  warnings: readonly string[],
  { description = "" }: UnderstandHints,
): Understanding => ({
  encoding: read[0]!.encoding,
  tables,
  warnings: [...notes, ...warnings],
  ...about(tables, description),
});

function draft({ format, table }: ReadTable, hints: PlanningHints): Draft {
  const { arrival } = hints;
  const file = table.place?.file;
  const named = file === undefined ? arrival : { ...arrival, context: [file, ...arrival.context] };
  const planning = { ...hints, arrival: named };
  const { doubts, ...planned } = planTable(table, format, planning);
  const understood = { format, table, ...planned, keptVersion: null };
  return { understood, doubts, planning, origin: "code" };
}

function recalled(fresh: Draft, kept: KeptPlans): Draft {
  const known = kept.get(shapeOf(fresh.understood.format, fresh.understood.table) ?? "");
  if (!known) return fresh;
  const understood = recall(fresh.understood, known);
  return understood.keptVersion === null
    ? { ...fresh, understood }
    : { ...fresh, understood, origin: known.origin };
}

/** Leaves out tables without readings where others have some, and says which stream each goes to. */
function chosen(found: readonly UnderstoodTable[]): { tables: UnderstoodTable[]; warnings: string[] } {
  const telling = found.filter(({ plan }) => valuesOf(plan).length > 0);
  const kept = telling.length > 0 ? telling : found;
  const sorted = [...kept].sort((a, b) => cellsOf(b) - cellsOf(a));
  const arranged = arrange(sorted.map(({ plan }) => plan));
  return {
    tables: sorted.map((one, i) => ({ ...one, plan: arranged[i]! })),
    warnings: found
      .filter((one) => !kept.includes(one))
      .map(({ table }) => `"${table.name}" has no readings: its ${table.rowCount} row(s) are not loaded.`),
  };
}

const valuesOf = (plan: TablePlan): string[] =>
  plan.columns.filter(({ role }) => role === "value").map(({ name }) => name);

const cellsOf = ({ table, plan }: UnderstoodTable): number => table.rowCount * valuesOf(plan).length;

/** The tables of a plan in the data, by their place and name, else in their order. */
function askedFor(
  found: readonly ReadTable[],
  { tables: asked }: ExtractionPlan,
  dates: PlanningHints,
): { tables: UnderstoodTable[]; warnings: string[] } {
  const left = new Set(found);
  const warnings: string[] = [];
  const tables = asked.flatMap((plan): UnderstoodTable[] => {
    const free = [...left];
    const one =
      free.find(({ table }) => table.name === plan.name && samePlace(table, plan)) ??
      free.find(({ table }) => samePlace(table, plan)) ??
      free.find(({ table }) => fits(table, plan));
    if (!one) {
      warnings.push(`The data have no table "${plan.name}".`);
      return [];
    }
    left.delete(one);
    const made = draft(one, dates).understood;
    // Whoever corrected it has looked at it.
    const own = withOwnYear(plan, made);
    return [{ ...made, ...own, confidence: Math.max(made.confidence, 0.9) }];
  });
  if (tables.length === 0) throw fail("no_valid_rows", "The data have none of the plan's tables.");
  for (const { table } of left) warnings.push(`"${table.name}" is not in the plan and is not loaded.`);
  return { tables, warnings };
}

const samePlace = (table: SourceTable, { place }: TablePlan): boolean =>
  table.place?.file === place?.file &&
  table.place?.sheet === place?.sheet &&
  table.place?.table === place?.table &&
  table.place?.pages?.[0] === place?.pages?.[0];

const fits = (table: SourceTable, { columns }: TablePlan): boolean =>
  columns.filter(({ source }) => table.columns.includes(source)).length > columns.length / 2;

function about(
  tables: readonly UnderstoodTable[],
  description: string,
): Pick<Understanding, "detectedType" | "suggestions"> {
  const { plan, format, table } = tables[0]!;
  const values = valuesOf(plan);
  const timed = plan.timestamp !== null;
  const detected = detectType({
    names: plan.columns.filter(({ role }) => role !== "ignored").map(({ name }) => name),
    units: plan.columns.flatMap(({ unit }) => unit ?? []),
    description,
    timed,
    hasValues: values.length > 0,
    isText: format === "text" && values.length === 0 && plan.columns.length === 1,
  });
  const type = table.about ?? detected.type;
  const together = drawnTogether(plan, table);
  return {
    detectedType: type,
    suggestions: suggest({ type, timed, rows: table.rowCount, values, together }),
  };
}

/** Values that a chart of the source shows in one picture. */
function drawnTogether({ columns }: TablePlan, { related = [] }: SourceTable): string[][] {
  const values = new Map(
    columns.filter(({ role }) => role === "value").map(({ source, name }) => [source, name]),
  );
  const drawn = related.map((sources) => sources.flatMap((source) => values.get(source) ?? []));
  return drawn.filter((names) => names.length > 1);
}

type PlanningHints = PlanHints & { arrival: Arrival };

const planHints = ({ description, filename, receivedAt }: UnderstandHints): PlanningHints => ({
  ...dateHints(description),
  arrival: { context: [filename ?? "", description ?? ""], receivedAt },
});

/** The order of dates where a description names it, as in "dates are dd/mm/yyyy". */
function dateHints(description = ""): DateHints {
  const text = description.slice(0, 2_000);
  if (/\bdd?[-/.]mm?[-/.]yy|\bday[- ]first\b|\bdmy\b/i.test(text)) return { order: "dmy" };
  if (/\bmm?[-/.]dd?[-/.]yy|\bmonth[- ]first\b|\bmdy\b/i.test(text)) return { order: "mdy" };
  return {};
}
