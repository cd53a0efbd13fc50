import { fail } from "../../../core/errors";
import type { RejectedRow } from "../../../streams/contract";
import type { CsvDialect } from "../../contract";
import { type ReadTables, type RowReader, type SourceRow, type SourceTable, sorted } from "../source-table";
import { decideDialect } from "./decide";
import { CsvRows } from "./rows";

export { CsvRows } from "./rows";

/** Delimited text: delimiter, quotes, header and the lines around the table are found by evidence, or as asked. */
export const readCsv: ReadTables = (text, asked) => {
  const { dialect, certainty } = decideDialect(text, asked?.[0]?.dialect);
  const reader = new CsvRows(dialect);
  const read = sorted([...reader.push(text), ...reader.end()]);
  if (reader.columns.length === 0) throw fail("unrecognised_format", "The text has no lines with data.");
  return [tableOf(reader, read, dialect, certainty)];
};

/** Rows as a plan that has a dialect describes them. */
export function openCsv({ dialect }: { dialect?: CsvDialect | undefined }): RowReader {
  if (!dialect) throw fail("invalid_request", "The plan of delimited text needs its dialect.");
  return new CsvRows(dialect);
}

function tableOf(
  reader: CsvRows,
  { rows, bad }: ReturnType<typeof sorted>,
  dialect: CsvDialect,
  certainty: number,
): SourceTable {
  return {
    name: "table",
    columns: [...reader.columns],
    units: [...reader.units],
    rows,
    rowCount: rows.length,
    bad,
    skipped: reader.skipped,
    notes: [...reader.notes],
    certainty: certainty * (0.6 + 0.4 * unbroken(rows, bad)),
    headerless: !dialect.has_header,
    dialect,
  };
}

const unbroken = (kept: readonly SourceRow[], bad: readonly RejectedRow[]): number =>
  kept.length / Math.max(1, kept.length + bad.length);
