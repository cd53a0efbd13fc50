/**
 * For each of `rows`, which ascend, the share of all rows that are the same in every column, counted once in a row: a
 * sensor that is stuck recurs only once, a usual count many times. Zero where no other row is the same.
 */
export function recurrence(columns: readonly Float64Array[], rows: readonly number[]): Float64Array {
  const [first] = columns;
  const asked = new Set(rows.map((row) => first![row]!));
  const keyOf = (row: number) => columns.map((column) => column[row]!).join();
  const runs = new Map<string, { count: number; last: number }>();
  for (const [row, value] of first!.entries()) {
    if (!asked.has(value)) continue;
    const key = keyOf(row);
    const run = runs.get(key) ?? { count: 0, last: Number.NEGATIVE_INFINITY };
    if (row > run.last + 1) run.count++;
    run.last = row;
    runs.set(key, run);
  }
  return Float64Array.from(rows, (row) => {
    const { count } = runs.get(keyOf(row))!;
    return count > 1 ? count / first!.length : 0;
  });
}

/** Different rows, of all. */
export function distinctShare(columns: readonly Float64Array[]): number {
  const keys = new Set(Array.from(columns[0]!, (_, row) => columns.map((column) => column[row]!).join()));
  return keys.size / Math.max(1, columns[0]!.length);
}
