export type AverageType = "sma" | "ema" | "wma";

/**
 * The average at every value that has `period` values behind it (itself included); zero before, where there is none.
 * Each is computed from its own values, not from running sums: a huge value that has left leaves no rounding behind.
 */
export function movingAverages(values: Float64Array, period: number, type: AverageType): Float64Array {
  return type === "ema" ? exponential(values, period) : weighted(values, period, type === "wma");
}

/** alpha = 2 / (period + 1), begun with the simple average of the first `period` values. */
function exponential(values: Float64Array, period: number): Float64Array {
  const averages = new Float64Array(values.length);
  const alpha = 2 / (period + 1);
  let average = values.subarray(0, period).reduce((sum, value) => sum + value / period, 0);
  for (let t = period - 1; t < values.length; t++) {
    if (t >= period) average += alpha * (values[t]! - average);
    averages[t] = average;
  }
  return averages;
}

function weighted(values: Float64Array, period: number, isLinear: boolean): Float64Array {
  const averages = new Float64Array(values.length);
  const total = isLinear ? (period * (period + 1)) / 2 : period;
  for (let t = period - 1; t < values.length; t++) {
    let sum = 0;
    for (let k = 0; k < period; k++) sum += (isLinear ? period - k : 1) * (values[t - k]! / total);
    averages[t] = sum;
  }
  return averages;
}
