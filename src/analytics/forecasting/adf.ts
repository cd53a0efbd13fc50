import { difference } from "./differencing";
import { normalCdf } from "./normal";
import { standardised } from "./standardise";
import type { UnitRootTest } from "./unit-root";

/**
 * Augmented Dickey-Fuller with a constant; lags by the smallest AIC up to 12 (n/100)^(1/4) (Schwert 1989), all on the
 * sample that the longest leaves, then the chosen one on all values: statsmodels' `adfuller(autolag="AIC")`.
 */
export function adfTest(values: Float64Array): UnitRootTest | null {
  const n = values.length;
  const maxLags = Math.min(Math.ceil(12 * (n / 100) ** 0.25), Math.floor(n / 2) - 3);
  if (maxLags < 0 || n < 10) return null;
  const scaled = standardised(values);
  const chosen = bestLags(regression(scaled, maxLags, maxLags), maxLags);
  const final = chosen === null ? null : regression(scaled, chosen, chosen);
  if (chosen === null || final === null) return null;
  // The level stands last, so its t statistic is the last element of the solution by its own residual.
  const level = final.factor.length - 1;
  const residualVariance = final.remaining / (final.rows - level - 1);
  const statistic = final.projections[level]! / Math.sqrt(residualVariance);
  return Number.isFinite(statistic) ? { statistic, pValue: mackinnonP(statistic), lags: chosen } : null;
}

interface Regression {
  rows: number;
  /** Cholesky factor of the regressors' products: constant, lagged changes 1 to k, level. */
  factor: number[][];
  /** The change along each orthogonalised regressor, and its total and remaining sum of squares. */
  projections: number[];
  total: number;
  remaining: number;
}

/** Regresses the change on a constant, `lags` lagged changes and the level, from value `skip + 1` on. */
function regression(values: Float64Array, lags: number, skip: number): Regression | null {
  const changes = difference(values, 1, 1);
  const count = lags + 2;
  const gram = Array.from({ length: count }, () => new Array<number>(count).fill(0));
  const right = new Array<number>(count).fill(0);
  const row = new Float64Array(count);
  let total = 0;
  for (let t = skip; t < changes.length; t++) {
    row[0] = 1;
    for (let lag = 1; lag <= lags; lag++) row[lag] = changes[t - lag]!;
    row[count - 1] = values[t]!;
    const change = changes[t]!;
    total += change * change;
    for (let i = 0; i < count; i++) {
      const entry = row[i]!;
      const products = gram[i]!;
      right[i]! += entry * change;
      for (let j = 0; j <= i; j++) products[j]! += entry * row[j]!;
    }
  }
  return factorise(gram, right, total, changes.length - skip);
}

/** Null where the regressors are linearly dependent. */
function factorise(gram: number[][], right: number[], total: number, rows: number): Regression | null {
  const factor: number[][] = [];
  const projections: number[] = [];
  let remaining = total;
  for (let i = 0; i < gram.length; i++) {
    const row: number[] = [];
    for (let j = 0; j <= i; j++) {
      let sum = gram[i]![j]!;
      for (let k = 0; k < j; k++) sum -= row[k]! * (j === i ? row[k]! : factor[j]![k]!);
      if (j < i) row.push(sum / factor[j]![j]!);
      else if (sum > 1e-10 * gram[i]![i]!) row.push(Math.sqrt(sum));
      else return null;
    }
    let projection = right[i]!;
    for (let k = 0; k < i; k++) projection -= row[k]! * projections[k]!;
    projection /= row[i]!;
    factor.push(row);
    projections.push(projection);
    remaining -= projection * projection;
  }
  return { rows, factor, projections, total, remaining: Math.max(remaining, 0) };
}

/** The lags of the smallest AIC. The level belongs to every model, so it is put before the lags for the comparison. */
function bestLags(full: Regression | null, maxLags: number): number | null {
  if (full === null) return maxLags > 0 ? 0 : null;
  const { rows, factor, projections, total } = full;
  let best: number | null = null;
  let bestAic = Number.POSITIVE_INFINITY;
  for (let lags = 0; lags <= maxLags; lags++) {
    // Sum of squares left by constant and lags, then by the level orthogonalised against just those.
    let left = total;
    for (let i = 0; i <= lags; i++) left -= projections[i]! ** 2;
    const level = factor.length - 1;
    let across = 0;
    let norm = 0;
    for (let k = lags + 1; k <= level; k++) {
      across += factor[level]![k]! * projections[k]!;
      norm += factor[level]![k]! ** 2;
    }
    left -= (across * across) / norm;
    const aic = rows * Math.log(Math.max(left, 1e-300) / rows) + 2 * (lags + 2);
    if (aic < bestAic) {
      bestAic = aic;
      best = lags;
    }
  }
  return best;
}

/** MacKinnon 1994, "Approximate asymptotic distribution functions for unit-root tests", constant, one variable. */
export function mackinnonP(statistic: number): number {
  if (statistic > 2.74) return 1;
  if (statistic < -18.83) return 0;
  const x = statistic;
  const z =
    x <= -1.61
      ? 2.1659 + 1.4412 * x + 0.038269 * x * x
      : 1.7339 + 0.93202 * x - 0.12745 * x * x - 0.010368 * x * x * x;
  return normalCdf(z);
}
