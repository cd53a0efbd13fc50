import { splitScaled } from "../../infer/numbers";
import { isReading } from "../../infer/reading";
import type { ReadRow } from "../source-table";
import { type TextLayout, TextRows } from "./layout";
import type { Line } from "./lines";

/** A list of names and values, a line each: `Apples - 3.50`, `Apples ..... 3.50`, `Apples: 3.50`. */
export interface NameValuesLayout {
  kind: "name_values";
}

const ITEM =
  /^\s{0,40}(?:[-*•]\s{1,3}|\d{1,4}[.)]\s{1,3})?(\p{L}[^:=\t]{0,80}?)(?:\s{0,3}[:=]\s{0,20}|\s{1,3}[-–—]\s{1,20}|\s?\.{3,120}\s?)(\S.{0,60})$/u;
const MOST = 0.9;

function itemOf(line: string): { name: string; value: string } | null {
  const match = ITEM.exec(line);
  if (!match) return null;
  const value = match[2]!.replace(/\s{1,3}(?=[^\d\s]{1,12}$)/, "");
  return isReading(value) || splitScaled(value) ? { name: match[1]!.trim(), value } : null;
}

/** Lines that are nearly all a name and a reading, the names hardly ever coming again; or null. */
export function decideNameValues(sample: readonly Line[]): TextLayout<NameValuesLayout> | null {
  const items = sample.flatMap(({ text }) => itemOf(text) ?? []);
  if (items.length < 2 || items.length < sample.length * MOST) return null;
  return {
    columns: ["name", "value"],
    hints: { name: new Set(items.map(({ name }) => name)).size <= 5_000 ? "category" : "attribute" },
    certainty: 0.85,
    detail: { kind: "name_values" },
  };
}

export class NameValueRows extends TextRows {
  protected line(text: string, row: number): ReadRow[] {
    const item = itemOf(text);
    if (item) return [{ row, cells: [item.name, item.value] }];
    return [{ row, reason: "the line has no name with a value" }];
  }
}
