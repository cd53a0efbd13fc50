import { isReading } from "../../infer/reading";
import { findLayout } from "../csv/layout";
import { type Probe, probeOf } from "./head-probe";
import { headerTexts, isUnits, joinedNames } from "./head-texts";
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
  firstData: number;
  /** Names stand above readings: that they are names is more than a guess. */
  contrasts: boolean;
}

/** Finds names over one or several rows, what stands above them and a row of units, by the cells and their merging. */
export function findHead(region: Region, merges: readonly Area[], headerRows?: number): Head {
  const probe = probeOf(region, merges);
  if (headerRows !== undefined) return given(probe, Math.min(headerRows, region.rows.length));
  return stackedHead(probe) ?? datedHead(probe) ?? laidOutHead(probe);
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
