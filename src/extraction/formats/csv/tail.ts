import { filledCells, isReading } from "./dialect";
import type { CsvRecord } from "./split";

/** Records at the end of a file among which sums and footnotes are looked for. */
export const TAIL_RECORDS = 256;

const TOTAL = /^(?:grand\s+|sub\s*-?)?totals?\b|^(?:summe|gesamt|insgesamt|suma|totaal|totale|итого)\b/i;

/** Whether a record is named as one that adds up others. */
export function isNamedTotal(cells: readonly string[]): boolean {
  for (const cell of cells) {
    const first = cell.trim();
    if (first !== "") return first.length < 40 && TOTAL.test(first);
  }
  return false;
}

export interface Ending {
  totals: ReadonlySet<CsvRecord>;
  footnotes: ReadonlySet<CsvRecord>;
}

/**
 * Lines that add up the ones above are few, at the end, and named so in the first cell that is filled; footnotes are
 * single cells below the last row that is filled. `records` are the last ones that are not blank, of `all` in the table,
 * `named` of which are named as sums.
 */
export function endingOf(
  records: readonly CsvRecord[],
  { columns, all, named }: { columns: number; all: number; named: number },
): Ending {
  const lastFull = records.findLastIndex(({ cells }) => filledCells(cells) >= Math.max(2, columns / 2));
  const from = Math.max(lastFull, records.length - 4) - 3;
  const hasTotals = named <= 3 && all >= 3;
  const totals = new Set(hasTotals ? records.filter(({ cells }, i) => i >= from && isNamedTotal(cells)) : []);
  const below = columns >= 3 && lastFull >= 0 ? records.slice(lastFull + 1) : [];
  const footnotes = new Set(below.filter((one) => !totals.has(one) && isFootnote(one.cells)));
  return { totals, footnotes };
}

const isFootnote = (cells: readonly string[]): boolean => {
  const filled = cells.filter((cell) => cell.trim() !== "");
  return filled.length === 1 && !isReading(filled[0]!);
};
