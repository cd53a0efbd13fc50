import { fail } from "../../../core/errors";
import type { ReadTables, SourceRow, SourceTable } from "../source-table";
import { type AnyTextLayout, BEFORE_TABLES, KINDS, textRows } from "./kinds";
import { allLines, sampleLines } from "./lines";
import { isLogBesideTable } from "./log";

export { type AnyTextLayout, textRows } from "./kinds";
export type { TextRows } from "./layout";

/** Characters that decide whether a text is one of these kinds at all. */
const TOLD_BY = 100_000;

/** What a text is, by a sample of its first lines; null where no line can be read. */
export function decideText(sample: string): AnyTextLayout | null {
  const lines = sampleLines(sample);
  if (lines.length === 0) return null;
  for (const decide of KINDS) {
    const layout = decide(lines);
    if (layout) return layout;
  }
  return null;
}

/** Lines of readings, of posts, of a log and so on; or, where there is no such order, the lines themselves. */
export const readText: ReadTables = (text) => {
  const layout = decideText(text);
  if (layout) return [tableOf(text, layout)];
  const bad = [...allLines(text)].filter((line) => line.text.trim() !== "");
  if (bad.length === 0) throw fail("unrecognised_format", "The text has no lines with data.");
  throw fail("unrecognised_format", "Every line of the text is too long to be read as one.");
};

function tableOf(text: string, layout: AnyTextLayout): SourceTable {
  const reader = textRows(layout);
  const rows: SourceRow[] = [];
  for (const line of allLines(text)) for (const row of reader.push(line.text, line.row)) rows.push(row);
  for (const row of reader.end()) rows.push(row);
  return {
    name: "text",
    columns: layout.columns,
    units: layout.units,
    rows,
    rowCount: rows.length,
    bad: reader.bad,
    skipped: reader.skipped,
    notes: [...layout.notes, ...reader.notes()],
    certainty: layout.certainty,
    headerless: false,
    hints: layout.hints,
    ...(layout.timeColumn === null ? {} : { timeColumn: layout.timeColumn }),
    ...(layout.about ? { about: layout.about } : {}),
    ...(layout.leanOrder ? { leanOrder: layout.leanOrder } : {}),
  };
}

/** Whether a text is of a kind that is told before it is tried as a table, since commas and bars stand in both. */
export function isTextOfReadings(text: string): boolean {
  const lines = sampleLines(text.slice(0, TOLD_BY), 200);
  return lines.length > 0 && BEFORE_TABLES.some((decide) => decide(lines) !== null);
}

/** Whether a text is a log although it may be split as a table: `consistency` is the share of lines of one width. */
export function isLog(text: string, consistency: number): boolean {
  return isLogBesideTable(sampleLines(text.slice(0, TOLD_BY), 200), consistency);
}
