/**
 * The theta models as one-source-of-error state space models (Fiorucci, Pellegrini, Louzada, Petropoulos and Koehler
 * 2016): a simple exponential smoothing of the theta line and, with weight 1 - 1/theta, the line of least squares
 * through all values, or (dynamic) through the values so far.
 */
export interface ThetaParameters {
  /** Of simple exponential smoothing, in (0, 1]. */
  alpha: number;
  /** The level before the first value. */
  initialLevel: number;
  /** 1 - 1/theta in [0, 1]: 0 is simple exponential smoothing, 1/2 the theta method, 1 the line and its echo. */
  lineWeight: number;
}

/** Of a line of least squares through values at steps 1, 2, ...: `intercept` + `slope` * step. */
export interface Line {
  intercept: number;
  slope: number;
}

/** Lines through the first 1, 2, ... values. */
export interface Lines {
  intercepts: Float64Array;
  slopes: Float64Array;
}

/** Follows the line through all values so far (equations 14 to 16 of the paper). */
export class RunningLine {
  count = 0;
  mean = 0;
  slope = 0;

  add(value: number): void {
    const i = this.count;
    this.slope = i === 0 ? 0 : ((i - 1) * this.slope + (6 * (value - this.mean)) / (i + 1)) / (i + 2);
    this.mean += (value - this.mean) / (i + 1);
    this.count = i + 1;
  }

  get intercept(): number {
    return this.mean - (this.slope * (this.count + 1)) / 2;
  }
}

export function runningLines(values: Float64Array): Lines {
  const line = new RunningLine();
  const intercepts = new Float64Array(values.length);
  const slopes = new Float64Array(values.length);
  for (let t = 0; t < values.length; t++) {
    line.add(values[t]!);
    intercepts[t] = line.intercept;
    slopes[t] = line.slope;
  }
  return { intercepts, slopes };
}

export function leastSquaresLine(values: Float64Array): Line {
  const line = new RunningLine();
  for (const value of values) line.add(value);
  return { intercept: line.intercept, slope: line.slope };
}

/** What the line adds to the level after `known` values: `decay` is (1 - alpha)^known. */
export const lineTerm = (alpha: number, decay: number, { intercept, slope }: Line): number =>
  decay * intercept + ((1 - decay * (1 - alpha)) / alpha) * slope;

/**
 * What the error of the line's own slope adds to the variance of a prediction, in units of the one-step errors': that
 * of least squares through `known` values of a random walk with steps of alpha and of the scatter around it.
 */
export const slopeVariance = (theta: ThetaParameters, known: number, ahead: number): number =>
  (theta.lineWeight * ahead) ** 2 * ((1.2 * theta.alpha ** 2) / known + 12 / known ** 3);
