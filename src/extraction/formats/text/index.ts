import { fail } from "../../../core/errors";
import type { TablePlan } from "../../contract";
import { type ReadTables, type RowReader, type SourceTable, sorted } from "../source-table";
import { decideElements } from "./elements";
import { type AnyTextLayout, BEFORE_TABLES, KINDS } from "./kinds";
import { sampleLines } from "./lines";
import { isLogBesideTable } from "./log";
import { brokenAtTags, isUnbroken } from "./markup";
import { openText } from "./reader";

export type { AnyTextLayout } from "./kinds";
export { openText } from "./reader";

/** Characters that decide whether a text is one of these kinds at all. */
const TOLD_BY = 100_000;

/** What a text is, by a sample of its first lines; null where no line can be read. */
export function decideText(sample: string): AnyTextLayout | null {
  if (isUnbroken(sample)) {
    const layout = decideElements(sampleLines(brokenAtTags(sample)));
    if (layout) return { ...layout, detail: { ...layout.detail, unbroken: true } };
  }
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
  if (text.trim() === "") throw fail("unrecognised_format", "The text has no lines with data.");
  throw fail("unrecognised_format", "Every line of the text is too long to be read as one.");
};

/** The same lines piece by piece, under the layout that the head decides. */
export function openTextByHead(_: TablePlan, head: string): RowReader {
  const layout = decideText(head);
  if (!layout) throw fail("unrecognised_format", "Every line of the text is too long to be read as one.");
  return openText(layout);
}

function tableOf(text: string, layout: AnyTextLayout): SourceTable {
  const reader = openText(layout);
  const { rows, bad } = sorted([...reader.push(text), ...reader.end()]);
  return {
    name: "text",
    columns: layout.columns,
    units: layout.units ?? layout.columns.map(() => null),
    rows,
    rowCount: rows.length,
    bad,
    skipped: reader.skipped,
    notes: [...reader.notes],
    certainty: layout.certainty,
    headerless: false,
    hints: layout.hints ?? {},
    ...(layout.timeColumn ? { timeColumn: layout.timeColumn } : {}),
    ...(layout.freeText ? { freeText: layout.freeText } : {}),
    ...(layout.about ? { about: layout.about } : {}),
    ...(layout.firstYear === undefined ? {} : { firstYear: layout.firstYear }),
    ...(layout.leanOrder ? { leanOrder: layout.leanOrder } : {}),
  };
}

/** Whether a text is of a kind that is told before it is tried as a table, since commas and bars stand in both. */
export function isTextOfReadings(text: string): boolean {
  const head = text.slice(0, TOLD_BY);
  const lines = sampleLines(isUnbroken(head) ? brokenAtTags(head) : head, 200);
  return lines.length > 0 && BEFORE_TABLES.some((decide) => decide(lines) !== null);
}

/** Whether a text is a log although it may be split as a table: `consistency` is the share of lines of one width. */
export function isLog(text: string, consistency: number): boolean {
  return isLogBesideTable(sampleLines(text.slice(0, TOLD_BY), 200), consistency);
}
