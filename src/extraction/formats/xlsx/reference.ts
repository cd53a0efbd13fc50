import { WORKBOOK_LIMITS } from "./limits";

/** A rectangle of cells; rows and columns count from 0, both ends are in it. */
export interface Area {
  top: number;
  left: number;
  bottom: number;
  right: number;
}

const A = 65;

/** Row and column of a reference such as `B7` or `$B$7`, packed as row × 16,384 + column; -1 where it is none. */
export function packedReference(text: string): number {
  let at = text.charCodeAt(0) === 36 ? 1 : 0;
  let column = 0;
  for (; at < text.length; at++) {
    const letter = (text.charCodeAt(at) & ~32) - A;
    if (letter < 0 || letter > 25) break;
    column = column * 26 + letter + 1;
    if (column > WORKBOOK_LIMITS.columns) return -1;
  }
  if (text.charCodeAt(at) === 36) at++;
  let row = 0;
  const digits = at;
  for (; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return -1;
    row = row * 10 + digit;
    if (row > WORKBOOK_LIMITS.rows) return -1;
  }
  if (column === 0 || row === 0 || digits === at) return -1;
  return (row - 1) * WORKBOOK_LIMITS.columns + column - 1;
}

export const rowOf = (packed: number): number => Math.floor(packed / WORKBOOK_LIMITS.columns);
export const columnOf = (packed: number): number => packed % WORKBOOK_LIMITS.columns;

/** The area of `A3:H120` or of a single `A3`, null where the text is neither. */
export function readArea(text: string): Area | null {
  const [first = "", last = first, ...more] = text.split(":");
  const from = packedReference(first);
  const to = packedReference(last);
  if (from < 0 || to < 0 || more.length > 0) return null;
  return {
    top: Math.min(rowOf(from), rowOf(to)),
    left: Math.min(columnOf(from), columnOf(to)),
    bottom: Math.max(rowOf(from), rowOf(to)),
    right: Math.max(columnOf(from), columnOf(to)),
  };
}

export const areaText = ({ top, left, bottom, right }: Area): string =>
  `${columnName(left)}${top + 1}:${columnName(right)}${bottom + 1}`;

export function columnName(column: number): string {
  let name = "";
  for (let rest = column + 1; rest > 0; rest = Math.floor((rest - 1) / 26))
    name = String.fromCharCode(A + ((rest - 1) % 26)) + name;
  return name;
}
