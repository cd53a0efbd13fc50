import { isMissingWord } from "../../infer/numbers";
import { isReading } from "../../infer/reading";
import { filledCount, filledWidth } from "../row-kinds";
import { cleaned, share } from "./header";

/** Rows of one make, as most of a table are. */
export interface Body {
  first: number;
  /** Columns of readings, by their places. */
  typed: readonly number[];
}

const FEWEST_ROWS = 4;
/** Rows behind the first that say whether the table has begun. */
const LOOKED_AT = 8;
const MOST_STRAYS = 0.2;

/** Where the rows begin that hold readings where the later half of the rows does; null where too few do. */
export function bodyOf(rows: readonly string[][], width: number): Body | null {
  const late = rows.slice(rows.length >> 1).filter((row) => filledCount(row) >= Math.max(1, width / 2));
  if (late.length < FEWEST_ROWS) return null;
  const typed = Array.from({ length: width }, (_, i) => i).filter((i) => share(late, i) >= 0.7);
  if (typed.length === 0) return null;
  const fits = rows.map((row) => isOfBody(row, typed));
  const first = fits.findIndex((fit, at) => {
    const next = rows
      .slice(at + 1, at + 1 + LOOKED_AT * 2)
      .flatMap((row, i) => (filledCount(row) > 0 ? [fits[at + 1 + i]!] : []))
      .slice(0, LOOKED_AT);
    return fit && next.filter((one) => !one).length <= next.length * MOST_STRAYS;
  });
  return first < 0 ? null : { first, typed };
}

/** Whether a row has readings in the columns of readings, and nothing else there. */
export function isOfBody(row: readonly string[], typed: readonly number[]): boolean {
  const cells = typed.map((i) => (row[i] ?? "").trim());
  return (
    cells.some(isReading) && cells.every((cell) => cell === "" || isReading(cell) || isMissingWord(cell))
  );
}

/** Rows that may stand between the names and the body: units, how a mean was taken, kinds of columns. */
const MOST_BETWEEN = 3;

/**
 * The row of names of a body that stands below other rows (of a device, an account, a second, shorter table): the
 * nearest that has a name for each column of readings, or the uppermost where several in a row do. -1: there is none.
 */
export function namesAbove(
  rows: readonly string[][],
  { first, typed }: Body,
  width: number,
  isUnits: (at: number) => boolean,
): number {
  let found = -1;
  let between = 0;
  for (let at = first - 1; at >= 0 && between <= MOST_BETWEEN; at--) {
    const row = rows[at]!;
    if (filledCount(row) === 0) {
      if (found >= 0) break;
      continue;
    }
    // Names may be units as well ("t"), but never stand below other names.
    if (found < 0 && isUnits(at)) between++;
    else if (namesColumns(row, typed, width)) found = at;
    else if (found >= 0) break;
    else between++;
  }
  return found;
}

const NAME = /[\p{L}%°#]/u;

/** Words, none a reading and none twice, and a name for each column of readings but the rows' own. */
function namesColumns(row: readonly string[], typed: readonly number[], width: number): boolean {
  const cells = cleaned(row);
  const filled = cells.filter((cell) => cell !== "");
  return (
    row.length >= width &&
    filledWidth(row) <= width &&
    filled.every((cell) => !isReading(cell) && (cell === cells[0] || NAME.test(cell))) &&
    new Set(filled).size === filled.length &&
    typed.some((i) => i > 0) &&
    typed.every((i) => i === 0 || (cells[i] ?? "") !== "")
  );
}
