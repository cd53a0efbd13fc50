import { isMissing } from "./lines";

/** "4,112 (13.7%)", "12.3 (0.4)", "512 [498-530]": a number, and another that belongs to it, in brackets. */
const PAIR = /^([^()[\]]*\d[^()[\]]*?)\s*[([]\s*([^()[\]]*\d[^()[\]]*?)\s*[)\]]$/;

export interface Named {
  names: string[];
  units: (string | null)[];
  rows: (string | null)[][];
}

/** Parts columns of such pairs in two, the second named after what stands in it. */
export function splitPairs({ names, units, rows }: Named): Named {
  const pairs = names.map((_, c) => {
    const filled = rows.map((cells) => cells[c]).filter((cell) => cell != null && !isMissing(cell));
    const paired = filled.filter((cell) => cell!.length <= 40 && PAIR.test(cell!)).length;
    return paired >= 2 && paired >= filled.length * 0.6;
  });
  if (!pairs.includes(true)) return { names, units, rows };
  return {
    names: names.flatMap((name, c) => (pairs[c] ? pairNames(name, rows, c) : [name])),
    units: units.flatMap((unit, c) => (pairs[c] ? [unit, null] : [unit])),
    rows: rows.map((cells) => cells.flatMap((cell, c) => (pairs[c] ? splitCell(cell) : [cell]))),
  };
}

/** Where number and bracket stand in columns of their own, one name stands over both. */
export function partPairNames(names: readonly string[]): string[] {
  return names.map((name, c) => {
    const match = BRACKETED.exec(name);
    return match && match[1] !== "" && names[c + 1] === name && names[c - 1] !== name && names[c + 2] !== name
      ? match[1]!
      : name;
  });
}

const BRACKETED = /^(.*?)\s*[([]\s*([^()[\]]+)\s*[)\]]$/;

/** "Pupils (%)" names both: the number is of pupils, what is in brackets is the share. */
function pairNames(name: string, rows: readonly (string | null)[][], c: number): [string, string] {
  const match = BRACKETED.exec(name);
  if (match && match[1] !== "") return [match[1]!, `${match[1]} (${match[2]})`];
  const percent = rows.some((cells) => cells[c]?.includes("%"));
  return [name, percent ? `${name} (%)`.trim() : `${name} (in brackets)`.trim()];
}

function splitCell(cell: string | null): [string | null, string | null] {
  const match = cell === null || cell.length > 40 ? null : PAIR.exec(cell);
  return match ? [match[1]!.trim(), match[2]!.trim()] : [cell, null];
}
