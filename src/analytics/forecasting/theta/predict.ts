import { type Line, lineTerm, type RunningLine, type ThetaParameters } from "./recursion";

/** Where a model stands after the last value: (1 - alpha)^n is its `decay`. */
interface Standing<L> {
  level: number;
  decay: number;
  line: L;
}

interface Moments {
  mean: Float64Array;
  /** In units of the variance of the one-step errors. */
  variance: Float64Array;
}

/** The line stands, so an error moves all later predictions by alpha times itself. */
export function predictStatic(theta: ThetaParameters, standing: Standing<Line>, horizon: number): Moments {
  const { alpha, lineWeight } = theta;
  let { level, decay } = standing;
  const mean = new Float64Array(horizon);
  for (let h = 0; h < horizon; h++) {
    mean[h] = level + lineWeight * lineTerm(alpha, decay, standing.line);
    level += alpha * (mean[h]! - level);
    decay *= 1 - alpha;
  }
  return { mean, variance: mean.map((_, h) => 1 + h * alpha * alpha) };
}

/**
 * The line follows the values to come as well. Their variance comes from the covariance of the state (level, mean of
 * the values, slope), in which the model is linear; at its time scale the recursion changes from step to step.
 */
export function predictDynamic(
  theta: ThetaParameters,
  standing: Standing<RunningLine>,
  horizon: number,
): Moments {
  const { alpha, lineWeight } = theta;
  let { level, decay } = standing;
  const line = standing.line;
  const mean = new Float64Array(horizon);
  const variance = new Float64Array(horizon);
  let covariance: Symmetric = [0, 0, 0, 0, 0, 0];
  for (let h = 0; h < horizon; h++) {
    const known = line.count;
    mean[h] = level + lineWeight * lineTerm(alpha, decay, line);
    const slopeFactor = (1 - decay * (1 - alpha)) / alpha - (decay * (known + 1)) / 2;
    const output: Vector = [1, lineWeight * decay, lineWeight * slopeFactor];
    const before = times(covariance, output);
    variance[h] = 1 + dot(output, before);
    covariance = step(covariance, before, variance[h]!, alpha, known);
    level += alpha * (mean[h]! - level);
    line.add(mean[h]!);
    decay *= 1 - alpha;
  }
  return { mean, variance };
}

type Vector = [level: number, mean: number, slope: number];
/** The upper triangle by rows. */
type Symmetric = [number, number, number, number, number, number];

const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

const times = ([a, b, c, d, e, f]: Symmetric, v: Vector): Vector => [
  a * v[0] + b * v[1] + c * v[2],
  b * v[0] + d * v[1] + e * v[2],
  c * v[0] + e * v[1] + f * v[2],
];

/**
 * The covariance after a value whose variance is `variance` and whose covariance with the state is `before`. The state
 * becomes own * state + gain * value, with the slope taking from the mean as well.
 */
function step(
  covariance: Symmetric,
  before: Vector,
  variance: number,
  alpha: number,
  known: number,
): Symmetric {
  const [a, b, c, d, e, f] = covariance;
  const meanGain = 1 / (known + 1);
  const slopeGain = 6 / ((known + 1) * (known + 2));
  const ownLevel = 1 - alpha;
  const ownMean = known * meanGain;
  const ownSlope = (known - 1) / (known + 2);
  const gain: Vector = [alpha, meanGain, slopeGain];
  // Of what the state alone becomes: its covariance with itself and with the value.
  const own: Symmetric = [
    ownLevel * ownLevel * a,
    ownLevel * ownMean * b,
    ownLevel * (ownSlope * c - slopeGain * b),
    ownMean * ownMean * d,
    ownMean * (ownSlope * e - slopeGain * d),
    ownSlope * ownSlope * f - 2 * ownSlope * slopeGain * e + slopeGain * slopeGain * d,
  ];
  const across: Vector = [
    ownLevel * before[0],
    ownMean * before[1],
    ownSlope * before[2] - slopeGain * before[1],
  ];
  const entry = (i: 0 | 1 | 2, j: 0 | 1 | 2): number =>
    across[i] * gain[j] + gain[i] * across[j] + gain[i] * gain[j] * variance;
  return [
    own[0] + entry(0, 0),
    own[1] + entry(0, 1),
    own[2] + entry(0, 2),
    own[3] + entry(1, 1),
    own[4] + entry(1, 2),
    own[5] + entry(2, 2),
  ];
}
