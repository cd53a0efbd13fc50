import type { Cell, ColumnHint, FreeText, SourceRow, SourceTable } from "../formats/source-table";
import { planTable } from "../plan";
import type { Draft, UnderstoodTable } from "../understand";
import type { CheckedRecord, RecordCheck } from "./check-records";
import { folded } from "./literal";

/** The columns that the table of a text's records has beside what the model named. */
const SPAN = "source_text";
const LINE = "source_line";
const SENTIMENT = "sentiment_by_model";
const SENTIMENT_BY_MODEL =
  "sentiment_by_model is the language model's own judgement, in [-1, 1]: it does not stand in the text.";

/** Names that no field of a record may have. */
export const reservedNames = ({ columns }: SourceTable): ReadonlySet<string> =>
  new Set([...columns, SPAN, LINE, SENTIMENT]);

/** A row of a free text with its cells, its text folded. */
export interface FreeRow extends SourceRow {
  id: string;
  text: string;
}

export function freeRows({ rows, columns }: SourceTable, { column }: FreeText): FreeRow[] {
  const at = columns.indexOf(column);
  return [...rows].map((row, i) => ({ ...row, id: `r${i + 1}`, text: folded(String(row.cells[at] ?? "")) }));
}

/**
 * A free text as the records that were checked, planned by code like any table. Records are numbered in the order of the
 * text. What code itself reads of a row (who says it, its score) stays with each record, and a row with such readings and
 * without a record stays as it is; other rows without one are counted as skipped. It is no surer than code was of the text.
 */
export function recordTable(
  { understood: code, planning }: Draft,
  free: FreeText,
  rows: readonly FreeRow[],
  check: RecordCheck,
): Omit<UnderstoodTable, "format"> {
  const { rows: records, left } = recordRows(code.table, free, rows, check);
  const table = tableOf(code.table, free, records, left, check);
  const planned = planKept({ ...code, table }, planning, left > 0 && free.keeps.length > 0, check);
  const { doubts: _, ...rest } = planned;
  return {
    ...rest,
    table,
    confidence: Math.min(code.confidence, rest.confidence),
    keptVersion: null,
  };
}

/** Rows that stay without a record have no time: where there are such, no column of the records is the time. */
function planKept(
  { table, format }: UnderstoodTable,
  planning: Draft["planning"],
  isMixed: boolean,
  { names }: RecordCheck,
): ReturnType<typeof planTable> {
  const planned = planTable(table, format, planning);
  if (!isMixed || !planned.plan.timestamp) return planned;
  const hints: Record<string, ColumnHint> = { ...table.hints };
  for (const { source, role } of planned.plan.columns)
    if (role === "timestamp" && names.has(source)) hints[source] = "attribute";
  return planTable({ ...table, hints }, format, planning);
}

function recordRows(
  { columns }: SourceTable,
  free: FreeText,
  rows: readonly FreeRow[],
  check: RecordCheck,
): { rows: SourceRow[]; left: number } {
  const names = [...check.names];
  const byRow = Map.groupBy(check.records, ({ row }) => row);
  const keptAt = free.keeps.map((name) => columns.indexOf(name));
  const found: SourceRow[] = [];
  let left = 0;
  const add = ({ row, cells }: FreeRow, span: string, record: CheckedRecord | null) => {
    const own = names.map((name): Cell => record?.fields[name] ?? null);
    const kept = keptAt.map((at) => cells[at] ?? null);
    found.push({ row: found.length + 1, cells: [...own, ...kept, record?.sentiment ?? null, span, row] });
  };
  for (const row of rows) {
    const own = (byRow.get(row.id) ?? []).sort((a, b) => a.at - b.at);
    for (const record of own) add(row, record.quote, record);
    if (own.length > 0) continue;
    left++;
    if (free.keeps.length > 0) add(row, row.text, null);
  }
  return { rows: found, left };
}

function tableOf(
  table: SourceTable,
  free: FreeText,
  rows: SourceRow[],
  left: number,
  { names, records }: RecordCheck,
): SourceTable {
  const { name, certainty, place, about, skipped } = table;
  const columns = [...names, ...free.keeps, SENTIMENT, SPAN, LINE];
  const hints: Record<string, ColumnHint> = {
    [SENTIMENT]: "value",
    [SPAN]: "attribute",
    [LINE]: "attribute",
  };
  for (const kept of free.keeps) hints[kept] = table.hints?.[kept] ?? "attribute";
  return {
    name,
    columns,
    units: columns.map(() => null),
    rows,
    rowCount: rows.length,
    // Numbered behind the records, whose numbers are not those of lines.
    bad: table.bad.map(({ row, reason }, i) => ({
      row: rows.length + i + 1,
      reason: `line ${row}: ${reason}`,
    })),
    skipped: { ...skipped, without_records: free.keeps.length > 0 ? 0 : left },
    notes: [
      ...free.notes,
      ...(records.some(({ sentiment }) => sentiment !== null) ? [SENTIMENT_BY_MODEL] : []),
    ],
    certainty,
    headerless: false,
    hints,
    ...(about && about !== "text_data" ? { about } : {}),
    ...(place ? { place } : {}),
    foundBy: "model",
  };
}
