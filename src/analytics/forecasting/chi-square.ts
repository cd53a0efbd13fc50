/**
 * Probability that a chi-square variable with `degrees` of freedom exceeds `x`: the regularised incomplete gamma function
 * Q(degrees / 2, x / 2), by its series below the mode and a continued fraction above (Abramowitz and Stegun 6.5.29,
 * 6.5.31; Lentz's method for the fraction). Relative error below 1e-12 for up to a few thousand degrees.
 */
export function chiSquareTail(x: number, degrees: number): number {
  if (!(x > 0) || !(degrees > 0)) return 1;
  const shape = degrees / 2;
  const at = x / 2;
  if (!Number.isFinite(at)) return 0;
  const front = Math.exp(shape * Math.log(at) - at - logGamma(shape));
  return at < shape + 1 ? 1 - front * lowerSeries(shape, at) : front * upperFraction(shape, at);
}

const MAX_TERMS = 10_000;
const PRECISION = 1e-16;

function lowerSeries(shape: number, x: number): number {
  let term = 1 / shape;
  let sum = term;
  for (let k = 1; k < MAX_TERMS && term > sum * PRECISION; k++) {
    term *= x / (shape + k);
    sum += term;
  }
  return sum;
}

function upperFraction(shape: number, x: number): number {
  let denominator = x + 1 - shape;
  let ratio = 1e300;
  let inverse = 1 / denominator;
  let value = inverse;
  for (let k = 1; k < MAX_TERMS; k++) {
    const numerator = k * (shape - k);
    denominator += 2;
    inverse = 1 / (numerator * inverse + denominator);
    ratio = denominator + numerator / ratio;
    const change = ratio * inverse;
    value *= change;
    if (Math.abs(change - 1) < PRECISION * 10) break;
  }
  return value;
}

/** Lanczos' approximation with g = 7 and nine terms (Godfrey's coefficients), for positive arguments; error 1e-15. */
const LANCZOS = [
  0.9999999999998099, 676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406,
  12.507343278686905, -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
];

export function logGamma(x: number): number {
  const z = x - 1;
  const base = z + 7.5;
  const sum = LANCZOS.reduce((total, term, k) => total + (k === 0 ? term : term / (z + k)), 0);
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(base) - base + Math.log(sum);
}
