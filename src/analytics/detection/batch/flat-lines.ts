/** A value that stays where it is for too long. */
export interface FlatLine {
  /** Of the first of the equal readings. */
  row: number;
  rows: number;
  /** How unlikely it is, in alert levels, from 1 on. */
  ratio: number;
}

/** Changes that the series has besides: what hardly ever moves may well stay. */
const FEWEST_MOVES = 20;
/** Expected in this many series without a fault, all lengths together. */
const EXPECTED = 1e-3;
/** Runs at least so near in length make it usual, where there are more of them than faults there may be. */
const ALIKE = 1.5;
const MOST_FAULTS = 2;

/**
 * Runs of equal values that are too long for how often values repeat, and go on repeating, in the rest of the series.
 * A stuck sensor lies within the band of every other method.
 */
export function flatLinesOf(values: Float64Array): FlatLine[] {
  const runs = equalRuns(values);
  const repeats = runs.reduce((sum, { rows }) => sum + rows - 1, 0);
  const moves = values.length - 1 - repeats;
  if (moves < FEWEST_MOVES) return [];
  const level = Math.log10(values.length / EXPECTED);
  return runs
    .map((run) => {
      const others = runs.length - 1;
      const further = repeats - (run.rows - 1) - others;
      const first = (others + 0.5) / (moves + others + 10);
      const next = Math.max(first, (further + 0.5) / (further + others + 2));
      const surprise = -Math.log10(first) - (run.rows - 2) * Math.log10(next);
      return { ...run, ratio: surprise / level };
    })
    .filter(({ rows, ratio }) => ratio >= 1 && alike(runs, rows) <= MOST_FAULTS);
}

const alike = (runs: readonly { rows: number }[], rows: number): number =>
  runs.filter((run) => ALIKE * run.rows >= rows).length;

/** Of two and more. */
function equalRuns(values: Float64Array): { row: number; rows: number }[] {
  const runs: { row: number; rows: number }[] = [];
  let row = 0;
  for (let t = 1; t <= values.length; t++) {
    if (t < values.length && values[t] === values[row]) continue;
    if (t - row > 1) runs.push({ row, rows: t - row });
    row = t;
  }
  return runs;
}
