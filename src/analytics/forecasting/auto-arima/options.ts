import type { ArimaOrder } from "../arima";

export type Criterion = "aicc" | "aic" | "bic";

/** The largest orders that are tried; `total` bounds p + q + P + Q in a search that is not stepwise. */
export interface OrderLimits {
  p: number;
  d: number;
  q: number;
  P: number;
  D: number;
  Q: number;
  total: number;
}

/** What the caller fixed of the model; the rest is chosen. */
export type FixedOrder = Partial<Omit<ArimaOrder, "m">> & { constant?: boolean };

export interface AutoArimaOptions extends FixedOrder {
  criterion: Criterion;
  limits: OrderLimits;
  /** Nothing is differenced. */
  stationary: boolean;
  /** False: the season is left alone. */
  seasonal: boolean;
  /** From one model to the best of its neighbours; false: all models within the limits. */
  stepwise: boolean;
  /** Candidates are compared at conditional estimates; by default where an exact fit of each is slow. */
  approximation: boolean | undefined;
  maxModels: number;
}

/** The limits of R's forecast package (Hyndman and Khandakar 2008, section 3.2). */
export const DEFAULT_LIMITS: OrderLimits = { p: 5, d: 2, q: 5, P: 2, D: 1, Q: 2, total: 5 };

export const DEFAULT_OPTIONS: AutoArimaOptions = {
  criterion: "aicc",
  limits: DEFAULT_LIMITS,
  stationary: false,
  seasonal: true,
  stepwise: true,
  approximation: undefined,
  maxModels: 94,
};

/** Limits for a series of `n` values: no lag beyond a third of it, none that a seasonal lag already is. */
export function limitsFor(limits: OrderLimits, n: number, season: number): OrderLimits {
  const third = Math.floor(n / 3);
  const isSeasonal = season > 1;
  const P = isSeasonal ? Math.min(limits.P, Math.floor(third / season)) : 0;
  const Q = isSeasonal ? Math.min(limits.Q, Math.floor(third / season)) : 0;
  return {
    ...limits,
    p: Math.min(limits.p, third, P > 0 ? season - 1 : limits.p),
    q: Math.min(limits.q, third, Q > 0 ? season - 1 : limits.q),
    P,
    Q,
    D: isSeasonal ? limits.D : 0,
  };
}
