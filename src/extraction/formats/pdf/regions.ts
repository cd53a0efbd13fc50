import { isCaption, isNote } from "./captions";
import { overlap } from "./geometry";
import { type Chunk, isMissing, isNumeric, type Row, rowOf, textOf } from "./lines";

/** Rows that follow each other closely, from the first with numbers to the last. */
export interface Region {
  rows: Row[];
  /** Rows above the region, nearest last, that may be its header and caption. */
  above: Row[];
  /** Rows below, nearest first: the end of a wrapped label, sources and notes. */
  below: Row[];
}

export const numericChunks = (row: Row): Chunk[] =>
  row.chunks.filter(({ words }) => isNumeric(textOf(words)));

/** How many values a row has, those too that stand close to the text before them. */
export const countValues = (row: Row): number =>
  numericChunks(row).length + row.chunks.filter(isGluedPair).length;

/** A value beside something else: a label, another value. The number of a chapter before its title is none. */
export function isDataRow(row: Row): boolean {
  if (row.chunks.length < 2) return isGluedPair(row.chunks[0]!);
  const values = row.chunks.filter(({ words }) => words.length <= 4 && isNumeric(textOf(words)));
  if (values.length === 1 && values[0] === row.chunks[0])
    return row.chunks.slice(1).some(({ words }) => isMissing(textOf(words)));
  if (values.length > 0 || row.chunks.some(isGluedPair)) return true;
  const missing = row.chunks.filter(({ words }) => isMissing(textOf(words)));
  return missing.length >= 2 && missing.length >= row.chunks.length - 1;
}

/** "Total 217": a narrow gap glued label and number. */
function isGluedPair({ words, size }: Chunk): boolean {
  const last = words.at(-1)!;
  return (
    words.length >= 2 &&
    words.length <= 6 &&
    isNumeric(last.text) &&
    !words.slice(0, -1).some(({ text }) => isNumeric(text)) &&
    last.x0 - words.at(-2)!.x1 > 0.5 * size
  );
}

/** A row of words over the numbers of the next row: names of columns. */
export function headsNext(row: Row, next: Row | undefined): boolean {
  if (!next || isDataRow(row) || !isDataRow(next)) return false;
  const numbers = next.chunks.filter(({ words }) => isNumeric(textOf(words)));
  const over = numbers.filter((number) =>
    row.chunks.some((chunk) => chunk.words.length <= 6 && overlap(chunk, number) > 0.3 * number.size),
  );
  return over.length >= 2 || (over.length === 1 && numbers.length === 1 && row.chunks.length >= 2);
}

/** More words than a heading has. */
const isLong = ({ chunks }: Row): boolean =>
  chunks.some(
    ({ words }) =>
      words.length >= 9 && words.filter(({ text }) => /^\p{Ll}{2,}/u.test(text)).length >= words.length * 0.5,
  );

export type Between = (above: Row, below: Row) => boolean;

/** Groups the rows of a page, top to bottom. `parted` tells whether running text stands between two rows. */
export function findRegions(rows: readonly Row[], parted: Between): Region[] {
  const regions: Region[] = [];
  let open: number[] = [];
  let pending: number[] = [];
  const close = () => {
    if (open.length > 0) regions.push(regionOf(rows, open[0]!, open.at(-1)!));
    open = [];
    pending = [];
  };
  rows.forEach((row, i) => {
    const data = isDataRow(row);
    if (open.length === 0) {
      if (data) open.push(i);
      return;
    }
    const before = rows[i - 1]!;
    const text = textOf(row.chunks[0]!.words);
    const far = row.y - before.y > reach(rows, open, row) && !beginsGroup(rows, open, i);
    const apart = far || parted(before, row) || !nextTo(rows, open, row);
    const ends = isCaption(text) || (!data && (isNote(text) || isLong(row) || headsNext(row, rows[i + 1])));
    if (apart || ends) {
      close();
      if (data && !isCaption(text)) open.push(i);
    } else if (data) {
      open.push(...pending, i);
      pending = [];
    } else {
      pending.push(i);
      if (pending.length > 4) close();
    }
  });
  close();
  return regions.flatMap(splitSides);
}

/** How far below the last row the next of the same table may stand. */
function reach(rows: readonly Row[], open: readonly number[], row: Row): number {
  const pitches: number[] = [];
  for (let k = Math.max(1, open.length - 12); k < open.length; k++)
    pitches.push(rows[open[k]!]!.y - rows[open[k - 1]!]!.y);
  const largest = pitches.length > 0 ? Math.max(...pitches) : 0;
  const wide = isAlike(rows[open.at(-1)!]!, row) ? 3.4 : 2.4;
  return Math.max(wide * row.size, Math.min(1.6 * largest, 5 * row.size));
}

/** Cells of a row that are enough to know it again. */
const MANY_CELLS = 4;

/** After a gap a table may go on with a group of rows like those above it, under a heading or none. */
function beginsGroup(rows: readonly Row[], open: readonly number[], i: number): boolean {
  const last = rows[open.at(-1)!]!;
  const row = rows[i]!;
  if (last.chunks.length < MANY_CELLS || row.y - rows[i - 1]!.y > 5 * row.size) return false;
  if (isDataRow(row)) return isAlike(last, row);
  const next = rows[i + 1];
  const heads = row.chunks.length === 1 && row.x0 < last.chunks[1]!.x0;
  return (
    heads && next !== undefined && next.y - row.y < 2.4 * row.size && isDataRow(next) && isAlike(last, next)
  );
}

/** Two rows of as many cells, with the numbers below each other. */
function isAlike(above: Row, below: Row): boolean {
  if (above.chunks.length !== below.chunks.length) return false;
  return numericChunks(below).every((number) => above.chunks.some((chunk) => overlap(chunk, number) > 0));
}

/** Below the rows, or half a line from the last: the label of several rows stands so. */
function nextTo(rows: readonly Row[], open: readonly number[], row: Row): boolean {
  const last = rows[open.at(-1)!]!;
  return row.y - last.y < 0.9 * last.size || open.slice(-6).some((k) => overlap(rows[k]!, row) > 0);
}

function regionOf(rows: readonly Row[], first: number, last: number): Region {
  return {
    rows: rows.slice(first, last + 1),
    above: rows.slice(Math.max(0, first - 14), first),
    below: rows.slice(last + 1, last + 12),
  };
}

/**
 * Two tables that stand side by side with baselines of their own interleave: most rows then lie wholly on one side of a
 * wide gutter.
 */
function splitSides(region: Region): Region[] {
  const data = region.rows.filter(isDataRow);
  if (data.length < 4) return [region];
  const x0 = Math.min(...data.map((row) => row.x0));
  const x1 = Math.max(...data.map((row) => row.x1));
  let best: { x: number; left: number; right: number } | null = null;
  for (let x = x0 + (x1 - x0) * 0.25; x <= x0 + (x1 - x0) * 0.75; x += 4) {
    if (data.some((row) => row.chunks.some((chunk) => chunk.x0 < x && chunk.x1 > x))) continue;
    const left = data.filter((row) => row.x1 <= x).length;
    const right = data.filter((row) => row.x0 >= x).length;
    if (left >= 2 && right >= 2 && left + right >= data.length * 0.7)
      if (!best || left + right > best.left + best.right) best = { x, left, right };
  }
  if (!best) return [region];
  const { x } = best;
  const side = (rows: readonly Row[], keep: (chunk: Chunk) => boolean): Row[] =>
    rows.flatMap((row) => {
      const chunks = row.chunks.filter(keep);
      return chunks.length > 0 ? [rowOf(chunks)] : [];
    });
  const sides = [
    (chunk: Chunk) => (chunk.x0 + chunk.x1) / 2 < x,
    (chunk: Chunk) => (chunk.x0 + chunk.x1) / 2 >= x,
  ];
  return sides.flatMap((keep) => {
    const rows = trim(side(region.rows, keep));
    return rows.length === 0
      ? []
      : [
          {
            rows: rows.rows,
            above: [...side(region.above, keep), ...rows.before],
            below: [...rows.after, ...side(region.below, keep)],
          },
        ];
  });
}

function trim(rows: Row[]): { rows: Row[]; before: Row[]; after: Row[]; length: number } {
  const first = rows.findIndex(isDataRow);
  const last = rows.findLastIndex(isDataRow);
  if (first < 0) return { rows: [], before: rows, after: [], length: 0 };
  const kept = rows.slice(first, last + 1);
  return { rows: kept, before: rows.slice(0, first), after: rows.slice(last + 1), length: kept.length };
}
