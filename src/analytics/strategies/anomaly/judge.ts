import type { StrategyInput } from "../../contract";
import { type FlatLine, flatLinesOf } from "../../detection/batch/flat-lines";
import { type Gap, gapsOf } from "../../detection/batch/gaps";
import type { MethodId } from "../../detection/batch/method";
import { type Detection, detect } from "../../detection/batch/registry";
import { type AnomalyConfig, type Choice, choiceOf, LIMITS, optionsOf, requiredRows } from "./config";
import { type Seasons, seasonsOf } from "./season";

/** The rows that are judged: one field, or several of the same rows. */
export interface Rows {
  fields: string[];
  times: Float64Array;
  columns: Float64Array[];
  /** Where rows of several sets of tags are judged together. */
  tags: readonly Record<string, string>[] | null;
}

export interface Judgement {
  rows: Rows;
  choice: Choice;
  seasons: Seasons;
  detection: Detection;
  gaps: Gap[];
  /** Of each field. */
  flatLines: (FlatLine & { field: number })[];
}

function rowsOf({ field, times, values, beside = [], rowTags }: StrategyInput): Rows {
  return {
    fields: [field, ...beside.map((other) => other.field)],
    times,
    columns: [values, ...beside.map((other) => other.values)],
    tags: rowTags ?? null,
  };
}

/** All that is odd about the rows: by the method, and what no method sees in single values. */
export function judge(config: AnomalyConfig, input: StrategyInput): Judgement {
  const rows = config.quick ? newest(config, rowsOf(input)) : rowsOf(input);
  const { times, columns } = rows;
  const choice = choiceOf(config, times.length);
  const seasons = seasonsFor(config, rows, choice.method);
  const { periods, places } = seasons;
  const options = optionsOf(config, times.length);
  const detection = detect(choice.method, { columns, periods, places }, options, LIMITS.listed);
  return {
    rows,
    choice,
    seasons,
    detection,
    // The rows of many are no course of one.
    gaps: rows.tags ? [] : gapsOf(times),
    flatLines: rows.tags ? [] : columns.flatMap((column, field) => unexplained(column, field, detection)),
  };
}

function seasonsFor(config: AnomalyConfig, { times, columns, tags }: Rows, method: MethodId): Seasons {
  if (method === "bounds" && config.bounds)
    return { periods: [], reason: "given bounds are checked against the values as they are" };
  if (tags) return { periods: [], reason: "the rows are of several series: none was looked for" };
  return seasonsOf(config, times, columns);
}

/** A window to judge and a window to learn from before it. */
function newest(config: AnomalyConfig, { fields, times, columns, tags }: Rows): Rows {
  const from = Math.max(0, times.length - Math.max(2 * config.window_size, requiredRows(config)));
  return {
    fields,
    times: times.subarray(from),
    columns: columns.map((column) => column.subarray(from)),
    tags: tags?.slice(from) ?? null,
  };
}

/** Those that the method has not found already. */
function unexplained(column: Float64Array, field: number, { anomalies }: Detection) {
  const known = anomalies.filter((one) => one.kind === "flat_line" && one.field === field);
  return flatLinesOf(column)
    .filter(({ row, rows }) => !known.some((one) => one.row >= row && one.row < row + rows))
    .map((line) => ({ ...line, field }));
}
