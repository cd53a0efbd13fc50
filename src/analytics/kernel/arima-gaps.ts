import {
  type ArmaEstimate,
  type ArmaSearch,
  type ArmaShape,
  check,
  coefficientCount,
  type Orders,
  orders,
  SUMMARY_LENGTH,
  withKernel,
} from "./arima";
import { type CallFrame, STATUS } from "./instance";

/** A series with missing values, as the kernel wants it. */
export interface GapSeries {
  /** NaN where missing. */
  values: Float64Array;
  /** The differenced series, its gaps filled before. */
  differenced: Float64Array;
  /** Differences to 1 everywhere: the regressor of the mean or drift, as long as the values. */
  regressor: Float64Array;
  /** Coefficients of 1 - delta_1 B - ..., the product of the differences. */
  delta: Float64Array;
}

export interface GapEvaluation {
  estimate: ArmaEstimate;
  /** Of every step from the values before it; variances in units of sigma squared. */
  predictions: Float64Array;
  variances: Float64Array;
  /** The values, and what is expected of the missing ones given all of them. */
  filled: Float64Array;
}

type Series = [w: number, count: number, y: number, x: number, n: number];
type Differences = [delta: number, deltaOrder: number];

export interface GapExports {
  fitWithGaps(
    ...args: [
      ...Series,
      ...Orders,
      ...Differences,
      searches: number,
      maxEvaluations: number,
      coefficients: number,
      summary: number,
    ]
  ): number;
  evaluateWithGaps(
    ...args: [
      ...Series,
      ...Orders,
      ...Differences,
      coefficients: number,
      predictions: number,
      variances: number,
      errors: number,
      filled: number,
      summary: number,
    ]
  ): number;
  uncertaintyWithGaps(
    ...args: [...Series, ...Orders, ...Differences, coefficients: number, covariance: number]
  ): number;
}

/** Exact maximum likelihood; only the coefficients and the search's own numbers: evaluate them for the rest. */
export function fitArmaWithGaps(
  series: GapSeries,
  shape: ArmaShape,
  search: ArmaSearch,
): Pick<ArmaEstimate, "coefficients" | "evaluations" | "converged" | "spent"> {
  return withKernel((kernel, frame) => {
    const [given, differences] = inputs(frame, series);
    const coefficients = frame.empty(coefficientCount(shape));
    const summary = frame.empty(SUMMARY_LENGTH);
    const status = kernel.fitWithGaps(
      ...given,
      ...orders(shape),
      ...differences,
      search.method === "css-ml" ? 1 : search.searches,
      search.maxEvaluations,
      coefficients,
      summary,
    );
    check(status, series.differenced.length);
    const [, , , , evaluations, converged, spent] = frame.read(summary, SUMMARY_LENGTH);
    return {
      coefficients: frame.read(coefficients, coefficientCount(shape)),
      evaluations: evaluations!,
      converged: converged === 1,
      spent: spent === 1,
    };
  });
}

/** Given coefficients on a series with gaps; `innovations` are as long as the values and NaN where there is none. */
export function evaluateArmaWithGaps(
  series: GapSeries,
  shape: ArmaShape,
  coefficients: Float64Array,
): GapEvaluation {
  return withKernel((kernel, frame) => {
    const n = series.values.length;
    const [given, differences] = inputs(frame, series);
    const [predictions, variances, errors, filled] = [n, n, n, n].map((length) => frame.empty(length));
    const summary = frame.empty(SUMMARY_LENGTH);
    const status = kernel.evaluateWithGaps(
      ...given,
      ...orders(shape),
      ...differences,
      frame.column(coefficients),
      predictions!,
      variances!,
      errors!,
      filled!,
      summary,
    );
    check(status, series.differenced.length);
    const [logLikelihood, sigma, , mean, , , , observations] = frame.read(summary, SUMMARY_LENGTH);
    return {
      estimate: {
        coefficients,
        logLikelihood: logLikelihood!,
        sigma: sigma!,
        mean: shape.hasMean ? mean! : 0,
        innovations: frame.read(errors!, n),
        observations: observations!,
        evaluations: 1,
        converged: true,
        spent: false,
      },
      predictions: frame.read(predictions!, n),
      variances: frame.read(variances!, n),
      filled: frame.read(filled!, n),
    };
  });
}

/** As `armaCovariance`. */
export function armaCovarianceWithGaps(
  series: GapSeries,
  shape: ArmaShape,
  coefficients: Float64Array,
): Float64Array | null {
  return withKernel((kernel, frame) => {
    const [given, differences] = inputs(frame, series);
    const length = (coefficientCount(shape) + (shape.hasMean ? 1 : 0)) ** 2;
    const covariance = frame.empty(length);
    const status = kernel.uncertaintyWithGaps(
      ...given,
      ...orders(shape),
      ...differences,
      frame.column(coefficients),
      covariance,
    );
    if (status === STATUS.singular) return null;
    check(status, series.differenced.length);
    return frame.read(covariance, length);
  });
}

function inputs(frame: CallFrame, series: GapSeries): [Series, Differences] {
  const { values, differenced, regressor, delta } = series;
  return [
    [
      frame.column(differenced),
      differenced.length,
      frame.column(values),
      frame.column(regressor),
      values.length,
    ],
    [frame.column(delta), delta.length],
  ];
}
