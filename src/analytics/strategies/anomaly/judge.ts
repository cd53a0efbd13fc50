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

export function rowsOf({ field, times, values, beside = [] }: StrategyInput): Rows {
  return {
    fields: [field, ...beside.map((other) => other.field)],
    times,
    columns: [values, ...beside.map((other) => other.values)],
  };
}

/** All that is odd about the rows: by the method, and what no method sees in single values. */
export function judge(config: AnomalyConfig, input: StrategyInput): Judgement {
  const rows = config.quick ? newest(config, rowsOf(input)) : rowsOf(input);
  const { times, columns } = rows;
  const choice = choiceOf(config, times.length);
  const seasons = isCheck(config, choice.method)
    ? { periods: [], reason: "bounds are checked as they are" }
    : seasonsOf(config, times, columns);
  const { periods, places } = seasons;
  const options = optionsOf(config, times.length);
  const detection = detect(choice.method, { columns, periods, places }, options, LIMITS.listed);
  return {
    rows,
    choice,
    seasons,
    detection,
    gaps: gapsOf(times),
    flatLines: columns.flatMap((column, field) => unexplained(column, field, detection)),
  };
}

const isCheck = (config: AnomalyConfig, method: MethodId): boolean =>
  method === "bounds" && config.bounds !== undefined;

/** A window to judge and a window to learn from before it. */
function newest(config: AnomalyConfig, { fields, times, columns }: Rows): Rows {
  const from = Math.max(0, times.length - Math.max(2 * config.window_size, requiredRows(config)));
  return { fields, times: times.subarray(from), columns: columns.map((column) => column.subarray(from)) };
}

/** Those that the method has not found already. */
function unexplained(column: Float64Array, field: number, { anomalies }: Detection) {
  const known = anomalies.filter((one) => one.kind === "flat_line" && one.field === field);
  return flatLinesOf(column)
    .filter(({ row, rows }) => !known.some((one) => one.row >= row && one.row < row + rows))
    .map((line) => ({ ...line, field }));
}
