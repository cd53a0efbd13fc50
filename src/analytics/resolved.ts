import { formatMicros } from "../core/timestamps";
import type { StrategyInput } from "./contract";
import { EXECUTION_LIMITS } from "./request";

/** What an execution was run on, and why. */
export type Resolved = {
  stream_id: string | null;
  field: string;
  /** Where fields were taken together: all of them. `rows` have a value of each, `rows_left_out` do not. */
  fields?: string[];
  rows_left_out?: number;
  tags: Record<string, string>;
  rows: number;
  from: string | null;
  to: string | null;
  reason: string;
};

export interface Resolution {
  /** At least one, that with the most points first, at most 20. */
  series: StrategyInput[];
  resolved: Resolved;
}

export function resolvedOf(
  streamId: string | null,
  { field, tags, times }: StrategyInput,
  reason: string,
): Resolved {
  return {
    stream_id: streamId,
    field,
    tags,
    rows: times.length,
    from: times.length > 0 ? formatMicros(times[0]!) : null,
    to: times.length > 0 ? formatMicros(times.at(-1)!) : null,
    reason,
  };
}

/** As many as one execution takes, those with the most rows first. */
export function largest<T>(
  all: T[],
  rowsOf: (one: T) => number,
  what: string,
): { series: T[]; more: string } {
  const series = all.sort((a, b) => rowsOf(b) - rowsOf(a)).slice(0, EXECUTION_LIMITS.series);
  const more =
    all.length > series.length
      ? `; ${all.length} ${what}, the ${series.length} with the most points are analysed`
      : "";
  return { series, more };
}
