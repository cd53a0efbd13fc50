import { expect } from "vitest";
import {
  type Accounting,
  answer,
  applyPlan,
  newAccounting,
  type UnderstandHints,
  type Understanding,
  understandTables,
} from "../../src/extraction";
import type { ProcessAnswer } from "../../src/extraction/contract";
import { skippedTotal } from "../../src/extraction/formats/source-table";
import { readText } from "../../src/extraction/read";
import type { UnderstoodTable } from "../../src/extraction/understand";
import type { Point } from "../../src/streams/contract";

export interface Played {
  /** The first table with what holds for the data as a whole. */
  understanding: Understanding & UnderstoodTable;
  points: Point[];
  accounting: Accounting;
  body: ProcessAnswer;
}

const NEW = { updated: 0, duplicates: 0 };

/** Understands text and applies, and checks on the way that no row is counted twice or lost. */
export function play(data: string | Uint8Array, hints: UnderstandHints = {}): Played {
  const understanding = understandTables(
    { tables: readText({ body: data, ...hints }, hints.plan?.tables), notes: [] },
    hints,
  );
  const accounting = newAccounting();
  const points: Point[] = [];
  const understood = understanding.tables[0]!;
  const { table, plan } = understood;
  for (const applied of applyPlan(plan, table, accounting))
    if ("point" in applied) points.push(applied.point);
  expect(accounting.processed).toBe(points.length);
  expect(accounting.processed + accounting.rejected).toBe(table.rowCount + table.bad.length);
  for (const { fields } of points)
    for (const value of Object.values(fields)) expect(Number.isFinite(value)).toBe(true);
  const body = answer(understanding, [
    { understood, accounting: { ...accounting, ...NEW, accepted: accounting.processed }, streamId: "stream" },
  ]);
  return { understanding: { ...understood, ...understanding }, points, accounting, body };
}

/** Lines of delimited text or of plain text, less the one that a last line break does not begin. */
export const linesIn = (text: string): number => text.split("\n").length - (text.endsWith("\n") ? 1 : 0);

export const countedLines = ({ accounting, body }: Played): number =>
  accounting.processed + accounting.rejected + skippedTotal(body.skipped);

export const iso = (point: Point | undefined): string | null =>
  point?.timestamp == null ? null : new Date(point.timestamp / 1_000).toISOString();
