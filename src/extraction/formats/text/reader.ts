import { EXTRACTION_LIMITS } from "../../limits";
import type { ReadRow, RowReader } from "../source-table";
import { type AnyTextLayout, textRows } from "./kinds";
import { TagBreaker } from "./markup";

/** Characters of a line that are held while it may go on: past them it is too long whatever follows. */
const HELD = EXTRACTION_LIMITS.textLineChars + 1;

/** Reads a text piece by piece under its layout. Of a line that is cut no more is held than says that it is too long. */
export function openText(layout: AnyTextLayout): RowReader {
  const lines = textRows(layout);
  const breaker = layout.detail.kind === "elements" && layout.detail.unbroken ? new TagBreaker() : null;
  let row = 0;
  let part = "";
  const take = (line: string): ReadRow[] => {
    row++;
    const read = lines.push(line.endsWith("\r") ? line.slice(0, -1) : line, row);
    // Of several records in a line each is a row of its own: by its number it gets its arrival, and is known in a replay.
    for (const [at, one] of read.entries())
      if (at > 0 && one.row <= read[at - 1]!.row) read[at] = { ...one, row: ++row };
    return read;
  };
  const push = (text: string): ReadRow[] => {
    const read: ReadRow[] = [];
    let at = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", at)) {
      const line = text.slice(at, end);
      for (const one of take(part === "" ? line : part + line.slice(0, HELD))) read.push(one);
      part = "";
      at = end + 1;
    }
    part = (part + text.slice(at, at + HELD)).slice(0, HELD);
    return read;
  };
  return {
    columns: layout.columns,
    skipped: lines.skipped,
    ...(layout.detail.kind === "elements" ? { severalInLine: true } : {}),
    get notes() {
      return [...(layout.notes ?? []), ...lines.notes()];
    },
    push: breaker ? (text) => push(breaker.push(text)) : push,
    end() {
      const last = breaker ? push(breaker.end()) : [];
      const read = part === "" ? [] : take(part);
      part = "";
      return [...last, ...read, ...lines.end()];
    },
  };
}
