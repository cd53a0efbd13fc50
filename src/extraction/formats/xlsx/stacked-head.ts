import { EXTRACTION_LIMITS } from "../../limits";
import { MOST_DESCRIBING } from "../csv/below-names";
import { MOST_HEADER_ROWS } from "../csv/stacked-names";
import type { Head } from "./head";
import { isDataLike, type Probe } from "./head-probe";
import { areUnits, joinedNames } from "./head-texts";

/** Names over several rows, as merged cells or names that come back under different groups tell. */
export function stackedHead(probe: Probe): Head | null {
  const { texts, typed } = probe;
  const hasTyped = typed.includes(true);
  let firstData = 0;
  if (hasTyped) {
    const most = Math.min(texts.length, EXTRACTION_LIMITS.preambleLines);
    while (
      firstData < most &&
      !(isDataLike(probe, firstData) && isDataLike(probe, firstData + 1) && isDataLike(probe, firstData + 2))
    )
      firstData++;
    if (firstData === most) return null;
  } else {
    const upper = texts
      .slice(0, 6)
      .findIndex((_, i) => i + 1 < texts.length && isMergedOver(probe, i, i + 1));
    if (upper < 0) return null;
    firstData = upper + 2;
  }
  const bottom = lowestNames(probe, firstData);
  if (bottom < 0) return null;
  const top = topOf(probe, bottom);
  const described = rowsDescribed(probe, bottom, firstData);
  const units = Array.from({ length: described }, (_, i) => bottom + 1 + i).find((row) =>
    areUnits(probe, bottom, row),
  );
  return {
    top,
    depth: bottom - top + 1,
    names: joinedNames(probe, top, bottom),
    unitsRow: units ?? -1,
    descriptions: described - Number(units !== undefined),
    firstData: bottom + 1 + described,
    contrasts: hasTyped,
  };
}

/**
 * The lowest row of names over which groups stand: one that cells merged downwards reach, or else the uppermost that tells
 * the columns of readings apart, since what they hold may be said below it. -1: there is none.
 */
function lowestNames(probe: Probe, firstData: number): number {
  const from = Math.max(1, firstData - 1 - MOST_DESCRIBING);
  const found = Array.from({ length: firstData - from }, (_, i) => from + i).filter(
    (row) => !areUnits(probe, row - 1, row) && isGroupRow(probe, row - 1, row),
  );
  const reached = found.findLast((row) => isMergedDown(probe, row)) ?? 0;
  const telling = found.find((row) => row >= reached && tellsApart(probe, topOf(probe, row), row));
  return telling ?? found.at(-1) ?? -1;
}

/** Whether a cell is merged over a row and the one above it, and over no other column. */
function isMergedDown({ region, merges }: Probe, index: number): boolean {
  const row = region.rowNumber(index);
  return merges.some(({ top, bottom, left, right }) => left === right && top < row && bottom >= row);
}

function topOf(probe: Probe, bottom: number): number {
  let top = bottom - 1;
  while (top > 0 && bottom - top + 1 < MOST_HEADER_ROWS && isGroupRow(probe, top - 1, top)) top--;
  return top;
}

function tellsApart(probe: Probe, top: number, bottom: number): boolean {
  const names = joinedNames(probe, top, bottom).filter((_, at) => at > 0 && probe.typed[at]);
  return names.length > 0 && !names.includes("") && new Set(names).size === names.length;
}

/** How many rows right below the names are no records: what fills the first column alone heads those below it. */
function rowsDescribed({ texts }: Probe, bottom: number, firstData: number): number {
  const below = texts.slice(bottom + 1, firstData);
  const heading = below.findIndex((row) => row.slice(1).every((text) => text.trim() === ""));
  return heading < 0 ? below.length : heading;
}

function isGroupRow(probe: Probe, upper: number, lower: number): boolean {
  const { region, texts } = probe;
  if (region.rowNumber(lower) !== region.rowNumber(upper) + 1) return false;
  if (isMergedOver(probe, upper, lower)) return true;
  // Without merging: groups stand over the first of their columns, and the names below come back in each group.
  const groups = texts[upper]!.filter((text) => text.trim() !== "");
  const names = texts[lower]!.map((text) => text.trim().toLowerCase()).filter((text) => text !== "");
  // As many words as names, none of them twice, are names themselves.
  const areNames = groups.length === names.length && new Set(groups).size === groups.length;
  return (
    groups.length >= 2 && groups.length <= names.length && !areNames && new Set(names).size < names.length
  );
}

/** Cells of the upper row are merged over some of the columns, though not over all like a title, or with the row below. */
function isMergedOver(probe: Probe, upper: number, lower: number): boolean {
  const { region, merges } = probe;
  const row = region.rowNumber(upper);
  const below = region.rowNumber(lower);
  if (below !== row + 1) return false;
  if (isMergedDown(probe, lower)) return true;
  return merges.some((merge) => {
    if (merge.top > row || merge.bottom < row) return false;
    let covered = 0;
    for (const column of region.columns) if (column >= merge.left && column <= merge.right) covered++;
    return merge.bottom === row && covered >= 2 && covered < region.columns.length;
  });
}
