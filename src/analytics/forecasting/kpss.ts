import { detrended, lagProduct, standardised } from "./standardise";
import type { UnitRootTest } from "./unit-root";

export interface KpssOptions {
  /** What the series is stationary around, if it is. */
  around: "level" | "trend";
  /** Of the long-run variance; by default by Hobijn, Franses and Ooms 1998, as statsmodels' `nlags="auto"`. */
  lags?: number;
}

/** Upper tail probabilities and the statistics there (Kwiatkowski, Phillips, Schmidt and Shin 1992, table 1). */
const P_VALUES = [0.1, 0.05, 0.025, 0.01] as const;
const STATISTICS = {
  level: [0.347, 0.463, 0.574, 0.739],
  trend: [0.119, 0.146, 0.176, 0.216],
} as const;

/** The p-value is cut to [0.01, 0.1], the ends of the table. Null where the values are too few or do not vary. */
export function kpssTest(
  values: Float64Array,
  options: KpssOptions = { around: "level" },
): UnitRootTest | null {
  const n = values.length;
  if (n < 5) return null;
  const scaled = standardised(values);
  const residuals = options.around === "level" ? scaled : detrended(scaled);
  const lags = Math.min(options.lags ?? automaticLags(residuals), n - 1);
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
  // What is left of a line after rounding has no variance to speak of.
  if (!(longRun > 1e-20)) return null;
  const statistic = squares / (n * n * longRun);
  return { statistic, pValue: interpolate(statistic, STATISTICS[options.around]), lags };
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

function interpolate(statistic: number, table: readonly number[]): number {
  if (statistic <= table[0]!) return P_VALUES[0];
  for (let i = 1; i < table.length; i++) {
    if (statistic > table[i]!) continue;
    const share = (statistic - table[i - 1]!) / (table[i]! - table[i - 1]!);
    return P_VALUES[i - 1]! + share * (P_VALUES[i]! - P_VALUES[i - 1]!);
  }
  return P_VALUES[3];
}
