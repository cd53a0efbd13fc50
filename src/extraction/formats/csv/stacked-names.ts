import { isMissingWord } from "../../infer/numbers";
import { isReading, isTimeReading } from "../../infer/reading";
import { filledCount } from "../row-kinds";
import type { Body } from "./body";
import { cleaned, isYear, share } from "./header";

/** Rows of names that a table has at most: groups of groups of columns. */
export const MOST_HEADER_ROWS = 6;

/** Rows of names, both among them. */
export interface NameRows {
  first: number;
  last: number;
}

/**
 * Names may stand in several rows: groups of columns ("North", blank, "South", blank) above what repeats in each of them
 * ("min", "max", "min", "max"), and groups of these. `start` is one of the two lowest.
 */
export function nameRowsAt(rows: readonly string[][], start: number, width: number): NameRows {
  const below = isUpperHalf(rows, start, width) && namesReadings(rows, start + 1, width);
  const own = { first: start, last: below ? start + 1 : start };
  const stacked = stackedUpwards(rows, below ? { first: own.last, last: own.last } : own, width, below);
  return stacked.first < stacked.last ? stacked : { first: start, last: start };
}

/**
 * Rows that name the columns of readings of a body together, the lowest of which is `last`: alone it gives one name to
 * several. Null where they do not tell the columns apart.
 */
export function nameRowsAbove(
  rows: readonly string[][],
  last: number,
  { typed }: Body,
  width: number,
): NameRows | null {
  const found = stackedUpwards(rows, { first: last, last }, width, false);
  if (found.first === found.last) return null;
  const names = joinedNames(rows.slice(found.first, found.last + 1));
  const named = typed.filter((i) => i > 0).map((i) => names[i] ?? "");
  return named.length > 0 && named.every((name) => name !== "") && repeats(names) === 0 ? found : null;
}

/** Whether a row of names leaves something to say to the row below it, which does not say one word of all columns. */
function isUpperHalf(rows: readonly string[][], start: number, width: number): boolean {
  const names = cleaned(rows[start]);
  const below = cleaned(rows[start + 1]).filter((cell) => cell !== "");
  if (below.length > 1 && new Set(below).size === 1) return false;
  return isGrouped(names, width) || leavesReadingsUnnamed(rows, start + 1, names);
}

/** `isLowerHalf`: the row above the lowest is known to be one of groups. */
function stackedUpwards(
  rows: readonly string[][],
  { first: from, last }: NameRows,
  width: number,
  isLowerHalf: boolean,
): NameRows {
  let first = from;
  while (first > 0 && last - first + 1 < MOST_HEADER_ROWS) {
    const isKnown = isLowerHalf && first === last;
    if (!areGroups(rows, { first, last }, width, isKnown)) break;
    first--;
  }
  return { first, last };
}

/** Whether the row above rows of names groups their columns. */
function areGroups(
  rows: readonly string[][],
  { first, last }: NameRows,
  width: number,
  isKnown: boolean,
): boolean {
  const above = cleaned(rows[first - 1]);
  const groups = above.filter((cell) => cell !== "");
  if (groups.length < (isKnown ? 1 : 2) || (!isKnown && above.length !== rows[last]!.length)) return false;
  const names = joinedNames(rows.slice(first, last + 1));
  const isResolved = repeats(joinedNames(rows.slice(first - 1, last + 1))) < repeats(names);
  // Years may be groups, and do not come back in a column below: rows of readings are of the table above.
  const readings = groups.filter(isReading);
  if (readings.length > 0 && !(isResolved && readings.every((cell) => isYear(cell) || isTimeReading(cell))))
    return false;
  if (isKnown) return isUpperHalf(rows, first - 1, width);
  if (first < last) return isResolved || isAligned(above, cleaned(rows[first]));
  if (isResolved && leavesReadingsUnnamed(rows, last, above)) return true;
  return isGrouped(above, width) && (repeats(names) > 0 || namesReadingsBelow(rows, last, above));
}

export const repeats = (names: readonly string[]): number => {
  const filled = names.filter((name) => name !== "");
  return filled.length - new Set(filled).size;
};

/** Cells that come again, or are followed by empty ones that they reach over. */
const isGrouped = (names: readonly string[], width: number): boolean =>
  repeats(names) > 0 || names.slice(1, width).some((name, i) => name === "" && names[i] !== "");

/** Groups of groups begin where one of those below them does, and at least one reaches over two of them. */
function isAligned(above: readonly string[], groups: readonly string[]): boolean {
  const starts = above.flatMap((cell, i) => (cell !== "" && i > 0 ? [i] : []));
  if (starts.length < 2 || above.some(isReading)) return false;
  const within = starts.map(
    (start, i) => groups.slice(start, starts[i + 1]).filter((cell) => cell !== "").length,
  );
  return starts.every((start) => groups[start] !== "") && within.some((count) => count >= 2);
}

/** Whether a row names a column of readings over which the row of names below it has none. */
const namesReadingsBelow = (rows: readonly string[][], at: number, above: readonly string[]): boolean =>
  cleaned(rows[at]).some(
    (name, i) =>
      i > 0 && name === "" && (above[i] ?? "") !== "" && share(rows.slice(at + 1, at + 60), i) >= 0.7,
  );

/** Words above names of columns that are no names of all columns by themselves, as of a name in two lines. */
const leavesReadingsUnnamed = (rows: readonly string[][], at: number, above: readonly string[]): boolean =>
  cleaned(rows[at]).some(
    (name, i) => name !== "" && (above[i] ?? "") === "" && share(rows.slice(at + 1, at + 60), i) >= 0.7,
  );

/**
 * A row without readings of which every cell over readings says something, or has its name in the row above it: surveys
 * write a question that is one column above an empty cell, or above "Response".
 */
function namesReadings(rows: readonly string[][], at: number, width: number): boolean {
  const row = cleaned(rows[at]);
  const above = cleaned(rows[at - 1]);
  const named = row.filter((cell, i) => cell !== "" || (above[i] ?? "") !== "").length;
  if (row.some(isReading) || named < width * 0.6) return false;
  const below = rows.slice(at + 1, at + 60).filter((one) => filledCount(one) >= width / 2);
  const typed = row.flatMap((cell, i) => (share(below, i) >= 0.7 ? [{ cell, above: above[i] ?? "" }] : []));
  const isNamed = (one: { cell: string; above: string }) =>
    one.cell === "" ? one.above !== "" : !isMissingWord(one.cell);
  return below.length > 0 && typed.some(({ cell }) => cell !== "") && typed.every(isNamed);
}

/**
 * One name a column from the rows of a header: those of groups of columns are put before the names below them.
 * `isSpread`: the groups of a row stand over each of their columns, as merged cells do, and none goes on.
 */
export function joinedNames(
  header: readonly (readonly string[])[],
  isSpread: (level: number) => boolean = () => false,
): string[] {
  const rows = header.map(cleaned);
  const names = rows.at(-1) ?? [];
  const groups = rows.slice(0, -1).map(() => "");
  return names.map((name, i) => {
    const own = groups.map((_, level) => rows[level]![i] ?? "");
    own.forEach((cell, level) => {
      // A blank group goes on from the left, but not into another group of those above it.
      const isNew = cell !== "" || own.slice(0, level).some((upper, at) => upper !== "" && !isSpread(at));
      if (isNew || isSpread(level)) groups[level] = cell;
    });
    // The leading column has its own name, in whatever row, and is no group.
    if (i === 0) {
      const lowest = name || own.findLast((cell) => cell !== "") || "";
      if (name === "" || names.length === 1) groups.fill("");
      return lowest;
    }
    const parts = [...groups, name].filter(Boolean);
    return parts.filter((part, at) => part !== parts[at - 1]).join(" ");
  });
}
