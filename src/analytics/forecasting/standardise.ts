export const largest = (values: Float64Array): number =>
  values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** The values less their mean, in units of their standard deviation; no magnitude overflows on the way. */
export function standardised(values: Float64Array): Float64Array {
  const scale = largest(values) || 1;
  let mean = 0;
  for (const value of values) mean += value / scale / values.length;
  let squares = 0;
  for (const value of values) squares += (value / scale - mean) ** 2;
  const spread = Math.sqrt(squares / values.length) || 1;
  return values.map((value) => (value / scale - mean) / spread);
}

/** The values in units of their root mean square, not centred. */
export function spreadOut(values: Float64Array): Float64Array {
  const scale = largest(values) || 1;
  let squares = 0;
  for (const value of values) squares += (value / scale) ** 2;
  const spread = Math.sqrt(squares / values.length) || 1;
  return values.map((value) => value / scale / spread);
}

/** What a least-squares line leaves. */
export function detrended(values: Float64Array): Float64Array {
  const n = values.length;
  const centre = (n - 1) / 2;
  let mean = 0;
  let slope = 0;
  for (let t = 0; t < n; t++) {
    mean += values[t]! / n;
    slope += (t - centre) * values[t]!;
  }
  slope /= Math.max(1, (n * (n * n - 1)) / 12);
  return values.map((value, t) => value - mean - slope * (t - centre));
}

/** Sum of products of values `lag` apart. */
export function lagProduct(values: Float64Array, lag: number): number {
  let sum = 0;
  for (let t = lag; t < values.length; t++) sum += values[t]! * values[t - lag]!;
  return sum;
}
