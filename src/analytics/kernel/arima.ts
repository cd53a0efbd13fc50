import arimaModule from "../../../wasm/dist/arima.wasm";
import { fail } from "../../core/errors";
import type { GapExports } from "./arima-gaps";
import { type CallFrame, type KernelExports, lazyKernel, STATUS } from "./instance";

/** Orders of a stationary ARMA, as the kernel knows it: differences are taken before. */
export interface ArmaShape {
  p: number;
  q: number;
  seasonalP: number;
  seasonalQ: number;
  season: number;
  hasMean: boolean;
}

/** An estimate; `coefficients` in the order ar, ma, seasonal ar, seasonal ma. */
export interface ArmaEstimate {
  coefficients: Float64Array;
  /** Zero where the shape has none. */
  mean: number;
  /** Root of the innovations' variance, sums divided by n. */
  sigma: number;
  logLikelihood: number;
  innovations: Float64Array;
  /** Values that the likelihood is of. */
  observations: number;
  evaluations: number;
  converged: boolean;
  /** The budget of evaluations ran out: this is the best met until then. */
  spent: boolean;
}

export interface ArmaSearch {
  /**
   * ml: exact maximum likelihood, from several starts; css: the conditional sum of squares; css-ml: exact, from the
   * conditional estimate alone, as R does unless told otherwise.
   */
  method: "ml" | "css" | "css-ml";
  /** 1: from the conditional estimate alone; 2: from zero as well; more: from the best of a screening, too. */
  searches: number;
  maxEvaluations: number;
}

export type Orders = [
  p: number,
  q: number,
  seasonalP: number,
  seasonalQ: number,
  season: number,
  hasMean: number,
];

interface ArimaExports extends KernelExports, GapExports {
  fit(
    ...args: [
      w: number,
      n: number,
      ...Orders,
      isExact: number,
      searches: number,
      maxEvaluations: number,
      coefficients: number,
      innovations: number,
      summary: number,
    ]
  ): number;
  evaluate(
    ...args: [w: number, n: number, ...Orders, coefficients: number, innovations: number, summary: number]
  ): number;
  uncertainty(...args: [w: number, n: number, ...Orders, coefficients: number, covariance: number]): number;
  forecast(
    ...args: [
      w: number,
      n: number,
      ...Orders,
      coefficients: number,
      delta: number,
      deltaOrder: number,
      last: number,
      horizon: number,
      points: number,
      variances: number,
    ]
  ): number;
}

export const SUMMARY_LENGTH = 8;

export const withKernel = lazyKernel<ArimaExports>(arimaModule);

/** Fits `w` by exact maximum likelihood or by the conditional sum of squares. */
export function fitArma(w: Float64Array, shape: ArmaShape, search: ArmaSearch): ArmaEstimate {
  return withKernel((kernel, frame) => {
    const out = outputs(frame, shape, w.length);
    const status = kernel.fit(
      frame.column(w),
      w.length,
      ...orders(shape),
      search.method === "css" ? 0 : 1,
      search.method === "css-ml" ? 1 : search.searches,
      search.maxEvaluations,
      out.coefficients,
      out.innovations,
      out.summary,
    );
    check(status, w.length);
    return readEstimate(frame, shape, w.length, out);
  });
}

/** The likelihood, mean and innovations of given coefficients. */
export function evaluateArma(w: Float64Array, shape: ArmaShape, coefficients: Float64Array): ArmaEstimate {
  return withKernel((kernel, frame) => {
    const out = { ...outputs(frame, shape, w.length), coefficients: frame.column(coefficients) };
    const status = kernel.evaluate(
      frame.column(w),
      w.length,
      ...orders(shape),
      out.coefficients,
      out.innovations,
      out.summary,
    );
    check(status, w.length);
    return readEstimate(frame, shape, w.length, out);
  });
}

/**
 * The covariance of the estimates, row by row in the order of the coefficients and then the mean; null where the observed
 * information is not positive definite.
 */
export function armaCovariance(
  w: Float64Array,
  shape: ArmaShape,
  coefficients: Float64Array,
): Float64Array | null {
  return withKernel((kernel, frame) => {
    const length = (coefficientCount(shape) + (shape.hasMean ? 1 : 0)) ** 2;
    const covariance = frame.empty(length);
    const status = kernel.uncertainty(
      frame.column(w),
      w.length,
      ...orders(shape),
      frame.column(coefficients),
      covariance,
    );
    if (status === STATUS.singular) return null;
    check(status, w.length);
    return frame.read(covariance, length);
  });
}

/**
 * Predicts the undifferenced series. `delta`: coefficients of 1 - delta_1 B - ..., the product of the differences;
 * `last`: as many last values of the series. The variances are in units of sigma squared.
 */
export function predictArma(
  w: Float64Array,
  shape: ArmaShape,
  coefficients: Float64Array,
  differences: { delta: Float64Array; last: Float64Array },
  horizon: number,
): { points: Float64Array; variances: Float64Array } {
  return withKernel((kernel, frame) => {
    const points = frame.empty(horizon);
    const variances = frame.empty(horizon);
    const status = kernel.forecast(
      frame.column(w),
      w.length,
      ...orders(shape),
      frame.column(coefficients),
      frame.column(differences.delta),
      differences.delta.length,
      frame.column(differences.last),
      horizon,
      points,
      variances,
    );
    check(status, w.length);
    return { points: frame.read(points, horizon), variances: frame.read(variances, horizon) };
  });
}

export const orders = (shape: ArmaShape): Orders => [
  shape.p,
  shape.q,
  shape.seasonalP,
  shape.seasonalQ,
  shape.season,
  shape.hasMean ? 1 : 0,
];

/** Not below zero, so that it is the kernel that refuses negative orders. */
export const coefficientCount = (shape: ArmaShape): number =>
  Math.max(0, shape.p + shape.q + shape.seasonalP + shape.seasonalQ);

interface Outputs {
  coefficients: number;
  innovations: number;
  summary: number;
}

function outputs(frame: CallFrame, shape: ArmaShape, n: number): Outputs {
  return {
    coefficients: frame.empty(coefficientCount(shape)),
    innovations: frame.empty(n),
    summary: frame.empty(SUMMARY_LENGTH),
  };
}

function readEstimate(frame: CallFrame, shape: ArmaShape, n: number, out: Outputs): ArmaEstimate {
  const summary = frame.read(out.summary, SUMMARY_LENGTH);
  return {
    coefficients: frame.read(out.coefficients, coefficientCount(shape)),
    logLikelihood: summary[0]!,
    sigma: summary[1]!,
    mean: shape.hasMean ? summary[3]! : 0,
    innovations: frame.read(out.innovations, n),
    observations: n,
    evaluations: summary[4]!,
    converged: summary[5] === 1,
    spent: summary[6] === 1,
  };
}

export function check(status: number, available: number): void {
  switch (status) {
    case STATUS.ok:
      return;
    case STATUS.badLength:
      throw fail(
        "not_enough_data",
        "The model has more parameters than the series has values after differencing.",
        {
          extra: { available },
        },
      );
    case STATUS.badOrder:
      throw fail("invalid_request", "The orders are negative, or with their season longer than 512 lags.");
    case STATUS.notFinite:
      throw fail("malformed_data", "The series has a value that is not a finite number.");
    case STATUS.singular:
      throw fail(
        "malformed_data",
        "The differenced series does not vary, or no model of these orders fits it.",
      );
    case STATUS.notStationary:
      throw fail("invalid_request", "The coefficients are not those of a stationary model.");
    case STATUS.badHorizon:
      throw fail("invalid_request", "The horizon must be 1 to 10000 steps.");
    case STATUS.outOfMemory:
      throw fail("work_budget_exceeded", "The series does not fit into the memory of one analysis.");
    default:
      throw new Error(`the kernel answered with the unknown status ${status}`);
  }
}
