/** Lengths in points (1/72 inch). The origin is the upper left corner of the page as it is read, y grows downwards. */
export interface Word {
  text: string;
  x0: number;
  x1: number;
  /** The baseline. */
  y: number;
  /** The font size. */
  size: number;
  font: string;
}

/** A straight ruling line, drawn as a line or as a thin box. Horizontal: y0 = y1. Vertical: x0 = x1. */
export interface Rule {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

export interface Rules {
  horizontal: Rule[];
  vertical: Rule[];
}

/** The text of a page that runs in one direction, turned upright. */
export interface PageLayer {
  page: number;
  width: number;
  height: number;
  /** Quarter turns, clockwise, from upright to how the text stands on the page. */
  turns: 0 | 1 | 2 | 3;
  words: Word[];
  rules: Rules;
}

export type Matrix = readonly [number, number, number, number, number, number];

/** The transformation that does `inner` first, then `outer`. */
export const multiply = (outer: Matrix, inner: Matrix): Matrix => [
  outer[0] * inner[0] + outer[2] * inner[1],
  outer[1] * inner[0] + outer[3] * inner[1],
  outer[0] * inner[2] + outer[2] * inner[3],
  outer[1] * inner[2] + outer[3] * inner[3],
  outer[0] * inner[4] + outer[2] * inner[5] + outer[4],
  outer[1] * inner[4] + outer[3] * inner[5] + outer[5],
];

export const apply = (m: Matrix, x: number, y: number): [number, number] => [
  m[0] * x + m[2] * y + m[4],
  m[1] * x + m[3] * y + m[5],
];

/** A point of the page in the coordinates in which text that is turned so stands upright. */
export function upright(
  turns: number,
  width: number,
  height: number,
  x: number,
  y: number,
): [number, number] {
  if (turns === 1) return [y, width - x];
  if (turns === 2) return [width - x, height - y];
  return turns === 3 ? [height - y, x] : [x, y];
}

export const median = (values: readonly number[]): number => {
  if (values.length === 0) return 0;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
};

export const overlap = (a: { x0: number; x1: number }, b: { x0: number; x1: number }): number =>
  Math.min(a.x1, b.x1) - Math.max(a.x0, b.x0);
