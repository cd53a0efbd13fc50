import type { FittedModel, Prediction } from "./model";

/**
 * The power transform of Box and Cox 1964, "An analysis of transformations", extended to negative values by their sign
 * (Bickel and Doksum 1981) where lambda > 0. `scale` divides the values first: powers of 1e290 leave the range of a double.
 */
export interface BoxCox {
  lambda: number;
  scale: number;
}

/** Beside zero a power cannot be told from the logarithm, but its division by lambda loses digits. */
const LOGARITHM_BELOW = 1e-8;

/** The transform of these values; null where one of them has none, such as the logarithm of zero. */
export function transform(values: Float64Array, { lambda, scale }: BoxCox): Float64Array | null {
  if (!(scale > 0) || !Number.isFinite(lambda)) return null;
  const isPower = lambda > LOGARITHM_BELOW;
  const transformed = values.map((value) => {
    const x = value / scale;
    if (Math.abs(lambda) <= LOGARITHM_BELOW) return Math.log(x);
    // expm1 keeps the digits that x^lambda - 1 would lose for a small lambda.
    if (x > 0) return Math.expm1(lambda * Math.log(x)) / lambda;
    return isPower ? -(Math.abs(x) ** lambda + 1) / lambda : Number.NaN;
  });
  return transformed.every(Number.isFinite) ? transformed : null;
}

/** The value whose transform is `y`, at most the largest double: with lambda < 0 the transform is bounded. */
export function inverse(y: number, { lambda, scale }: BoxCox): number {
  if (Math.abs(lambda) <= LOGARITHM_BELOW) return bounded(Math.exp(y) * scale);
  const base = lambda * y + 1;
  if (base <= 0 && lambda < 0) return Number.MAX_VALUE;
  return bounded(Math.sign(base) * Math.exp(Math.log(Math.abs(base)) / lambda) * scale);
}

const bounded = (value: number): number =>
  Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, Number.isNaN(value) ? 0 : value));

/** Derivative of {@link inverse}. */
function slope(y: number, { lambda, scale }: BoxCox): number {
  if (Math.abs(lambda) <= LOGARITHM_BELOW) return bounded(Math.exp(y) * scale);
  const base = Math.abs(lambda * y + 1);
  return bounded(base ** (1 / lambda - 1) * scale);
}

/** The mean of what is normal on the transformed scale, to second order (Hyndman and Athanasopoulos 2021, section 3.1). */
function biasAdjusted(y: number, variance: number, boxCox: BoxCox): number {
  const { lambda } = boxCox;
  const median = inverse(y, boxCox);
  if (Math.abs(lambda) <= LOGARITHM_BELOW) return bounded(median * (1 + variance / 2));
  const base = lambda * y + 1;
  return base === 0 ? median : bounded(median * (1 + (variance * (1 - lambda)) / (2 * base * base)));
}

export interface BoxCoxOptions {
  /** The prediction is the mean rather than the median of its distribution. */
  biasAdjusted?: boolean;
}

/**
 * A model of the transformed series as a model of the series: points and bounds are transformed back, so that its
 * intervals are not symmetric; `standardError` is to first order.
 */
export function boxCoxModel(
  inner: FittedModel,
  boxCox: number | BoxCox,
  options: BoxCoxOptions = {},
): FittedModel {
  const power = typeof boxCox === "number" ? { lambda: boxCox, scale: 1 } : boxCox;
  return {
    name: `${inner.name} of a Box-Cox transform (${Number(power.lambda.toFixed(3))})`,
    parameterCount: inner.parameterCount,
    fitted: inner.fitted.map((value) => (Number.isNaN(value) ? value : inverse(value, power))),
    predict: (horizon) => transformedBack(inner.predict(horizon), power, options),
    apply(values) {
      const transformed = transform(values, power);
      if (transformed === null) throw new RangeError("a value of the series has no Box-Cox transform");
      return boxCoxModel(inner.apply(transformed), power, options);
    },
  };
}

function transformedBack(inner: Prediction, power: BoxCox, options: BoxCoxOptions): Prediction {
  const back = (values: Float64Array) => values.map((value) => inverse(value, power));
  return {
    mean: options.biasAdjusted
      ? inner.mean.map((value, h) => biasAdjusted(value, inner.standardError[h]! ** 2, power))
      : back(inner.mean),
    standardError: inner.standardError.map((error, h) => bounded(error * slope(inner.mean[h]!, power))),
    interval(level) {
      const { lower, upper } = inner.interval(level);
      return { lower: back(lower), upper: back(upper) };
    },
  };
}
