import { fail } from "../../../core/errors";
import type { ArmaEstimate } from "../../kernel/arima";
import { evaluateArmaWithGaps, type GapEvaluation, type GapSeries } from "../../kernel/arima-gaps";
import { differencePolynomial } from "../differencing";
import { type ArimaOrder, differenced, shapeOf } from "./order";

/**
 * Missing values are NaN. The likelihood stays exact: a Kalman filter with an exactly diffuse start takes the place of the
 * fast one (wasm/README.md), in about n s^2 / 1000 µs an evaluation for a state of length s = r + d + D m.
 */
export const hasGaps = (values: Float64Array): boolean => values.some(Number.isNaN);

/** One evaluation may take n s^2 products up to this, some 20 ms, and a fit takes a few hundred. */
const MOST_STEPS = 2e7;

export const stateOf = ({ p, d, q, P, D, Q, m }: ArimaOrder): number =>
  Math.max(p + P * m, q + Q * m + 1) + d + D * m;

/** What one evaluation with gaps costs, in µs. */
export const gapEvaluationMicros = (order: ArimaOrder, n: number): number =>
  1 + n * (0.05 + 0.0012 * stateOf(order) ** 2);

/** Evaluations of a fit, unless told otherwise: fewer, for they are dear. */
export const MOST_EVALUATIONS_WITH_GAPS = 1_000;

/** The series from its first value to its last, with `ahead` missing steps behind that. Fails with `work_budget_exceeded`. */
export function gapSeries(values: Float64Array, order: ArimaOrder, ahead = 0): GapSeries {
  const { d, D, m } = order;
  const first = values.findIndex((value) => !Number.isNaN(value));
  const last = values.findLastIndex((value) => !Number.isNaN(value));
  const known = first < 0 ? new Float64Array(0) : values.subarray(first, last + 1);
  const extended = new Float64Array(known.length + ahead).fill(Number.NaN);
  extended.set(known);
  if (extended.length * stateOf(order) ** 2 > MOST_STEPS) {
    throw fail(
      "work_budget_exceeded",
      "The series is too long for a model of this season with missing values.",
    );
  }
  const slope = D > 0 ? 1 / m : 1;
  return {
    values: extended,
    differenced: differenced(interpolated(known), order),
    regressor: extended.map((_, t) => (d + D === 0 ? 1 : t * slope)),
    delta: differencePolynomial(d, D, m),
  };
}

/** Linear between neighbours, which only the first guess of the coefficients sees. */
function interpolated(values: Float64Array): Float64Array {
  const filled = values.slice();
  let before = 0;
  for (let t = 1; t < filled.length; t++) {
    if (Number.isNaN(filled[t])) continue;
    const gap = t - before;
    for (let k = 1; k < gap; k++) {
      filled[before + k] = filled[before]! * (1 - k / gap) + filled[t]! * (k / gap);
    }
    before = t;
  }
  return filled;
}

/** Coefficients on a series with gaps: its estimate has residuals for every difference of `values`, NaN where none is. */
export function evaluateGaps(
  values: Float64Array,
  order: ArimaOrder,
  constant: boolean,
  coefficients: Float64Array,
): ArmaEstimate {
  const { estimate } = evaluateArmaWithGaps(gapSeries(values, order), shapeOf(order, constant), coefficients);
  const lost = order.d + order.D * order.m;
  const first = values.findIndex((value) => !Number.isNaN(value));
  const innovations = new Float64Array(Math.max(0, values.length - lost)).fill(Number.NaN);
  estimate.innovations.forEach((error, t) => {
    if (!Number.isNaN(error)) innovations[first + t - lost] = error;
  });
  return { ...estimate, innovations };
}

/** The filter run on beyond the last value: the last `ahead` of its predictions are forecasts. */
export function lookAhead(
  values: Float64Array,
  order: ArimaOrder,
  constant: boolean,
  coefficients: Float64Array,
  ahead: number,
): GapEvaluation {
  return evaluateArmaWithGaps(gapSeries(values, order, ahead), shapeOf(order, constant), coefficients);
}
