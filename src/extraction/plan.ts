import { STREAM_LIMITS } from "../streams/contract";
import type { Ambiguity, FormatId, PlanColumn, TablePlan } from "./contract";
import { type ColumnHint, distinctNames, type SourceTable } from "./formats/source-table";
import { type ColumnProfile, profileColumns } from "./infer/columns";
import { type Certainties, confidenceOf } from "./infer/confidence";
import { decideRole, type RoleDecision } from "./infer/roles";
import { contextOf, type TableContext } from "./infer/table-context";
import { type Arrival, decideTime } from "./infer/time-column";
import type { DateHints } from "./infer/timestamps";
import { wideWarning } from "./infer/wide";
import { countSeries } from "./series-count";

export interface PlannedTable {
  plan: TablePlan;
  confidence: number;
  /** What the confidence follows from. */
  evidence: Certainties;
  ambiguities: Ambiguity[];
  warnings: string[];
  doubts: Doubts;
}

/** What of a plan its table leaves open: that may be settled by whoever knows more. */
export interface Doubts {
  /** Which columns are the time, or how it is written. */
  time: boolean;
  /** Columns, by their names in the source, whose role another reader might see otherwise. */
  columns: string[];
}

/** Below these a decision is open. */
const OPEN_ROLE = 0.9;
const OPEN_TIME = 0.85;

/** What is known beside a table's cells. */
export interface PlanHints extends DateHints {
  arrival?: Arrival;
}

/** Makes the plan of a table from what all of its columns hold. */
export function planTable(table: SourceTable, format: FormatId, hints: PlanHints = {}): PlannedTable {
  const profiles = named(profileColumns(table, { habit: table.leanOrder, ...hints }));
  // A column of which the format knows another use is no time, however much it looks like one.
  const open = ({ source }: ColumnProfile) =>
    hintFor(table, source) === undefined || source === table.timeColumn;
  const time = decideTime(profiles.filter(open), table, hints.arrival);
  const context = contextOf(table, profiles, time);
  const certainties: number[] = [];
  const doubts: Doubts = { time: time.certainty < OPEN_TIME, columns: [] };
  const wide = wideWarning(profiles.map(({ name }) => name));
  const warnings = [...table.notes, ...time.warnings, ...(wide ? [wide] : [])];
  const columns = profiles.map((profile): PlanColumn => {
    const decision = roleOf(profile, context, hintFor(table, profile.source));
    const isTime = time.columns.includes(profile.index);
    if (!isTime) certainties.push(decision.certainty);
    if (!isTime && decision.certainty < OPEN_ROLE) doubts.columns.push(profile.source);
    const written = decision.role === "value" ? { number_format: profile.numberFormat } : {};
    return {
      source: profile.source,
      name: profile.name,
      role: isTime ? "timestamp" : decision.role,
      type: isTime ? "timestamp" : decision.type,
      unit: isTime ? null : decision.role === "value" ? (profile.unit?.slice(0, 64) ?? null) : null,
      ...written,
    };
  });
  const fitted = fitStreamLimits(columns, profiles, table, warnings);
  const evidence: Certainties = {
    table: table.certainty,
    time: time.certainty,
    columns: certainties,
    headerless: table.headerless,
    rows: table.rowCount,
    readable: readableShare(profiles, fitted),
  };
  return {
    plan: {
      name: table.name.slice(0, 256),
      format,
      ...(table.place ? { place: table.place } : {}),
      ...(table.dialect ? { dialect: table.dialect } : {}),
      ...(table.recordPath === undefined ? {} : { record_path: table.recordPath.slice(0, 1_024) }),
      timestamp: time.timestamp,
      columns: fitted,
      ...(table.foundBy ? { found_by: table.foundBy } : {}),
    },
    confidence: confidenceOf(evidence),
    evidence,
    ambiguities: time.ambiguities,
    warnings,
    doubts,
  };
}

/** A column may be called "constructor". */
const hintFor = ({ hints }: SourceTable, source: string): ColumnHint | undefined =>
  hints && Object.hasOwn(hints, source) ? hints[source] : undefined;

/** What a column's format knows goes before what its cells look like, but makes no number of a text. */
function roleOf(profile: ColumnProfile, context: TableContext, hint: ColumnHint | undefined): RoleDecision {
  const seen = decideRole(profile, context);
  if (hint === undefined || seen.role === "ignored" || (hint === "value" && profile.numeric === 0))
    return seen;
  return { ...seen, role: hint, certainty: 0.99 };
}

/** Taking a unit off a name can make it equal to another one. */
function named(profiles: ColumnProfile[]): ColumnProfile[] {
  const names = distinctNames(profiles.map(({ name }) => name));
  return profiles.map((profile, i) => ({ ...profile, name: names[i]! }));
}

function readableShare(profiles: readonly ColumnProfile[], columns: readonly PlanColumn[]): number {
  const shares = profiles.flatMap((profile, i) => {
    const usable = profile.filled - profile.missing;
    return columns[i]!.role === "value" && usable > 0 && columns[i]!.type !== "boolean"
      ? [profile.numeric / usable]
      : [];
  });
  return shares.length === 0 ? 1 : shares.reduce((sum, one) => sum + one, 0) / shares.length;
}

/**
 * A stream holds so many fields, tags and series. The categories with most values become attributes, which are kept
 * with the row and make no series, until the rest fits.
 */
function fitStreamLimits(
  columns: PlanColumn[],
  profiles: readonly ColumnProfile[],
  table: SourceTable,
  warnings: string[],
): PlanColumn[] {
  const fitted = columns.map((column) => ({ ...column }));
  const withRole = (role: PlanColumn["role"]) =>
    fitted.flatMap((column, i) => (column.role === role ? [i] : []));
  const keepAsText = (at: number, why: string) => {
    fitted[at]!.role = "attribute";
    if (warnings.length < 40) warnings.push(`"${fitted[at]!.name}" is kept as an attribute: ${why}.`);
  };
  for (const at of withRole("category"))
    if (profiles[at]!.distinct >= 5_000) keepAsText(at, "it has too many values for a tag");
  const byDistinct = () => withRole("category").sort((a, b) => profiles[b]!.distinct - profiles[a]!.distinct);
  for (const at of byDistinct().slice(0, Math.max(0, withRole("category").length - STREAM_LIMITS.tagsPerRow)))
    keepAsText(at, `a row has at most ${STREAM_LIMITS.tagsPerRow} tags`);
  const most = STREAM_LIMITS.seriesPerStream;
  for (const at of byDistinct()) {
    const kept = { tags: withRole("category"), fields: withRole("value"), texts: withRole("attribute") };
    if (countSeries(table, kept, most) <= most) break;
    keepAsText(at, `with it there would be over ${STREAM_LIMITS.seriesPerStream} series`);
  }
  const drop = (role: "value" | "attribute", most: number) => {
    const over = withRole(role).slice(most);
    for (const at of over) fitted[at]!.role = "ignored";
    if (over.length > 0) warnings.push(`${over.length} column(s) past ${most} ${role}s are left out.`);
  };
  drop("value", STREAM_LIMITS.fieldsPerRow);
  drop("attribute", STREAM_LIMITS.attributesPerRow);
  return fitted;
}
