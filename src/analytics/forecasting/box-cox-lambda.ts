import { largest } from "./standardise";

/** Beyond these a transform says more about its values' rounding than about their spread. */
const RANGE = { from: -1, to: 2 };
const STEPS = 60;
const GOLDEN = (Math.sqrt(5) - 1) / 2;
const REFINEMENTS = 30;

/**
 * The lambda under which the spread of each season is least related to its level (Guerrero 1993, "Time-series analysis
 * supported by power transformations"): it minimises the coefficient of variation of sd / mean^(1 - lambda) over
 * groups of a season, of two values where there is none. Null where values are not positive or the groups too few.
 */
export function guerreroLambda(values: Float64Array, season: number): number | null {
  const scaled = positiveScaled(values);
  const period = Math.max(2, Math.round(season));
  const groups = Math.floor(values.length / period);
  if (scaled === null || groups < 2) return null;
  const first = values.length - groups * period;
  const moments = Array.from({ length: groups }, (_, group) => {
    const start = first + group * period;
    return momentsOf(scaled.subarray(start, start + period));
  });
  if (moments.every(({ deviation }) => deviation === 0)) return null;
  return smallestAt((lambda) => {
    const ratios = moments.map(({ mean, deviation }) => deviation / mean ** (1 - lambda));
    const { mean, deviation } = momentsOf(Float64Array.from(ratios));
    return deviation / mean;
  });
}

/** Relative to the largest, for powers of what is far from one overflow; null where a value is not positive. */
function positiveScaled(values: Float64Array): Float64Array | null {
  const scale = largest(values);
  const scaled = values.map((value) => value / scale);
  return scaled.every((value) => value > 0 && Number.isFinite(value)) ? scaled : null;
}

/** With n - 1, as Guerrero has it. */
function momentsOf(values: Float64Array): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}

/** Where in the range the objective is smallest: a grid, for it may have two valleys, then golden sections. */
function smallestAt(objective: (lambda: number) => number): number | null {
  const step = (RANGE.to - RANGE.from) / STEPS;
  let best = Number.NaN;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i <= STEPS; i++) {
    const value = objective(RANGE.from + i * step);
    if (!(value < least)) continue;
    least = value;
    best = RANGE.from + i * step;
  }
  if (!Number.isFinite(least)) return null;
  let low = Math.max(RANGE.from, best - step);
  let high = Math.min(RANGE.to, best + step);
  for (let i = 0; i < REFINEMENTS; i++) {
    const left = high - GOLDEN * (high - low);
    const right = low + GOLDEN * (high - low);
    if (objective(left) < objective(right)) high = right;
    else low = left;
  }
  return (low + high) / 2;
}
