// Series of known models, the same in every run and on every machine.
import { loadModule } from "../../../scripts/lib/load-module.mjs";

export const { airPassengers, nile, lynx, seededNormal } = await loadModule("test/support/series.ts");

/** Values before the first, by when the start is forgotten. */
const BURN_IN = 1_000;

/** n values of an ARIMA with normal innovations of standard deviation 1; moving averages with plus signs. */
export function simulate({ ar = [], ma = [], sar = [], sma = [], d = 0, D = 0, m = 1, n, seed }) {
  const normal = seededNormal(seed);
  const autoregressive = product(ar, sar, m, -1);
  const movingAverage = product(ma, sma, m, 1);
  const innovations = Array.from({ length: n + BURN_IN }, normal);
  const values = [];
  for (let t = 0; t < innovations.length; t++) {
    let value = innovations[t];
    movingAverage.forEach((weight, i) => {
      value += weight * (innovations[t - i - 1] ?? 0);
    });
    autoregressive.forEach((weight, i) => {
      value += weight * (values[t - i - 1] ?? 0);
    });
    values.push(value);
  }
  let series = values.slice(BURN_IN);
  for (let k = 0; k < d; k++) series = summed(series, 1);
  for (let k = 0; k < D; k++) series = summed(series, m);
  return series;
}

/** Coefficients of the product of two factors, as the kernel's model multiplies them. */
function product(own, seasonal, m, crossSign) {
  const all = Array(own.length + seasonal.length * m).fill(0);
  own.forEach((weight, i) => {
    all[i] += weight;
  });
  seasonal.forEach((weight, s) => {
    const lag = (s + 1) * m;
    all[lag - 1] += weight;
    own.forEach((other, i) => {
      all[lag + i] += crossSign * weight * other;
    });
  });
  return all;
}

function summed(values, lag) {
  const sums = [];
  values.forEach((value, t) => {
    sums.push(value + (sums[t - lag] ?? 0));
  });
  return sums;
}

/** Changes over `lag` steps. */
export const differenced = (values, lag) => values.slice(lag).map((value, t) => value - values[t]);
