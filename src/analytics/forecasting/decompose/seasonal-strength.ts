import { largest } from "../standardise";
import { mstl } from "./mstl";

/**
 * Strength of a season in [0, 1]: the share of the variance of the detrended series that the season explains (Wang,
 * Smith and Hyndman 2006), from an STL decomposition. Above 0.64 R's `nsdiffs` takes a seasonal difference. Zero where
 * there are not more than two cycles, and for a series that does not vary.
 */
export function seasonalStrength(values: Float64Array, period: number): number {
  const parts = mstl(values, [period]);
  const seasonal = parts?.seasonals[0];
  return parts && seasonal ? strengthOf(seasonal.values, parts.remainder, largest(values)) : 0;
}

/** Of a component against the remainder; `scale` is the series' own, below whose rounding there is no variance. */
export function strengthOf(seasonal: Float64Array, remainder: Float64Array, scale: number): number {
  if (!(scale > 0)) return 0;
  const detrended = variance(
    remainder.map((rest, t) => rest + seasonal[t]!),
    scale,
  );
  if (detrended < 1e-26) return 0;
  return Math.min(1, Math.max(0, 1 - variance(remainder, scale) / detrended));
}

/** In units of the scale squared. */
function variance(values: Float64Array, scale: number): number {
  let mean = 0;
  for (const value of values) mean += value / scale / values.length;
  let squares = 0;
  for (const value of values) squares += (value / scale - mean) ** 2;
  return squares / (values.length - 1);
}
