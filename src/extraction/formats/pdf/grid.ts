import type { Rules } from "./geometry";
import { PDF_LIMITS } from "./limits";

/** Rows and columns that rules draw. `cell(row, column)` tells which cell a place is of: merged ones cover several. */
export interface Grid {
  /** Left to right, one more than columns. */
  xs: number[];
  /** Top to bottom, one more than rows. */
  ys: number[];
  /** The number of the cell at row * columns + column. */
  cells: Int32Array;
}

/** Rules that should meet miss each other by so much, as those of boxes with a little space between them; rows are higher. */
const NEAR = 4.5;
/** Rules that end past the outermost crossing one leave the side of the table open. */
const OPEN_SIDE = 12;

/**
 * The grids on a page: rules that cross, at least one of each direction inside of the table. A cell is what rules enclose;
 * where one is missing, the places on both sides are of one cell. After the ruled ("lattice") mode of Nurminen,
 * "Algorithmic extraction of data in tables in PDF documents" (2013).
 */
export function findGrids(rules: Rules): Grid[] {
  return crossing(rules).flatMap((component) => {
    const grid = gridOf(component);
    return grid === null ? [] : [grid];
  });
}

/** Groups rules that are connected by crossing each other. */
function crossing({ horizontal, vertical }: Rules): Rules[] {
  if (horizontal.length * vertical.length > PDF_LIMITS.crossings) return [];
  const sets = new DisjointSets(horizontal.length + vertical.length);
  horizontal.forEach((h, i) => {
    vertical.forEach((v, k) => {
      const meets = v.x0 >= h.x0 - NEAR && v.x0 <= h.x1 + NEAR && h.y0 >= v.y0 - NEAR && h.y0 <= v.y1 + NEAR;
      if (meets) sets.join(i, horizontal.length + k);
    });
  });
  const groups = new Map<number, Rules>();
  const groupOf = (i: number): Rules => {
    const key = sets.first(i);
    const group = groups.get(key) ?? { horizontal: [], vertical: [] };
    groups.set(key, group);
    return group;
  };
  horizontal.forEach((rule, i) => {
    groupOf(i).horizontal.push(rule);
  });
  vertical.forEach((rule, k) => {
    groupOf(horizontal.length + k).vertical.push(rule);
  });
  const grids = [...groups.values()].filter(
    (group) => group.horizontal.length >= 2 && group.vertical.length >= 1,
  );
  return grids.length > PDF_LIMITS.grids ? [] : grids;
}

/** Sets that can be joined (Tarjan, "Efficiency of a good but not linear set union algorithm", 1975), by path halving. */
class DisjointSets {
  readonly #parent: Int32Array;

  constructor(length: number) {
    this.#parent = Int32Array.from({ length }, (_, i) => i);
  }

  /** The least member of the set that `i` is in. */
  first(i: number): number {
    const parent = this.#parent;
    let at = i;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]!]!;
      at = parent[at]!;
    }
    return at;
  }

  join(a: number, b: number): void {
    const [low, high] = [this.first(a), this.first(b)].sort((x, y) => x - y) as [number, number];
    this.#parent[high] = low;
  }
}

function gridOf({ horizontal, vertical }: Rules): Grid | null {
  const xs = withSides(
    places(vertical.map(({ x0 }) => x0)),
    horizontal.map(({ x0, x1 }) => [x0, x1]),
  );
  const ys = withSides(
    places(horizontal.map(({ y0 }) => y0)),
    vertical.map(({ y0, y1 }) => [y0, y1]),
  );
  const columns = xs.length - 1;
  const rows = ys.length - 1;
  if (columns < 2 || rows < 2 || columns > PDF_LIMITS.columns || rows > PDF_LIMITS.gridRows) return null;
  const right = new Uint8Array(rows * columns);
  const below = new Uint8Array(rows * columns);
  for (const rule of vertical) {
    const column = indexOf(xs, rule.x0) - 1;
    if (column < 0 || column >= columns) continue;
    for (let row = 0; row < rows; row++) {
      const middle = (ys[row]! + ys[row + 1]!) / 2;
      if (rule.y0 <= middle && rule.y1 >= middle) right[row * columns + column] = 1;
    }
  }
  for (const rule of horizontal) {
    const row = indexOf(ys, rule.y0) - 1;
    if (row < 0 || row >= rows) continue;
    for (let column = 0; column < columns; column++) {
      const middle = (xs[column]! + xs[column + 1]!) / 2;
      if (rule.x0 <= middle && rule.x1 >= middle) below[row * columns + column] = 1;
    }
  }
  return { xs, ys, cells: mergedCells(rows, columns, right, below) };
}

/** Places of rules, those of a double rule or of two boxes side by side as one. */
function places(values: number[]): number[] {
  const found: number[] = [];
  for (const value of values.sort((a, b) => a - b))
    if (found.length === 0 || value - found.at(-1)! > NEAR) found.push(value);
  return found;
}

/** The sides of a table that has no frame are where the rules across it end. */
function withSides(found: number[], across: readonly (readonly [number, number])[]): number[] {
  const first = Math.min(...across.map(([from]) => from));
  const last = Math.max(...across.map(([, to]) => to));
  return [
    ...(first < found[0]! - OPEN_SIDE ? [first] : []),
    ...found,
    ...(last > found.at(-1)! + OPEN_SIDE ? [last] : []),
  ];
}

const indexOf = (found: readonly number[], value: number): number =>
  found.findIndex((place) => Math.abs(place - value) <= NEAR);

/** Places that no rule parts are of one cell, called by the first of them. */
function mergedCells(rows: number, columns: number, right: Uint8Array, below: Uint8Array): Int32Array {
  const sets = new DisjointSets(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const at = row * columns + column;
      if (column + 1 < columns && right[at] === 0) sets.join(at, at + 1);
      if (row + 1 < rows && below[at] === 0) sets.join(at, at + columns);
    }
  }
  return Int32Array.from({ length: rows * columns }, (_, at) => sets.first(at));
}
