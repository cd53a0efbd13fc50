import { isReading } from "../../infer/reading";
import { areMostlyUnits } from "../csv/below-names";
import { joinedNames as namesOf } from "../csv/stacked-names";
import type { Probe } from "./head-probe";

/** "2023" over "Q1" and "Q2" gives "2023 Q1" and "2023 Q2". In a row without merged cells a group reaches to the next one. */
export function joinedNames(probe: Probe, top: number, bottom: number): string[] {
  const rows = Array.from({ length: bottom - top + 1 }, (_, i) => headerTexts(probe, top + i));
  return namesOf(rows, (level) => across(probe, top + level).some((merge) => merge.right > merge.left));
}

/** The texts of a row of names, each over all columns its merged cell covers. */
export function headerTexts(probe: Probe, index: number): string[] {
  const { region, texts } = probe;
  const row = region.rowNumber(index);
  const found = texts[index]!.map((text) => text.replace(/\s+/g, " ").trim());
  for (const merge of across(probe, index)) {
    if (merge.top === row && merge.left === merge.right) continue;
    const anchor = found[region.columns.indexOf(merge.left)] ?? "";
    if (anchor === "" || merge.top !== row) continue;
    region.columns.forEach((column, at) => {
      if (column > merge.left && column <= merge.right && found[at] === "") found[at] = anchor;
    });
  }
  return found;
}

const across = ({ region, merges }: Probe, index: number) => {
  const row = region.rowNumber(index);
  return merges.filter((merge) => merge.top <= row && merge.bottom >= row);
};

/** A row of which most cells are units. */
export const isUnits = (row: readonly string[]): boolean => {
  const filled = row.map((text) => text.trim()).filter((text) => text !== "");
  return areMostlyUnits(filled) && !filled.some(isReading);
};

/** Units stand below names: a row whose cells have none above them is one of names, as "kg" and "count" may be. */
export function areUnits(probe: Probe, names: number, row: number): boolean {
  const units = probe.texts[row]!;
  if (!isUnits(units)) return false;
  const above = headerTexts(probe, names);
  return units.every((unit, at) => unit.trim() === "" || above[at] !== "");
}
