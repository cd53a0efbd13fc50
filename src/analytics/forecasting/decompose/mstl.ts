import { stl } from "./stl";

export interface MultipleDecomposition {
  trend: Float64Array;
  /** One for each period, shortest period first. */
  seasonals: SeasonalComponent[];
  remainder: Float64Array;
}

export interface SeasonalComponent {
  period: number;
  values: Float64Array;
}

/** Windows of the seasonal smoothers, shortest period first: 11, 15, 19, ... cycles, found best by the authors. */
export const seasonalWindow = (index: number): number => 7 + 4 * (index + 1);

/**
 * MSTL (Bandara, Hyndman and Bergmeir 2021): STL of one season after the other, the shortest first, each on what the
 * others leave, twice over. Periods of which there are not more than two cycles are left out; null where none is left.
 */
export function mstl(
  values: Float64Array,
  periods: readonly number[],
  { robust = false, passes = 2 } = {},
): MultipleDecomposition | null {
  const n = values.length;
  const usable = usablePeriods(periods, n);
  const seasonals: SeasonalComponent[] = usable.map((period) => ({ period, values: new Float64Array(n) }));
  let trend: Float64Array | null = null;
  const adjusted = values.slice();
  const rounds = usable.length === 1 ? 1 : passes;
  for (let round = 0; round < rounds; round++) {
    for (const [index, seasonal] of seasonals.entries()) {
      add(adjusted, seasonal.values, 1);
      const part = stl(adjusted, seasonal.period, { seasonalWindow: seasonalWindow(index), robust });
      if (part === null) return null;
      seasonal.values = part.seasonal;
      trend = part.trend;
      add(adjusted, seasonal.values, -1);
    }
  }
  if (trend === null) return null;
  add(adjusted, trend, -1);
  return { trend, seasonals, remainder: adjusted };
}

/** Ascending, of which a series of `n` values has more than two cycles. */
export const usablePeriods = (periods: readonly number[], n: number): number[] =>
  [...new Set(periods)]
    .filter((period) => Number.isInteger(period) && period >= 2 && 2 * period < n)
    .sort((a, b) => a - b);

function add(target: Float64Array, values: Float64Array, sign: 1 | -1): void {
  for (let t = 0; t < target.length; t++) target[t]! += sign * values[t]!;
}
