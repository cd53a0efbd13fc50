import { isReading } from "../../infer/reading";
import { asUnit } from "../../infer/units";
import type { Probe } from "./head-probe";

/** "2023" over "Q1" and "Q2" gives "2023 Q1" and "2023 Q2". */
export function joinedNames(probe: Probe, top: number, bottom: number): string[] {
  const rows: string[][] = [];
  for (let i = top; i <= bottom; i++) rows.push(headerTexts(probe, i, i < bottom));
  return Array.from(probe.region.columns, (_, at) => {
    const parts = rows.map((row) => row[at]!).filter((text) => text !== "");
    return parts.filter((text, i) => i === 0 || text !== parts[i - 1]).join(" ");
  });
}

/**
 * The texts of a row of names, each over all columns its merged cell covers. In a row of groups without merged cells
 * a group reaches to the next one.
 */
export function headerTexts({ region, texts, merges }: Probe, index: number, isGroup: boolean): string[] {
  const row = region.rowNumber(index);
  const found = texts[index]!.map((text) => text.replace(/\s+/g, " ").trim());
  const across = merges.filter((merge) => merge.top <= row && merge.bottom >= row);
  for (const merge of across) {
    if (merge.top === row && merge.left === merge.right) continue;
    const anchor = found[region.columns.indexOf(merge.left)] ?? "";
    if (anchor === "" || merge.top !== row) continue;
    region.columns.forEach((column, at) => {
      if (column > merge.left && column <= merge.right && found[at] === "") found[at] = anchor;
    });
  }
  if (isGroup && !across.some((merge) => merge.right > merge.left)) {
    const below = texts[index + 1] ?? [];
    for (let at = 1; at < found.length; at++)
      if (found[at] === "" && (below[at] ?? "").trim() !== "") found[at] = found[at - 1]!;
  }
  return found;
}

/** A row of which most cells are units. */
export const isUnits = (row: readonly string[]): boolean => {
  const filled = row.map((text) => text.trim()).filter((text) => text !== "");
  const units = filled.filter((text) => asUnit(bareUnit(text)) !== null).length;
  return units > 0 && units >= filled.length / 2 && !filled.some(isReading);
};

/** Units stand below names: a row whose cells have none above them is one of names, as "kg" and "count" may be. */
export function areUnitsBelow(probe: Probe, names: number): boolean {
  const units = probe.texts[names + 1]!;
  if (!isUnits(units)) return false;
  const above = headerTexts(probe, names, false);
  return units.every((unit, at) => unit.trim() === "" || above[at] !== "");
}

export const bareUnit = (text: string): string => text.trim().replace(/^[([](.*)[)\]]$/, "$1");
