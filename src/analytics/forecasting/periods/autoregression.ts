/**
 * Fits an autoregression by Burg's method (1975), which is stable and unbiased enough near a unit root, the order up to
 * `maxOrder` by Akaike's criterion, and returns its coefficients phi_1, phi_2, ...
 */
export function burg(values: Float64Array, maxOrder: number): Float64Array {
  const n = values.length;
  let forward = values.slice();
  let backward = values.slice();
  let variance = values.reduce((sum, value) => sum + value * value, 0) / n;
  let coefficients = new Float64Array(0);
  let best = { coefficients, criterion: n * Math.log(variance) };
  for (let order = 1; order <= Math.min(maxOrder, Math.floor(n / 4)) && variance > 0; order++) {
    const reflection = reflectionOf(forward, backward, order);
    const longer = new Float64Array(order);
    for (let i = 0; i < order - 1; i++) {
      longer[i] = coefficients[i]! - reflection * coefficients[order - 2 - i]!;
    }
    longer[order - 1] = reflection;
    coefficients = longer;
    variance *= 1 - reflection * reflection;
    const criterion = n * Math.log(variance) + 2 * order;
    if (criterion < best.criterion) best = { coefficients, criterion };
    const nextForward = forward.slice();
    const nextBackward = backward.slice();
    for (let t = order; t < n; t++) {
      nextForward[t] = forward[t]! - reflection * backward[t - 1]!;
      nextBackward[t] = backward[t - 1]! - reflection * forward[t]!;
    }
    forward = nextForward;
    backward = nextBackward;
  }
  return best.coefficients;
}

function reflectionOf(forward: Float64Array, backward: Float64Array, order: number): number {
  let product = 0;
  let squares = 0;
  for (let t = order; t < forward.length; t++) {
    product += forward[t]! * backward[t - 1]!;
    squares += forward[t]! ** 2 + backward[t - 1]! ** 2;
  }
  return squares > 0 ? (2 * product) / squares : 0;
}

/** What an autoregression does not foresee; shorter by its order. */
export function innovations(values: Float64Array, coefficients: Float64Array): Float64Array {
  const order = coefficients.length;
  const out = new Float64Array(values.length - order);
  for (let t = 0; t < out.length; t++) {
    let error = values[t + order]!;
    for (let i = 0; i < order; i++) error -= coefficients[i]! * values[t + order - 1 - i]!;
    out[t] = error;
  }
  return out;
}
