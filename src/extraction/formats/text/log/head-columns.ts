import { afterGap, LEVEL, RECOGNISERS, type SlotKind } from "./slots";
import type { TimeForm } from "./time-head";

/** A line and how far its head was read. */
export interface Cursor {
  line: string;
  at: number;
}

/** A slot of the head as it is found, before its parts have columns. */
export interface Draft {
  kind: SlotKind;
  names: string[];
  optional: boolean;
  forms?: TimeForm[];
}

/** Shares of the lines that begin a record. */
export const ALL = 0.9;
export const NEARLY_ALL = 0.97;
export const MOST = 0.6;
export const SOME = 0.05;

export const share = (cursors: readonly Cursor[], test: (cursor: Cursor) => boolean): number => {
  let count = 0;
  for (const cursor of cursors) if (test(cursor)) count++;
  return count / cursors.length;
};

const MACHINE = /[\d.-]/;

/** A word before most tags that is a machine's name, not the first word of a sentence with a colon in it. */
export function isHostColumn(cursors: readonly Cursor[], before: readonly Draft[]): boolean {
  if (before.some(({ names }) => names.includes("location"))) return false;
  let follows = 0;
  let withProcess = 0;
  let machine = 0;
  for (const { line, at } of cursors) {
    const word = RECOGNISERS.word(line, at);
    if (!word || word.parts[0]!.endsWith(":")) continue;
    const tag = RECOGNISERS.tag(line, afterGap(line, word.end));
    if (tag) follows++;
    if (tag?.parts[1]) withProcess++;
    if (MACHINE.test(word.parts[0]!)) machine++;
  }
  if (follows < cursors.length * MOST) return false;
  const yearless = before.some(({ forms }) => forms?.[0] === "month_day");
  const few = vocabulary(cursors, "word").size <= Math.max(2, cursors.length / 10);
  return yearless || machine >= cursors.length * ALL || (few && withProcess >= cursors.length * 0.3);
}

export function vocabulary(cursors: readonly Cursor[], kind: SlotKind): Set<string> {
  const seen = new Set<string>();
  for (const { line, at } of cursors) {
    const part = RECOGNISERS[kind](line, at)?.parts[0];
    if (part) seen.add(part);
  }
  return seen;
}

/** A sentence may begin with "error" or "alert": the words of a column of levels are written alike. */
export function isLevelColumn(cursors: readonly Cursor[]): boolean {
  let alike = 0;
  let found = 0;
  for (const { line, at } of cursors) {
    const part = RECOGNISERS.level(line, at)?.parts[0];
    if (!part) continue;
    found++;
    if (part === part.toUpperCase() || line[at] === "[" || line[at] === "(" || line[at] === "<") alike++;
  }
  // F is fatal among I, W and E; alone it is a mark of something else.
  const letters = vocabulary(cursors, "level");
  if ([...letters].every((word) => /^[FCE]$/.test(word))) return false;
  return alike >= found * ALL || found >= cursors.length * ALL;
}

const HOST =
  /^(?:\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?|(?=[^\s]*\d)[A-Za-z][\w.:@/-]{1,120}|[\w-]{1,60}(?:\.[\w-]{1,60}){1,8})$/;

/** The name of a column by what its cells hold. */
export function nameOf(cursors: readonly Cursor[], kind: SlotKind, first = false): string {
  const cells = cursors.flatMap(({ line, at }) => RECOGNISERS[kind](line, at)?.parts[0] ?? []);
  const all = (test: RegExp, least = NEARLY_ALL) =>
    cells.filter((cell) => test.test(cell)).length >= cells.length * least;
  if (all(/^\d+$/)) {
    // The number in front of all else counts the lines, or is that of the event.
    if (first) return "id";
    return all(/^\d$/) ? "flag" : "pid";
  }
  if (cells.filter((cell) => LEVEL.test(cell)).length >= cells.length * ALL) return "level";
  if (kind === "bracket") return "context";
  if (all(/\.log\b/)) return "source_file";
  if (all(/^-$/, 0.3) || all(/^.$/)) return "label";
  if (all(/^[A-Za-z][\w.]*$/) && all(/\./, 0.3) && !all(/\d/, 0.3)) return "component";
  return all(HOST, MOST) && !all(/\$/, SOME) ? "host" : "component";
}
