import { chiSquareTail } from "./chi-square";
import { largest } from "./standardise";

/** Whether residuals are still autocorrelated. */
export interface LjungBox {
  statistic: number;
  lags: number;
  /** Lags less the coefficients that were fitted. */
  degreesOfFreedom: number;
  /** Probability of a statistic this large where nothing is left to explain. */
  pValue: number;
}

/** Lags that are usual: ten, or two seasons, but no more than a fifth of the values (Hyndman and Athanasopoulos 2021, 5.4). */
export function usualLags(n: number, season: number, fitted: number): number {
  const wanted = season > 1 ? 2 * season : 10;
  return Math.max(fitted + 1, Math.min(wanted, Math.floor(n / 5)));
}

/**
 * Ljung and Box 1978, "On a measure of lack of fit in time series models": n (n + 2) sum r_k^2 / (n - k) over `lags`
 * autocorrelations, chi-square with lags less `fitted` degrees of freedom. Null where there are too few residuals or
 * lags, or they do not vary.
 */
export function ljungBox(residuals: Float64Array, lags: number, fitted = 0): LjungBox | null {
  const n = residuals.length;
  if (lags >= n || lags <= fitted) return null;
  const scale = largest(residuals);
  if (!(scale > 0) || !Number.isFinite(scale)) return null;
  const mean = residuals.reduce((sum, value) => sum + value / scale, 0) / n;
  const centred = residuals.map((value) => value / scale - mean);
  const variance = centred.reduce((sum, value) => sum + value * value, 0);
  if (!(variance > 1e-28 * n)) return null;
  let sum = 0;
  for (let lag = 1; lag <= lags; lag++) {
    let product = 0;
    for (let t = lag; t < n; t++) product += centred[t]! * centred[t - lag]!;
    sum += (product / variance) ** 2 / (n - lag);
  }
  const statistic = n * (n + 2) * sum;
  const degreesOfFreedom = lags - fitted;
  return { statistic, lags, degreesOfFreedom, pValue: chiSquareTail(statistic, degreesOfFreedom) };
}
