import { type ArimaFit, type FitOptions, fitArima } from "../arima";
import type { Budget } from "../budget";
import type { Candidate } from "./candidate";
import type { Criterion } from "./options";
import { hasRootsBeyond } from "./roots";

export interface Estimate extends Candidate {
  fit: ArimaFit;
  /** The information criterion: the smaller, the better. */
  criterion: number;
  /** A root near the unit circle: a difference not taken or taken too often, whose forecasts are not to be trusted. */
  isAtEdge: boolean;
}

/** Roots nearer than this are at the edge, as in R's forecast package. */
const SMALLEST_ROOT = 1.01;

/** Null where the model cannot be estimated on these values. */
export function estimate(
  values: Float64Array,
  { order, constant }: Candidate,
  criterion: Criterion,
  options: Partial<FitOptions>,
  budget: Budget,
): Estimate | null {
  const fit = fitOrNull(values, order, { ...options, constant }, budget);
  const value = fit?.[criterion] ?? Number.NaN;
  if (fit === null || !Number.isFinite(value)) return null;
  return { order, constant, fit, criterion: value, isAtEdge: !isWellInside(fit) };
}

/** What is well inside comes first, then the smaller criterion. */
export const byMerit = (a: Estimate, b: Estimate): number =>
  Number(a.isAtEdge) - Number(b.isAtEdge) || a.criterion - b.criterion;

function fitOrNull(...given: Parameters<typeof fitArima>): ArimaFit | null {
  try {
    return fitArima(...given);
  } catch {
    return null;
  }
}

function isWellInside({ coefficients: { ar, ma, sar, sma }, order: { m } }: ArimaFit): boolean {
  const negative = (values: number[]) => values.map((value) => -value);
  return (
    hasRootsBeyond(ar, SMALLEST_ROOT) &&
    hasRootsBeyond(negative(ma), SMALLEST_ROOT) &&
    hasRootsBeyond(sar, SMALLEST_ROOT ** m) &&
    hasRootsBeyond(negative(sma), SMALLEST_ROOT ** m)
  );
}
