import type { Rule, Word } from "./geometry";
import { type Chunk, isMissing, isNumeric, type Row, textOf } from "./lines";

/** Columns of a table: `bounds[i]` parts column i from column i + 1. */
export interface Columns {
  bounds: number[];
  /** Where the text of each column lies. */
  extents: { x0: number; x1: number }[];
  numeric: boolean[];
  /** Whether a vertical rule stands at the bound. */
  ruled: boolean[];
}

const STEP = 0.5;

/**
 * Columns by the gaps that all rows share: a projection profile of the rows with numbers, cut where (nearly) no row has
 * text. The valleys of the profile are the gutters (after Shamilian, Baird, Wood, "A retargetable table reader", 1997,
 * and the column finding of Nurminen, "Algorithmic extraction of data in tables in PDF documents", 2013).
 * Vertical rules that run through the rows part columns however narrow the gap.
 */
export function findColumns(rows: readonly Row[], vertical: readonly Rule[]): Columns {
  const x0 = Math.min(...rows.map((row) => row.x0));
  const x1 = Math.max(...rows.map((row) => row.x1));
  const size = Math.max(4, ...rows.map((row) => row.size));
  const cells = Math.min(20_000, Math.ceil((x1 - x0) / STEP) + 1);
  const cover = new Uint16Array(cells);
  const last = new Int32Array(cells).fill(-1);
  const at = (x: number) => Math.max(0, Math.min(cells - 1, Math.round((x - x0) / STEP)));
  rows.forEach((row, r) => {
    for (const chunk of row.chunks) {
      for (const [from, to] of solidParts(chunk)) {
        for (let i = at(from); i <= at(to); i++) {
          if (last[i] === r) continue;
          last[i] = r;
          cover[i]!++;
        }
      }
    }
  });
  const bounds = valleys(cover, rows.length, size).map((i) => x0 + i * STEP);
  const rules = ruledBounds(rows, vertical).filter((x) => x > x0 && x < x1 && cover[at(x)]! === 0);
  for (const x of rules) {
    // In the same gutter the rule is the better place.
    const same = bounds.findIndex((bound) =>
      isEmptyBetween(cover, at(Math.min(x, bound)), at(Math.max(x, bound))),
    );
    if (same >= 0) bounds[same] = x;
    else bounds.push(x);
  }
  bounds.sort((a, b) => a - b);
  const columns = describe(rows, bounds);
  return { ...columns, ruled: columns.bounds.map((bound) => rules.includes(bound)) };
}

function isEmptyBetween(cover: Uint16Array, from: number, to: number): boolean {
  for (let i = from; i <= to; i++) if (cover[i]! > 0) return false;
  return true;
}

/** The parts of a chunk that no gutter may cross: its words with the blanks between, but not those before a number. */
function solidParts(chunk: Chunk): [number, number][] {
  const parts: [number, number][] = [];
  chunk.words.forEach((word, i) => {
    const before = chunk.words[i - 1];
    const open = parts.at(-1);
    const apart =
      before === undefined ||
      (isNumeric(word.text) !== isNumeric(before.text) && word.x0 - before.x1 > 0.22 * word.size) ||
      word.x0 - before.x1 > 0.62 * word.size;
    if (apart || !open) parts.push([word.x0, word.x1]);
    else open[1] = Math.max(open[1], word.x1);
  });
  return parts;
}

/** The middles of the gutters. In many rows a few may run over a gutter: totals, long labels. */
function valleys(cover: Uint16Array, rows: number, size: number): number[] {
  const most = rows >= 40 ? Math.floor(rows * 0.05) : rows >= 8 ? 1 : 0;
  const narrowest = (size * 0.22) / STEP;
  const found: number[] = [];
  let start = -1;
  for (let i = 0; i <= cover.length; i++) {
    const low = i < cover.length && cover[i]! <= most;
    if (low && start < 0) start = i;
    if (low || start < 0) continue;
    if (start > 0 && i < cover.length && i - start >= narrowest) found.push(middle(cover, start, i));
    start = -1;
  }
  return found;
}

/** The middle of the emptiest stretch of a gutter. */
function middle(cover: Uint16Array, start: number, end: number): number {
  let lowest = Number.POSITIVE_INFINITY;
  for (let i = start; i < end; i++) lowest = Math.min(lowest, cover[i]!);
  let best: [number, number] = [start, start];
  let from = -1;
  for (let i = start; i <= end; i++) {
    const low = i < end && cover[i] === lowest;
    if (low && from < 0) from = i;
    if (low || from < 0) continue;
    if (i - from > best[1] - best[0]) best = [from, i];
    from = -1;
  }
  return (best[0] + best[1]) / 2;
}

/** Places of vertical rules that pass most of the rows. */
function ruledBounds(rows: readonly Row[], vertical: readonly Rule[]): number[] {
  const places = new Map<number, number>();
  for (const rule of vertical) {
    const passed = rows.filter(
      (row) => rule.y0 <= row.y - row.size * 0.3 && rule.y1 >= row.y - row.size * 0.5,
    );
    const key = Math.round(rule.x0);
    places.set(key, (places.get(key) ?? 0) + passed.length);
  }
  return [...places].filter(([, passed]) => passed >= rows.length * 0.7).map(([x]) => x);
}

export const columnAt = (bounds: readonly number[], x: number): number => {
  let i = 0;
  while (i < bounds.length && x > bounds[i]!) i++;
  return i;
};

/** The words of a row by column. Words that stand close together stay together, but a number leaves a label. */
export function cellsOf(row: Row, bounds: readonly number[]): Word[][] {
  const cells: Word[][] = Array.from({ length: bounds.length + 1 }, () => []);
  for (const chunk of row.chunks) {
    let home = -1;
    let before: Word | null = null;
    for (const word of chunk.words) {
      const own = columnAt(bounds, (word.x0 + word.x1) / 2);
      const close =
        before !== null &&
        word.x0 - before.x1 < 0.4 * word.size &&
        isNumeric(word.text) === isNumeric(before.text);
      if (!close || home < 0) home = own;
      cells[home]!.push(word);
      before = word;
    }
  }
  return cells;
}

const ATTACHED = /^(?:[$€£¥%‰]|US\$|[A-Z]{3}|\(|\)|[-–−+])$/;
const FLAG = /^[([]?(?:[a-z]{1,2}|[*†‡§¹²³⁴⁵⁶⁷⁸⁹]{1,3}|\d)[)\]]?$/;

function followsWord(grid: readonly Word[][][], c: number): boolean {
  const filled = grid.filter((cells) => cells[c]!.length > 0);
  const close = filled.filter((cells) => {
    const before = cells[c - 1]!.at(-1);
    const word = cells[c]![0]!;
    return before !== undefined && word.x0 - before.x1 < 0.4 * word.size;
  });
  return close.length >= filled.length * 0.9;
}

function describe(rows: readonly Row[], bounds: number[]): Columns {
  const grid = rows.map((row) => cellsOf(row, bounds));
  const texts = bounds
    .concat(0)
    .map((_, c) => grid.map((cells) => textOf(cells[c]!)).filter((text) => text !== ""));
  const numeric = texts.map(
    (column) =>
      column.filter((text) => isNumeric(text) || isMissing(text)).length >= column.length * 0.6 &&
      column.some(isNumeric),
  );
  // A currency sign goes to the number behind it, a flag or a percent sign to the one before.
  for (let c = 0; c < texts.length; c++) {
    const column = texts[c]!;
    const first = c === 0;
    if (column.length > 0 && !(first && numeric[c])) {
      const rest = numeric[c] ? column.every((text) => text === "(" || text === ")") : true;
      const forward = /^(?:[$€£¥(]|US\$|[A-Z]{3}|[-–−+])$/;
      if (rest && column.every((text) => ATTACHED.test(text)) && !column.every(isMissing)) {
        const toRight = column.every((text) => forward.test(text)) && numeric[c + 1];
        if (toRight && c < bounds.length) return describe(rows, bounds.toSpliced(c, 1));
        if (!toRight && c > 0 && numeric[c - 1]) return describe(rows, bounds.toSpliced(c - 1, 1));
      }
      const narrow = c > 0 && numeric[c - 1] && !numeric[c] && column.every((text) => FLAG.test(text));
      if (narrow && column.length < rows.length) return describe(rows, bounds.toSpliced(c - 1, 1));
    }
    // "Zone 1", "Zone 2": the number belongs to the word right before it.
    if (c > 0 && numeric[c] && !numeric[c - 1] && followsWord(grid, c))
      return describe(rows, bounds.toSpliced(c - 1, 1));
    // Nothing but an outlier stood here.
    if (column.length === 0 && bounds.length > 0)
      return describe(rows, bounds.toSpliced(Math.min(c, bounds.length - 1), 1));
  }
  const extents = texts.map((_, c) => {
    const words = grid.flatMap((cells) => cells[c]!);
    return { x0: Math.min(...words.map(({ x0 }) => x0)), x1: Math.max(...words.map(({ x1 }) => x1)) };
  });
  return { bounds, extents, numeric, ruled: [] };
}
