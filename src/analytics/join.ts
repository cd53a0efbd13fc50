import type { StrategyInput } from "./contract";

/** Several fields of one set of tags as one input, and how many of their times lack one. */
export interface Joined {
  input: StrategyInput;
  leftOut: number;
}

/**
 * Rows at which every one of `series` has a value; the others are left out. The n-th reading at a time belongs to the
 * n-th of the other fields, as it was written. At least one series, all of the same tags, times not descending.
 */
export function joinFields(series: readonly StrategyInput[]): Joined {
  const times: number[] = [];
  const columns: number[][] = series.map(() => []);
  const next = series.map(() => 0);
  let leftOut = 0;
  for (;;) {
    let earliest = Number.POSITIVE_INFINITY;
    let latest = Number.NEGATIVE_INFINITY;
    for (const [s, one] of series.entries()) {
      const time = one.times[next[s]!] ?? Number.POSITIVE_INFINITY;
      if (time < earliest) earliest = time;
      if (time > latest) latest = time;
    }
    if (earliest === Number.POSITIVE_INFINITY) break;
    const isWhole = earliest === latest;
    if (isWhole) times.push(earliest);
    else leftOut++;
    for (const [s, one] of series.entries()) {
      if (one.times[next[s]!] !== earliest) continue;
      if (isWhole) columns[s]!.push(one.values[next[s]!]!);
      next[s]!++;
    }
  }
  const [first, ...others] = series.map(({ field }, s) => ({
    field,
    values: Float64Array.from(columns[s]!),
  }));
  const { tags } = series[0]!;
  return { input: { ...first!, tags, times: Float64Array.from(times), beside: others }, leftOut };
}

/** The series of each set of tags, in the order of `fields`. */
export function byTags(series: readonly StrategyInput[], fields: readonly string[]): StrategyInput[][] {
  const groups = Map.groupBy(series, ({ tags }) => JSON.stringify(Object.entries(tags).sort()));
  return [...groups.values()].map((group) =>
    group.sort((a, b) => fields.indexOf(a.field) - fields.indexOf(b.field)),
  );
}
