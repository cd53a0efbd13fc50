/** Rows between that may lie inside their band: noise brings some of a level shift back for a moment. */
const HOLE = 2;

/** Places of `rows`, which ascend, that belong to one event: from, and the one after the last. */
export function runsOf(
  rows: readonly number[],
  belongs: (i: number) => boolean = () => true,
): { from: number; end: number }[] {
  const runs: { from: number; end: number }[] = [];
  let from = 0;
  for (let i = 1; i <= rows.length; i++) {
    if (i < rows.length && rows[i]! - rows[i - 1]! <= 1 + HOLE && belongs(i)) continue;
    if (rows.length > 0) runs.push({ from, end: i });
    from = i;
  }
  return runs;
}
