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
  const input = { ...first!, tags: series[0]!.tags, times: Float64Array.from(times) };
  return { input: others.length > 0 ? { ...input, beside: others } : input, leftOut };
}

export const fieldsIn = ({ field, beside = [] }: StrategyInput): string[] => [
  field,
  ...beside.map((other) => other.field),
];

/** The series of each set of tags, in the order of `fields`. */
export function byTags(series: readonly StrategyInput[], fields: readonly string[]): StrategyInput[][] {
  const groups = Map.groupBy(series, ({ tags }) => JSON.stringify(Object.entries(tags).sort()));
  return [...groups.values()].map((group) =>
    group.sort((a, b) => fields.indexOf(a.field) - fields.indexOf(b.field)),
  );
}

/** The rows of several inputs of the same fields as one input, in order of time, each with its tags. */
export function pooled(inputs: readonly StrategyInput[], most: number): StrategyInput {
  const rows = inputs.flatMap((input) => Array.from(input.times, (time, row) => ({ time, input, row })));
  const kept = rows.sort((a, b) => a.time - b.time).slice(-most);
  const [first] = inputs as [StrategyInput, ...StrategyInput[]];
  const beside = first.beside?.map(({ field }, f) => ({
    field,
    values: Float64Array.from(kept, ({ input, row }) => input.beside![f]!.values[row]!),
  }));
  const shared = Object.entries(first.tags).filter(([name, value]) =>
    inputs.every(({ tags }) => tags[name] === value),
  );
  return {
    field: first.field,
    tags: Object.fromEntries(shared),
    times: Float64Array.from(kept, ({ time }) => time),
    values: Float64Array.from(kept, ({ input, row }) => input.values[row]!),
    ...(beside ? { beside } : {}),
    rowTags: kept.map(({ input }) => input.tags),
  };
}
