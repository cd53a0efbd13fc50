import { isMissingWord } from "../../infer/numbers";
import { isReading } from "../../infer/reading";
import { asUnit } from "../../infer/units";
import { EXTRACTION_LIMITS } from "../../limits";
import { findLayout } from "../csv/layout";
import type { Cell } from "../source-table";
import { KIND } from "./number-format";
import type { Area } from "./reference";
import type { Region } from "./region";

/** Where the names of a table stand. Rows count within the region. */
export interface Head {
  /** The first row of names, -1 where there is none, and how many rows make the names together. */
  top: number;
  depth: number;
  /** Names by column, "" where there is none. */
  names: string[];
  unitsRow: number;
  firstData: number;
  /** Names stand above readings: that they are names is more than a guess. */
  contrasts: boolean;
}

const PROBED_ROWS = 200;
const HEADER_ROWS = 3;

/** The first rows of a region as texts, with what the file knows of them beyond. */
interface Probe {
  region: Region;
  texts: string[][];
  /** Cells that the file types as dates or times, by row. */
  dated: boolean[][];
  merges: readonly Area[];
  /** Columns that hold mostly readings below their names. */
  typed: boolean[];
}

/** Finds names over one or several rows, what stands above them and a row of units, by the cells and their merging. */
export function findHead(region: Region, merges: readonly Area[], headerRows?: number): Head {
  const probe = probeOf(region, merges);
  if (headerRows !== undefined) return given(probe, Math.min(headerRows, region.rows.length));
  return stackedHead(probe) ?? datedHead(probe) ?? laidOutHead(probe);
}

function probeOf(region: Region, merges: readonly Area[]): Probe {
  const texts: string[][] = [];
  const dated: boolean[][] = [];
  for (let i = 0; i < Math.min(region.rows.length, PROBED_ROWS); i++) {
    const marks = new Array<boolean>(region.columns.length).fill(false);
    region.eachCell(i, (at, cell) => {
      const kind = region.cells.kind(cell);
      marks[at] = kind === KIND.date || kind === KIND.dateTime || kind === KIND.timeOfDay;
    });
    texts.push(region.row(i).map(textOf));
    dated.push(marks);
  }
  const { top, left, right } = region.area;
  const last = region.rowNumber(texts.length - 1);
  return {
    region,
    texts,
    dated,
    merges: merges.filter(
      (merge) => merge.top <= last && merge.bottom >= top && merge.left <= right && merge.right >= left,
    ),
    typed: region.columns.length === 0 ? [] : Array.from(region.columns, (_, at) => isTyped(texts, at)),
  };
}

const textOf = (cell: Cell): string => (cell === null ? "" : String(cell));

/** Of the lower part of a column, where no name stands any more, most are readings. */
function isTyped(texts: readonly string[][], at: number): boolean {
  const from = Math.min(4, texts.length >> 1);
  const values = texts.slice(from).flatMap((row) => (isNothing(row[at]!) ? [] : [row[at]!]));
  return values.length > 0 && values.filter(isReading).length >= values.length * 0.6;
}

const isNothing = (text: string): boolean => text.trim() === "" || isMissingWord(text);

/** A row like those of the body: what stands in columns of readings is readings. */
function isDataLike({ texts, typed }: Probe, index: number): boolean {
  const row = texts[index];
  if (!row) return true;
  let filled = 0;
  let readings = 0;
  row.forEach((text, at) => {
    if (!typed[at] || isNothing(text)) return;
    filled++;
    if (isReading(text)) readings++;
  });
  return filled > 0 && readings > filled / 2;
}

/** Names over two or three rows, as merged cells or names that come back under different groups tell. */
function stackedHead(probe: Probe): Head | null {
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

const isUnits = (row: readonly string[]): boolean => {
  const filled = row.map((text) => text.trim()).filter((text) => text !== "");
  const units = filled.filter((text) => asUnit(bareUnit(text)) !== null).length;
  return units > 0 && units >= filled.length / 2 && !filled.some(isReading);
};

/** Units stand below names: a row whose cells have none above them is one of names, as "kg" and "count" may be. */
function areUnitsBelow(probe: Probe, names: number): boolean {
  const units = probe.texts[names + 1]!;
  if (!isUnits(units)) return false;
  const above = headerTexts(probe, names, false);
  return units.every((unit, at) => unit.trim() === "" || above[at] !== "");
}

export const bareUnit = (text: string): string => text.trim().replace(/^[([](.*)[)\]]$/, "$1");

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

/** "2023" over "Q1" and "Q2" gives "2023 Q1" and "2023 Q2". */
function joinedNames(probe: Probe, top: number, bottom: number): string[] {
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
function headerTexts({ region, texts, merges }: Probe, index: number, isGroup: boolean): string[] {
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

/** Dates over columns of numbers are the names of a wide table, though they read like values. */
function datedHead(probe: Probe): Head | null {
  const { texts, dated, typed } = probe;
  for (let i = 0; i < Math.min(texts.length - 1, 10); i++) {
    const over = dated[i]!.flatMap((is, at) => (is ? [at] : []));
    if (over.length < 2 || new Set(over.map((at) => texts[i]![at])).size < over.length) continue;
    const isOverNumbers = (at: number) => typed[at] && dated.slice(i + 1).every((marks) => !marks[at]);
    if (!over.every(isOverNumbers)) continue;
    return {
      top: i,
      depth: 1,
      names: headerTexts(probe, i, false),
      unitsRow: -1,
      firstData: i + 1,
      contrasts: true,
    };
  }
  return null;
}

function laidOutHead(probe: Probe): Head {
  const { texts, typed } = probe;
  const { header, firstData, unitsRow } = findLayout(texts);
  if (header < 0) return { ...noNames(probe), firstData };
  const names = headerTexts(probe, header, false);
  const contrasts = names.some((name, at) => typed[at] && name !== "" && !isReading(name));
  return { top: header, depth: 1, names, unitsRow, firstData, contrasts };
}

const noNames = ({ region }: Probe): Head => ({
  top: -1,
  depth: 0,
  names: Array.from(region.columns, () => ""),
  unitsRow: -1,
  firstData: 0,
  contrasts: false,
});

/** The first rows are the names, because a person said so. */
function given(probe: Probe, depth: number): Head {
  if (depth === 0) return noNames(probe);
  const isUnitsBelow = probe.texts[depth] !== undefined && isUnits(probe.texts[depth]!);
  return {
    top: 0,
    depth,
    names: joinedNames(probe, 0, depth - 1),
    unitsRow: isUnitsBelow ? depth : -1,
    firstData: isUnitsBelow ? depth + 1 : depth,
    contrasts: true,
  };
}
