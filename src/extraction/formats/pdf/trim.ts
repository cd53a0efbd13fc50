import { isPeriod } from "./cells";
import type { Columns } from "./columns";
import { type Chunk, isNumeric, type Row, textOf } from "./lines";
import { countValues, isDataRow, type Region } from "./regions";

/**
 * The rows that decide on columns: those with about as many numbers as most, but not a row of years, which may be set
 * otherwise than the numbers below; and labels of several rows, which stand between the rows and left of them.
 */
export function coreRows(rows: readonly Row[]): Row[] {
  const all = rows.filter(isDataRow);
  const heads = all.filter(
    ({ chunks }) => chunks.length >= 2 && chunks.every(({ words }) => isPeriod(textOf(words))),
  );
  const data = all.length - heads.length >= 2 ? all.filter((row) => !heads.includes(row)) : all;
  const values = data.map(countValues);
  const many = [...values].sort((a, b) => a - b)[Math.floor(values.length * 0.7)]!;
  const core = data.filter((_, i) => values[i]! >= many * 0.5);
  const left = Math.min(...core.map(({ x0 }) => x0));
  return [...core, ...rows.filter((row) => !isDataRow(row) && row.x1 < left - 0.3 * row.size)];
}

/** Leaves out rows at the ends that do not keep to the columns: a line of text with a number in it. */
export function withoutStrays(region: Region, columns: Columns): Region {
  const strays = (row: Row): boolean =>
    !isDataRow(row) ||
    row.chunks.some(
      ({ words, x0, x1 }) =>
        words.length >= 2 &&
        !isNumeric(textOf(words)) &&
        columns.bounds.filter((bound) => x0 < bound - 1 && x1 > bound + 1).length >= 1 &&
        !words.some((word, i) => i > 0 && columns.bounds.some((b) => words[i - 1]!.x1 <= b && word.x0 >= b)),
    );
  let first = 0;
  let last = region.rows.length;
  while (first < last && strays(region.rows[first]!)) first++;
  while (last > first && strays(region.rows[last - 1]!)) last--;
  last = endOfFullRows(region.rows, first, last);
  if (first === 0 && last === region.rows.length) return region;
  return {
    rows: region.rows.slice(first, last),
    above: [...region.above, ...region.rows.slice(0, first)],
    below: [...region.rows.slice(last), ...region.below],
  };
}

/** A chart below a table goes on with numbers here and there: full rows end where mostly half empty ones follow. */
function endOfFullRows(rows: readonly Row[], first: number, last: number): number {
  const counts = rows.slice(first, last).map(({ chunks }) => chunks.length);
  const many = [...counts].sort((a, b) => b - a)[Math.min(2, counts.length - 1)] ?? 0;
  if (many < 3) return last;
  for (let k = 3; k <= counts.length - 4; k++) {
    const head = counts.slice(0, k);
    const tail = counts.slice(k);
    const full = head.filter((count) => count > 0.6 * many).length;
    const sparse = tail.filter((count) => count <= 0.5 * many).length;
    if (full >= head.length * 0.9 && sparse >= tail.length * 0.75 && isDataRow(rows[first + k]!))
      return first + k;
  }
  return last;
}

/** A region begins and ends with a row that has numbers; what stands before and after is kept around it. */
export function shrink(region: Region): Region {
  const first = region.rows.findIndex(isDataRow);
  const last = region.rows.findLastIndex(isDataRow);
  if (first < 0) return { ...region, rows: [] };
  return {
    rows: region.rows.slice(first, last + 1),
    above: [...region.above, ...region.rows.slice(0, first)],
    below: [...region.rows.slice(last + 1), ...region.below],
  };
}

/** The gutter between two tables whose rows share baselines: labels and numbers, and again labels and numbers. */
export function besideEachOther(columns: Columns, data: readonly Row[]): number | null {
  const { numeric, extents, bounds } = columns;
  const gaps = bounds.map((_, i) => extents[i + 1]!.x0 - extents[i]!.x1);
  const size = data[0]!.size;
  for (let i = 1; i < numeric.length - 1; i++) {
    if (numeric[i] || !numeric[i - 1] || !numeric[i + 1]) continue;
    const gap = gaps[i - 1]!;
    const others = gaps.filter((_, k) => k !== i - 1 && numeric[k + 1]);
    const labels = data.filter((row) =>
      row.chunks.some((chunk) => chunk.x0 >= bounds[i - 1]! && chunk.x1 <= bounds[i]!),
    );
    if (numeric[0] || labels.length < data.length * 0.6) continue;
    // Rows of the table on the left have labels too, not each third of them as groups of rows have.
    const left = data.filter((row) => row.x0 < bounds[i - 1]!);
    if (left.filter((row) => row.x0 < bounds[0]!).length < left.length * 0.6) continue;
    if (gap > 1.2 * size && others.length > 0 && gap >= 0.5 * Math.min(...others)) return bounds[i - 1]!;
  }
  return null;
}

export function splitAt(region: Region, x: number): Region[] {
  const side = (keep: (chunk: Chunk) => boolean): Region => {
    const only = (rows: readonly Row[]): Row[] =>
      rows.flatMap((row) => {
        const chunks = row.chunks.filter(keep);
        if (chunks.length === 0) return [];
        return [{ ...row, chunks, x0: chunks[0]!.x0, x1: Math.max(...chunks.map(({ x1 }) => x1)) }];
      });
    return { rows: only(region.rows), above: only(region.above), below: only(region.below) };
  };
  const isLeft = (chunk: Chunk) => (chunk.x0 + chunk.x1) / 2 < x;
  return [side(isLeft), side((chunk) => !isLeft(chunk))];
}
