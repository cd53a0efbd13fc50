import { fail } from "../../../core/errors";
import type { ArmaShape } from "../../kernel/arima";
import { difference } from "../differencing";

/** ARIMA(p,d,q)(P,D,Q)[m]; without a season P = D = Q = 0 and m = 1. */
export interface ArimaOrder {
  p: number;
  d: number;
  q: number;
  P: number;
  D: number;
  Q: number;
  m: number;
}

/** "ARIMA(2,1,1)(0,1,0)[12] with drift", as R's forecast package writes it. */
export function nameOfArima({ p, d, q, P, D, Q, m }: ArimaOrder, constant: boolean): string {
  const seasonal = P + D + Q > 0 ? `(${P},${D},${Q})[${m}]` : "";
  const suffix = constant ? (d + D === 0 ? " with mean" : " with drift") : "";
  return `ARIMA(${p},${d},${q})${seasonal}${suffix}`;
}

/**
 * Whether a constant is estimated: a mean where nothing is differenced, a drift after one difference. After two it would
 * be a quadratic trend, which no forecast should be trusted with.
 */
export function resolveConstant({ d, D }: ArimaOrder, wanted: boolean | undefined): boolean {
  if (wanted === true && d + D > 1) {
    throw fail(
      "invalid_request",
      "A constant goes with one difference at most: two would make it a quadratic trend.",
    );
  }
  return wanted ?? d + D === 0;
}

export function differenced(values: Float64Array, { d, D, m }: ArimaOrder): Float64Array {
  return difference(difference(values, m, D), 1, d);
}

export const shapeOf = ({ p, q, P, Q, m }: ArimaOrder, constant: boolean): ArmaShape => ({
  p,
  q,
  seasonalP: P,
  seasonalQ: Q,
  season: m,
  hasMean: constant,
});

/**
 * What one evaluation of the likelihood costs within a fit, in µs, rounded up from measurements (wasm/README.md): a settled
 * filter costs its lags, a seasonal or a large one often never settles and costs the whole state; the start costs the square of it.
 */
export function evaluationMicros({ p, q, P, Q, m }: ArimaOrder, n: number): number {
  const state = Math.max(p + P * m, q + Q * m + 1);
  const isSeasonal = P + Q > 0;
  const lags = (p + 1) * (P + 1) + (q + 1) * (Q + 1) - 2;
  const settled = p <= 2 && q <= 2 && !isSeasonal ? 0.0013 * n : n * (0.0013 + 0.0004 * lags);
  const unsettled = isSeasonal || p > 2 || q > 2 ? n : Math.min(n, 100 * state);
  return 0.3 + settled + 0.0005 * unsettled * state + 0.007 * state * state;
}
