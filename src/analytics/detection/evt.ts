/** Generalised Pareto distribution of what exceeds a threshold (Pickands 1975). */
export interface ExcessLaw {
  /** Zero is the exponential law; below, the tail ends; above, it is heavy. */
  shape: number;
  scale: number;
}

export interface ExcessPrior {
  /** Excesses that the prior counts for, in the mean and in the shape. */
  weight: number;
  mean: number;
  shape: number;
  leastShape: number;
  greatestShape: number;
}

/**
 * Fits by moments (Hosking and Wallis 1987), drawn towards the prior: of a few excesses alone the shape is mostly noise,
 * and a tail that is thought too short alarms at everything. Moments need no iteration, so that a fit costs nothing.
 */
export function fitExcesses(
  excesses: Float64Array | Float32Array,
  from: number,
  count: number,
  prior: ExcessPrior,
): ExcessLaw {
  let sum = 0;
  for (let i = from; i < from + count; i++) sum += excesses[i]!;
  const mean = count > 0 ? sum / count : 0;
  let squares = 0;
  for (let i = from; i < from + count; i++) squares += (excesses[i]! - mean) ** 2;
  return lawOf({ count, sum, variance: count > 1 ? squares / (count - 1) : 0 }, prior);
}

/** The same from moments alone; `count` may be a weight. */
export function lawOf(
  { count, sum, variance }: { count: number; sum: number; variance: number },
  { weight, mean: priorMean, shape: priorShape, leastShape, greatestShape }: ExcessPrior,
): ExcessLaw {
  const mean = count > 0 ? sum / count : 0;
  const own = variance > 0 ? (1 - (mean * mean) / variance) / 2 : 0;
  const drawn = (own * count + priorShape * weight) / (count + weight);
  const shape = Math.min(greatestShape, Math.max(leastShape, drawn));
  return { shape, scale: ((sum + weight * priorMean) / (count + weight)) * (1 - shape) };
}

/** Below this the law is the exponential one, whose limit the power would only reach with rounding. */
const EXPONENTIAL = 1e-6;
/** What lies behind the end of a short tail: as good as impossible, but a number. */
const IMPOSSIBLE = -50;

/** Natural logarithm of the probability that an excess is greater than this one. */
export function logSurvival({ shape, scale }: ExcessLaw, excess: number): number {
  const distance = excess / scale;
  if (Math.abs(shape) < EXPONENTIAL) return Math.max(IMPOSSIBLE, -distance);
  const base = 1 + shape * distance;
  return base > 0 ? Math.max(IMPOSSIBLE, -Math.log(base) / shape) : IMPOSSIBLE;
}

/** The excess that is exceeded with this probability. */
export function excessAt({ shape, scale }: ExcessLaw, logProbability: number): number {
  if (Math.abs(shape) < EXPONENTIAL) return -scale * logProbability;
  return (scale * Math.expm1(-shape * logProbability)) / shape;
}
