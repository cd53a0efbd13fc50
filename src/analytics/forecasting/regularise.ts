import { gridOf, stepsBetween, type TimeGrid, timeAfter } from "./time-grid";

/** How a series was read before it was modelled: told in every answer. */
export interface Sampling {
  kind: "regular" | "gaps_filled" | "averaged" | "irregular";
  /** The distance of two values of the regular series, µs; months and working weeks at their usual length. */
  stepMicros: number;
  /** Steps without a reading: missing to models that can take it, interpolated for the others. */
  filled: number;
  rule: string;
}

export interface RegularSeries {
  times: Float64Array;
  /** Without gaps: what is missing is interpolated. */
  values: Float64Array;
  /** The same with NaN where there was no reading. */
  observed: Float64Array;
  grid: TimeGrid;
  sampling: Sampling;
}

/** A distance this far from a whole number of steps is off the grid. */
const OFF_GRID = 0.25;
const MAX_OFF_GRID_SHARE = 0.1;
/** More than this missing is no gap but another rhythm: it is not invented. */
const MAX_FILLED_SHARE = 0.2;
/** Steps that uneven readings are averaged over, in units of their usual distance. */
const AVERAGED_OVER = [1, 2, 3, 4, 6, 8, 12, 24];

/**
 * Models want one value a step. On the grid: taken as is. Some steps missing: counted and interpolated. Uneven readings
 * are averaged over the shortest steps of which four in five have a reading; where there are none (bursts with long
 * silence between), they are taken in their order. The answer says which. `times` ascend.
 */
export function regularise(times: Float64Array, values: Float64Array): RegularSeries {
  const typical = median(times.subarray(1).map((time, i) => time - times[i]!));
  if (!(typical > 0)) return asRead(times, values, 0, "regular", "The readings are taken as they are.");
  const grid = gridOf(times, typical);
  const steps = times.subarray(1).map((time, i) => stepsBetween(grid, times[i]!, time));
  const whole = steps.map((step) => Math.max(1, Math.round(step)));
  const offGrid = steps.filter((step, i) => Math.abs(step - whole[i]!) > OFF_GRID).length;
  if (offGrid > MAX_OFF_GRID_SHARE * steps.length) return averaged(times, values, typical);
  const missing = whole.reduce((sum, step) => sum + step - 1, 0);
  if (missing === 0) {
    const rule = "The readings are evenly spaced and taken as they are.";
    return { ...asRead(times, values, typical, "regular", rule), grid };
  }
  if (missing > MAX_FILLED_SHARE * (values.length + missing)) return averaged(times, values, typical);
  return withGaps(times, values, whole, grid, missing);
}

/** The lower median: one of the values. Zero of nothing. */
export function median(values: Float64Array): number {
  return Float64Array.from(values).sort()[Math.max(0, (values.length - 1) >> 1)] ?? 0;
}

function asRead(
  times: Float64Array,
  values: Float64Array,
  stepMicros: number,
  kind: Sampling["kind"],
  rule: string,
): RegularSeries {
  const grid: TimeGrid = { kind: "fixed", stepMicros };
  return { times, values, observed: values, grid, sampling: { kind, stepMicros, filled: 0, rule } };
}

function withGaps(
  times: Float64Array,
  values: Float64Array,
  steps: Float64Array,
  grid: TimeGrid,
  missing: number,
): RegularSeries {
  const length = values.length + missing;
  const onGrid = new Float64Array(length);
  const observed = new Float64Array(length).fill(Number.NaN);
  let at = 0;
  values.forEach((value, i) => {
    observed[at] = value;
    const count = steps[i] ?? 1;
    for (let k = 0; k < count; k++) onGrid[at + k] = k === 0 ? times[i]! : timeAfter(grid, times[i]!, k);
    at += count;
  });
  const rule = `${missing} steps without a reading are missing values: exact in ARIMA, interpolated elsewhere.`;
  return {
    times: onGrid,
    values: interpolated(observed),
    observed,
    grid,
    sampling: { kind: "gaps_filled", stepMicros: grid.stepMicros, filled: missing, rule },
  };
}

/** Means over steps that end with the last reading, so that the newest step is a whole one. */
function averaged(times: Float64Array, values: Float64Array, typical: number): RegularSeries {
  for (const factor of AVERAGED_OVER) {
    const stepMicros = typical * factor;
    const last = times.at(-1)!;
    const length = Math.floor((last - times[0]!) / stepMicros) + 1;
    if (length > 2 * values.length) continue;
    const observed = bucketMeans(times, values, stepMicros, length);
    const missing = observed.filter(Number.isNaN).length;
    if (missing > MAX_FILLED_SHARE * length) continue;
    const rule = `The readings are not evenly spaced: they are averaged over steps of ${stepMicros / 1e6} s; ${missing} steps without one are interpolated.`;
    return {
      times: observed.map((_, i) => Math.round(last - (length - 1 - i) * stepMicros)),
      values: interpolated(observed),
      observed,
      grid: { kind: "fixed", stepMicros },
      sampling: { kind: "averaged", stepMicros, filled: missing, rule },
    };
  }
  const rule = "The readings come in bursts with long gaps between: they are taken in their order.";
  return asRead(times, values, typical, "irregular", rule);
}

/** NaN where a step has no reading. */
function bucketMeans(
  times: Float64Array,
  values: Float64Array,
  stepMicros: number,
  length: number,
): Float64Array {
  const means = new Float64Array(length);
  const counts = new Float64Array(length);
  const last = times.at(-1)!;
  values.forEach((value, i) => {
    const bucket = length - 1 - Math.floor((last - times[i]!) / stepMicros);
    counts[bucket]!++;
    // Running means: a sum of values near the ends of a double's range would leave it.
    means[bucket]! += value / counts[bucket]! - means[bucket]! / counts[bucket]!;
  });
  return means.map((mean, i) => (counts[i]! > 0 ? mean : Number.NaN));
}

/** Linear between the nearest readings; the nearest one beyond the first and the last. All NaN stays so. */
export function interpolated(observed: Float64Array): Float64Array {
  const filled = observed.slice();
  let before = -1;
  for (let t = 0; t < observed.length; t++) {
    if (Number.isNaN(observed[t]!)) continue;
    for (let k = before + 1; k < t; k++) {
      const share = (k - before) / (t - before);
      filled[k] = before < 0 ? observed[t]! : observed[before]! * (1 - share) + observed[t]! * share;
    }
    before = t;
  }
  if (before >= 0) filled.fill(observed[before]!, before + 1);
  return filled;
}
