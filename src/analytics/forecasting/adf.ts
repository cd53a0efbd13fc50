import { difference } from "./differencing";
import { normalCdf } from "./normal";
import { spreadOut, standardised } from "./standardise";
import type { UnitRootTest } from "./unit-root";

export interface AdfOptions {
  /** What the regression has beside the level and the lagged changes: nothing, a constant, or a constant and a line. */
  trend: "none" | "constant" | "linear";
  /** Lagged changes; by default chosen by the smallest AIC up to 12 (n/100)^(1/4) (Schwert 1989). */
  lags?: number;
}

const DETERMINISTIC = { none: 0, constant: 1, linear: 2 } as const;

/**
 * Augmented Dickey-Fuller. The lags are compared on the sample that the longest leaves, then the chosen ones are fitted
 * to all values: statsmodels' `adfuller(autolag="AIC")`. Null where the values are too few, do not vary, or follow the
 * regression without error.
 */
export function adfTest(
  values: Float64Array,
  options: AdfOptions = { trend: "constant" },
): UnitRootTest | null {
  const n = values.length;
  const deterministic = DETERMINISTIC[options.trend];
  if (n < 10) return null;
  const scaled = options.trend === "none" ? spreadOut(values) : standardised(values);
  const lags = options.lags ?? automaticLags(scaled, deterministic);
  if (lags === null || lags > n / 2 - deterministic - 1) return null;
  const final = regression(scaled, deterministic, lags, lags);
  if (final === null) return null;
  // The level stands last, so its t statistic is the last element of the solution by its own residual.
  const level = final.factor.length - 1;
  // A perfect fit leaves rounding, of which no statistic is made.
  if (!(final.remaining > 1e-20 * final.total)) return null;
  const residualVariance = final.remaining / (final.rows - level - 1);
  const statistic = final.projections[level]! / Math.sqrt(residualVariance);
  return Number.isFinite(statistic)
    ? { statistic, pValue: mackinnonP(statistic, options.trend), lags }
    : null;
}

function automaticLags(values: Float64Array, deterministic: number): number | null {
  const n = values.length;
  const most = Math.min(Math.ceil(12 * (n / 100) ** 0.25), Math.floor(n / 2) - deterministic - 1);
  return most < 0 ? null : bestLags(regression(values, deterministic, most, most), deterministic, most);
}

interface Regression {
  rows: number;
  /** Cholesky factor of the regressors' products: constant, line, lagged changes 1 to k, level. */
  factor: number[][];
  /** The change along each orthogonalised regressor, and its total and remaining sum of squares. */
  projections: number[];
  total: number;
  remaining: number;
}

/** Regresses the change on a constant and a line (as many of them), lagged changes and the level, from `skip + 1` on. */
function regression(
  values: Float64Array,
  deterministic: number,
  lags: number,
  skip: number,
): Regression | null {
  const changes = difference(values, 1, 1);
  const count = deterministic + lags + 1;
  const gram = Array.from({ length: count }, () => new Array<number>(count).fill(0));
  const right = new Array<number>(count).fill(0);
  const row = new Float64Array(count);
  let total = 0;
  for (let t = skip; t < changes.length; t++) {
    if (deterministic > 0) row[0] = 1;
    if (deterministic > 1) row[1] = (2 * t) / changes.length - 1;
    for (let lag = 1; lag <= lags; lag++) row[deterministic + lag - 1] = changes[t - lag]!;
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
function bestLags(full: Regression | null, deterministic: number, maxLags: number): number | null {
  if (full === null) return maxLags > 0 ? 0 : null;
  const { rows, factor, projections, total } = full;
  let best: number | null = null;
  let bestAic = Number.POSITIVE_INFINITY;
  for (let lags = 0; lags <= maxLags; lags++) {
    // Sum of squares left by constant, line and lags, then by the level orthogonalised against just those.
    let left = total;
    for (let i = 0; i < deterministic + lags; i++) left -= projections[i]! ** 2;
    const level = factor.length - 1;
    let across = 0;
    let norm = 0;
    for (let k = deterministic + lags; k <= level; k++) {
      across += factor[level]![k]! * projections[k]!;
      norm += factor[level]![k]! ** 2;
    }
    left -= (across * across) / norm;
    const aic = rows * Math.log(Math.max(left, 1e-300) / rows) + 2 * (lags + 1 + deterministic);
    if (aic < bestAic) {
      bestAic = aic;
      best = lags;
    }
  }
  return best;
}

/**
 * MacKinnon 1994, "Approximate asymptotic distribution functions for unit-root and cointegration tests", tables 3 and 4
 * for one variable: polynomials whose value has the probability as its normal distribution function. Outside of
 * [least, most] it is 0 or 1; `turn` is where one polynomial gives way to the other.
 */
const MACKINNON = {
  none: {
    least: -19.04,
    turn: -1.04,
    most: Number.POSITIVE_INFINITY,
    left: [0.6344, 1.2378, 0.032496],
    right: [0.4797, 0.93557, -0.06999, 0.033066],
  },
  constant: {
    least: -18.83,
    turn: -1.61,
    most: 2.74,
    left: [2.1659, 1.4412, 0.038269],
    right: [1.7339, 0.93202, -0.12745, -0.010368],
  },
  linear: {
    least: -16.18,
    turn: -2.89,
    most: 0.7,
    left: [3.2512, 1.6047, 0.049588],
    right: [2.5261, 0.61654, -0.37956, -0.060285],
  },
} as const;

export function mackinnonP(statistic: number, trend: AdfOptions["trend"] = "constant"): number {
  const { least, turn, most, left, right } = MACKINNON[trend];
  if (statistic > most) return 1;
  if (statistic < least) return 0;
  const coefficients = statistic <= turn ? left : right;
  return normalCdf(coefficients.reduceRight((sum: number, coefficient) => sum * statistic + coefficient, 0));
}
