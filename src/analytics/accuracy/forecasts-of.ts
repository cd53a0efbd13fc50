import { isObject } from "../../core/json";
import { parseTimestamp } from "../../core/timestamps";
import type { SeriesForecast } from "../../streams/contract";
import type { StrategyResult } from "../contract";
import type { Findings } from "../run";

/**
 * The forecasts that an execution made of series of a stream, as far as time will tell whether they hold: each step has a
 * time, a value and an interval.
 */
export function forecastsOf(strategyId: string, findings: Findings): SeriesForecast[] {
  const { resolved, result, series } = findings;
  if (resolved.stream_id === null) return [];
  const all = series ?? [{ field: resolved.field, tags: resolved.tags, result }];
  return all.flatMap(({ field, tags, result }) => {
    const stated = result && statedBy(result);
    return stated ? [{ field, tags, strategyId, ...stated }] : [];
  });
}

type Stated = Omit<SeriesForecast, "field" | "tags" | "strategyId">;

function statedBy({ data, explain }: StrategyResult): Stated | null {
  const sampling = samplingOf(explain) ?? (isObject(data.profile) ? samplingOf(data.profile) : null);
  // Steps in the order of readings that come in bursts are no times.
  if (sampling === "irregular") return null;
  const interval = isObject(data.confidenceInterval) ? data.confidenceInterval : {};
  const times = columnOf(data.timestamps, parseTimestamp);
  const [mean, lower, upper] = [data.predictions, interval.lower, interval.upper].map((column) =>
    columnOf(column, numberOf),
  );
  const [originMicros, naive] = [parseTimestamp(data.currentTimestamp), numberOf(data.currentValue)];
  const level = numberOf(interval.level);
  if (!times || !mean || !lower || !upper) return null;
  if (originMicros === null || naive === null || level === null) return null;
  const isWhole = [mean, lower, upper].every(({ length }) => length === times.length);
  if (!isWhole || times.length === 0) return null;
  return { originMicros, naive, level, ofMeans: sampling === "averaged", times, mean, lower, upper };
}

function samplingOf(holder: Record<string, unknown>): unknown {
  return isObject(holder.sampling) ? holder.sampling.kind : null;
}

const numberOf = (value: unknown): number | null =>
  typeof value === "number" && Number.isFinite(value) ? value : null;

/** Null where a value is missing: a forecast that leaves the range of a double is not remembered. */
function columnOf(values: unknown, read: (value: unknown) => number | null): Float64Array | null {
  if (!Array.isArray(values)) return null;
  const column = values.map(read);
  return column.every((value) => value !== null) ? Float64Array.from(column) : null;
}
