import { isReading } from "../../infer/reading";
import { rowsBelowNames, unitsAmong } from "../csv/below-names";
import { findLayout } from "../csv/layout";
import { type Probe, probeOf } from "./head-probe";
import { headerTexts, joinedNames } from "./head-texts";
import type { Area } from "./reference";
import type { Region } from "./region";
import { stackedHead } from "./stacked-head";

/** Where the names of a table stand. Rows count within the region. */
export interface Head {
  /** The first row of names, -1 where there is none, and how many rows make the names together. */
  top: number;
  depth: number;
  /** Names by column, "" where there is none. */
  names: string[];
  unitsRow: number;
  /** Rows between the names and the first record that say what the columns hold, that of units not counted. */
  descriptions: number;
  firstData: number;
  /** Names stand above readings: that they are names is more than a guess. */
  contrasts: boolean;
}

/** Finds names over one or several rows and what stands above and below them, by the cells and their merging. */
export function findHead(region: Region, merges: readonly Area[], headerRows?: number): Head {
  const probe = probeOf(region, merges);
  const found = stackedHead(probe) ?? datedHead(probe) ?? laidOutHead(probe);
  if (headerRows === undefined || (found.top === 0 && found.depth === headerRows)) return found;
  return given(probe, Math.min(headerRows, region.rows.length));
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
      names: headerTexts(probe, i),
      unitsRow: -1,
      descriptions: 0,
      firstData: i + 1,
      contrasts: true,
    };
  }
  return null;
}

function laidOutHead(probe: Probe): Head {
  const { texts, typed } = probe;
  const { header, headerRows, firstData, hasUnits, descriptions } = findLayout(texts);
  if (header < 0) return { ...noNames(probe), firstData };
  const bottom = header + headerRows - 1;
  const names = joinedNames(probe, header, bottom);
  const contrasts = names.some((name, at) => typed[at] && name !== "" && !isReading(name));
  const units = hasUnits ? unitsAmong(texts.slice(bottom + 1, firstData)) : undefined;
  const unitsRow = units ? texts.indexOf(units) : -1;
  return { top: header, depth: headerRows, names, unitsRow, descriptions, firstData, contrasts };
}

const noNames = ({ region }: Probe): Head => ({
  top: -1,
  depth: 0,
  names: Array.from(region.columns, () => ""),
  unitsRow: -1,
  descriptions: 0,
  firstData: 0,
  contrasts: false,
});

/** The first rows are the names, because a person said so. */
function given(probe: Probe, depth: number): Head {
  if (depth === 0) return noNames(probe);
  const { texts, region } = probe;
  const below = rowsBelowNames(texts, { first: 0, last: depth - 1 }, region.columns.length);
  const firstData = depth + below.reach;
  const unitsRow = below.hasUnits ? texts.indexOf(unitsAmong(texts.slice(depth, firstData))!) : -1;
  return {
    top: 0,
    depth,
    names: joinedNames(probe, 0, depth - 1),
    unitsRow,
    descriptions: below.count - Number(below.hasUnits),
    firstData,
    contrasts: true,
  };
}
