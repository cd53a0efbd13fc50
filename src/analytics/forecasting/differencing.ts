/** x_t - x_(t-lag), `times` times over: `times * lag` values shorter. */
export function difference(values: Float64Array, lag: number, times: number): Float64Array {
  let current = values;
  for (let k = 0; k < times; k++) {
    const next = new Float64Array(Math.max(0, current.length - lag));
    for (let t = 0; t < next.length; t++) next[t] = current[t + lag]! - current[t]!;
    current = next;
  }
  return current;
}

/** delta_1, delta_2, ... of (1 - B)^d (1 - B^m)^D = 1 - delta_1 B - delta_2 B^2 - ... */
export function differencePolynomial(d: number, D: number, m: number): Float64Array {
  let polynomial = [1];
  const multiply = (lag: number) => {
    const product = [...polynomial, ...new Array<number>(lag).fill(0)];
    polynomial.forEach((factor, i) => {
      product[i + lag]! -= factor;
    });
    polynomial = product;
  };
  for (let k = 0; k < d; k++) multiply(1);
  for (let k = 0; k < D; k++) multiply(m);
  return Float64Array.from(polynomial.slice(1), (factor) => 0 - factor);
}
