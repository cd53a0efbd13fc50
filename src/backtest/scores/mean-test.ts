import { studentUpperTail } from "./student-t";

/** Whether differences are above zero on average, one-sided. */
export interface MeanTest {
  observations: number;
  mean: number | null;
  statistic: number | null;
  /** Of a mean this high where there is nothing; null where there are too few or they do not vary. */
  p_value: number | null;
}

export const SIGNIFICANCE = 0.05;
/** Fewer differences tell nothing from luck. */
const FEWEST = 10;

/**
 * Diebold and Mariano (1995) with the correction of Harvey, Leybourne and Newbold (1997). The variance is Newey and
 * West's, which cannot be negative; its lag is at least `overlap`, the steps by which forecasts overlap.
 */
export function meanTest(differences: readonly number[], overlap = 0): MeanTest {
  const n = differences.length;
  const largest = differences.reduce((most, difference) => Math.max(most, Math.abs(difference)), 0);
  if (n === 0) return { observations: 0, mean: null, statistic: null, p_value: null };
  const scaled = differences.map((difference) => (largest > 0 ? difference / largest : 0));
  const mean = scaled.reduce((sum, difference) => sum + difference, 0) / n;
  const lag = Math.min(Math.max(overlap, Math.floor(n ** (1 / 3))), Math.floor(n / 3));
  const variance = longRunVariance(
    scaled.map((difference) => difference - mean),
    lag,
  );
  const untold = { observations: n, mean: mean * largest, statistic: null, p_value: null };
  if (n < FEWEST || !(variance > 1e-24)) return untold;
  const h = lag + 1;
  const correction = Math.sqrt(Math.max(0, n + 1 - 2 * h + (h * (h - 1)) / n) / n);
  const statistic = (correction * mean) / Math.sqrt(variance / n);
  return {
    observations: n,
    mean: mean * largest,
    statistic,
    p_value: studentUpperTail(statistic, n - 1),
  };
}

export const isSignificant = ({ p_value }: MeanTest): boolean => p_value !== null && p_value < SIGNIFICANCE;

/** Newey and West (1987): Bartlett weights. */
function longRunVariance(centred: readonly number[], lag: number): number {
  const covariance = (k: number): number => {
    let sum = 0;
    for (let t = k; t < centred.length; t++) sum += centred[t]! * centred[t - k]!;
    return sum / centred.length;
  };
  let variance = covariance(0);
  for (let k = 1; k <= lag; k++) variance += 2 * (1 - k / (lag + 1)) * covariance(k);
  return variance;
}
