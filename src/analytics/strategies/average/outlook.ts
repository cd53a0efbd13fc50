import { largest } from "../../forecasting/standardise";
import type { Trial } from "../confidence";
import { judge, type Outlook, wasRight } from "../signal";
import { type AverageConfig, LIMITS } from "./config";
import { type Projection, project, projectionsAt, type Smoothed, smoothed, standAt } from "./projection";

/** What an average says of the value at the horizon's end. */
export interface LookAhead {
  projection: Projection;
  /** In units of `unit`. */
  outlook: Outlook;
  unit: number;
  trials: Trial[];
}

/** What is expected now, and what was at earlier origins, each by values up to itself only: an average looks back. */
export function lookAhead(
  config: AverageConfig,
  values: Float64Array,
  averages: Float64Array,
  period: number,
): LookAhead {
  const series = smoothed(values, averages, period);
  const last = values.length - 1;
  const origins = config.quick ? [] : originsOf(period, last - LIMITS.horizon);
  const projections = projectionsAt(series, LIMITS.horizon, [...origins, last]);
  const trials = origins.map((origin, k): Trial => {
    const outlook = outlookAt(series, projections[k]!, origin);
    const { direction, strength } = judge(outlook, config.min_move);
    const actual = series.values[origin + LIMITS.horizon]!;
    return { direction, strength, right: wasRight(direction, outlook, actual, config.min_move) };
  });
  const projection = projections.at(-1)!;
  return { projection, trials, outlook: outlookAt(series, projection, last), unit: series.unit };
}

function originsOf(first: number, last: number): number[] {
  const stride = Math.max(1, Math.ceil((last - first + 1) / LIMITS.origins));
  const count = Math.max(0, Math.floor((last - first) / stride) + 1);
  return Array.from({ length: count }, (_, k) => first + k * stride);
}

/** In units of the largest value. */
function outlookAt(series: Smoothed, projection: Projection, at: number): Outlook {
  const current = series.values[at]!;
  const { move, standardError } = project(standAt(series, at), projection);
  const typicalSize = current === 0 ? largest(series.values.subarray(0, at + 1)) : 1;
  return { current, mean: current + move, standardError, typicalSize };
}
