import { lagProduct, standardised } from "./standardise";
import type { UnitRootTest } from "./unit-root";

/** Critical values of the level statistic (Kwiatkowski, Phillips, Schmidt and Shin 1992, table 1). */
const KPSS_TABLE = [
  { statistic: 0.347, pValue: 0.1 },
  { statistic: 0.463, pValue: 0.05 },
  { statistic: 0.574, pValue: 0.025 },
  { statistic: 0.739, pValue: 0.01 },
] as const;

/** Lags by Hobijn, Franses and Ooms 1998, as statsmodels' `nlags="auto"`. */
export function kpssTest(values: Float64Array): UnitRootTest | null {
  const n = values.length;
  if (n < 8) return null;
  const residuals = standardised(values);
  const lags = Math.min(automaticLags(residuals), n - 1);
  let partial = 0;
  let squares = 0;
  for (const residual of residuals) {
    partial += residual;
    squares += partial * partial;
  }
  let longRun = lagProduct(residuals, 0) / n;
  for (let lag = 1; lag <= lags; lag++) {
    longRun += ((2 * lagProduct(residuals, lag)) / n) * (1 - lag / (lags + 1));
  }
  if (!(longRun > 0)) return null;
  const statistic = squares / (n * n * longRun);
  return { statistic, pValue: interpolate(statistic), lags };
}

function automaticLags(residuals: Float64Array): number {
  const n = residuals.length;
  const bandwidth = Math.floor(n ** (2 / 9));
  let level = lagProduct(residuals, 0) / n;
  let slope = 0;
  for (let lag = 1; lag <= bandwidth; lag++) {
    const term = lagProduct(residuals, lag) / (n / 2);
    level += term;
    slope += lag * term;
  }
  const ratio = slope / level;
  const lags = Math.floor(1.1447 * (ratio * ratio) ** (1 / 3) * n ** (1 / 3));
  return Number.isFinite(lags) ? lags : 0;
}

function interpolate(statistic: number): number {
  if (statistic <= KPSS_TABLE[0].statistic) return KPSS_TABLE[0].pValue;
  for (let i = 1; i < KPSS_TABLE.length; i++) {
    const below = KPSS_TABLE[i - 1]!;
    const above = KPSS_TABLE[i]!;
    if (statistic > above.statistic) continue;
    const share = (statistic - below.statistic) / (above.statistic - below.statistic);
    return below.pValue + share * (above.pValue - below.pValue);
  }
  return 0.01;
}
