import type { Cell } from "../formats/source-table";
import {
  hasCurrency,
  isMissingWord,
  isUnrepresentable,
  type NumberEvidence,
  noNumberEvidence,
  splitScaled,
  weighNumber,
} from "./numbers";
import { splitMeasured } from "./units";

/** What the cells of a column are as numbers, counted over all of them. */
export interface CellEvidence {
  numbers: NumberEvidence;
  numeric: number;
  /** Of the numbers those that the source has as such, and not as texts of digits. */
  typed: number;
  /** Words for "no value" and numbers that no double has: they say as little of what the others are. */
  missing: number;
  /** Units written behind numbers. */
  units: Map<string, number>;
  /** Up to seven of the texts that are no numbers. */
  otherTexts: Set<string>;
}

/** Texts remembered as no numbers: categories come back, and looking closely costs most for them. */
const REMEMBERED_TEXTS = 2_000;

export function weighCells(cells: readonly Exclude<Cell, null>[]): CellEvidence {
  const found: CellEvidence = {
    numbers: noNumberEvidence(),
    numeric: 0,
    typed: 0,
    missing: 0,
    units: new Map(),
    otherTexts: new Set(),
  };
  const texts = new Set<string>();
  for (const cell of cells) {
    if (typeof cell === "number") {
      found.numeric++;
      found.typed++;
    } else if (typeof cell === "string" && !texts.has(cell) && !weighText(cell, found)) {
      if (texts.size < REMEMBERED_TEXTS) texts.add(cell);
      if (found.otherTexts.size < 7) found.otherTexts.add(cell);
    }
  }
  return found;
}

/** Counts a text as a number or a word for a missing value; false where it is neither. */
function weighText(text: string, found: CellEvidence): boolean {
  const { numbers, units } = found;
  if (weighNumber(text, numbers)) found.numeric++;
  else if (isMissingWord(text) || isUnrepresentable(text)) found.missing++;
  else {
    const scaled = splitScaled(text);
    if (scaled && scaled.letter === "k") numbers.thousands++;
    const measured = splitMeasured(text);
    if (scaled && (!measured || hasCurrency(text)) && weighNumber(scaled.number, numbers)) {
      found.numeric++;
      numbers.scaled++;
    } else if (measured && weighNumber(measured.number, numbers)) {
      found.numeric++;
      units.set(measured.unit, (units.get(measured.unit) ?? 0) + 1);
    } else return false;
  }
  return true;
}
