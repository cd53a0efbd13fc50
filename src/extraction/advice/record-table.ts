import { distinctNames, nothingSkipped, type SourceTable } from "../formats/source-table";
import type { CheckedRecord } from "./check-records";

/** Names of values in all: a text of many has no columns. */
const MOST_NAMES = 16;
/** Characters of all cells: they are kept with the job, which cannot ask for them again. */
const MOST_CHARS = 300_000;

const SPAN = "span";
const SENTIMENT = "sentiment_by_model";

/** Records as a table for the planner, and how many of its values and records there was no room for. */
export interface RecordTable {
  table: SourceTable;
  recordsDropped: number;
  valuesDropped: number;
}

/**
 * A table of records that stand in a text, in its order. What its columns hold is for code to say, as of any table; their
 * words and a model's sentiment stand in columns of their own. `apart` are the rows of the text in which there is none.
 */
export function recordTable(of: SourceTable, records: readonly CheckedRecord[], apart: number): RecordTable {
  const names = namesOf(records);
  const places = new Map(names.map((name, at) => [name, at]));
  const feels = records.some(({ sentiment }) => sentiment !== null);
  const columns = distinctNames([...names, SPAN, ...(feels ? [SENTIMENT] : [])]);
  const rows: { row: number; cells: (string | number | null)[] }[] = [];
  let chars = 0;
  let valuesDropped = 0;
  let recordsDropped = 0;
  for (const { span, values, sentiment } of records) {
    const cells = new Array<string | number | null>(columns.length).fill(null);
    const placed = values.filter(([name]) => places.has(name));
    valuesDropped += values.length - placed.length;
    chars += placed.reduce((sum, [, value]) => sum + value.length, span.length);
    if (placed.length === 0 || chars > MOST_CHARS) {
      recordsDropped++;
      continue;
    }
    for (const [name, value] of placed) cells[places.get(name)!] = value;
    cells[names.length] = span;
    if (feels) cells[names.length + 1] = sentiment;
    rows.push({ row: rows.length + 1, cells });
  }
  const [spanColumn, sentimentColumn] = columns.slice(names.length);
  return {
    table: {
      name: of.name,
      columns,
      units: columns.map(() => null),
      rows,
      rowCount: rows.length,
      bad: [],
      skipped: { ...nothingSkipped(), ...of.skipped, prose: apart },
      notes: feels ? [`"${sentimentColumn}" is a language model's opinion.`] : [],
      certainty: of.certainty,
      headerless: false,
      hints: {
        [spanColumn!]: "attribute",
        ...(sentimentColumn === undefined ? {} : { [sentimentColumn]: "value" as const }),
      },
      byModel: true,
    },
    recordsDropped,
    valuesDropped,
  };
}

/** The names that most records have, in the order in which they first stand. */
function namesOf(records: readonly CheckedRecord[]): string[] {
  const counts = new Map<string, number>();
  for (const { values } of records)
    for (const [name] of values) counts.set(name, (counts.get(name) ?? 0) + 1);
  const common = new Set(
    [...counts]
      .sort((a, b) => b[1] - a[1])
      .slice(0, MOST_NAMES)
      .map(([name]) => name),
  );
  return [...counts.keys()].filter((name) => common.has(name));
}
