import { EXTRACTION_LIMITS } from "../../limits";
import type { Head } from "./head";
import { isDataLike, type Probe } from "./head-probe";
import { areUnitsBelow, joinedNames } from "./head-texts";

const HEADER_ROWS = 3;

/** Names over two or three rows, as merged cells or names that come back under different groups tell. */
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
  const unitsRow = firstData >= 2 && areUnitsBelow(probe, firstData - 2) ? firstData - 1 : -1;
  const bottom = (unitsRow < 0 ? firstData : unitsRow) - 1;
  if (bottom < 1) return null;
  let top = bottom;
  while (top > 0 && bottom - top + 1 < HEADER_ROWS && isGroupRow(probe, top - 1, top)) top--;
  if (top === bottom) return null;
  return {
    top,
    depth: bottom - top + 1,
    names: joinedNames(probe, top, bottom),
    unitsRow,
    firstData,
    contrasts: hasTyped,
  };
}

function isGroupRow(probe: Probe, upper: number, lower: number): boolean {
  const { region, texts } = probe;
  if (region.rowNumber(lower) !== region.rowNumber(upper) + 1) return false;
  if (isMergedOver(probe, upper, lower)) return true;
  // Without merging: groups stand over the first of their columns, and the names below come back in each group.
  const groups = texts[upper]!.filter((text) => text.trim() !== "");
  const names = texts[lower]!.map((text) => text.trim().toLowerCase()).filter((text) => text !== "");
  return groups.length >= 2 && groups.length <= names.length && new Set(names).size < names.length;
}

/** Cells of the upper row are merged over some of the columns, though not over all like a title, or with the row below. */
function isMergedOver({ region, merges }: Probe, upper: number, lower: number): boolean {
  const row = region.rowNumber(upper);
  const below = region.rowNumber(lower);
  if (below !== row + 1) return false;
  return merges.some((merge) => {
    if (merge.top > row || merge.bottom < row) return false;
    if (merge.bottom >= below && merge.left === merge.right) return true;
    let covered = 0;
    for (const column of region.columns) if (column >= merge.left && column <= merge.right) covered++;
    return merge.bottom === row && covered >= 2 && covered < region.columns.length;
  });
}
