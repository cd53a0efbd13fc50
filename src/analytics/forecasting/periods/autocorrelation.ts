/** Autocorrelations at lags 0 to n - 1 of a series with mean zero, by way of its power spectrum (Wiener and Khinchin). */
export function autocorrelations(values: Float64Array): Float64Array {
  const n = values.length;
  // Twice as long with zeros, or the end of the series would meet its beginning.
  const size = 2 ** Math.ceil(Math.log2(Math.max(2, 2 * n)));
  const real = new Float64Array(size);
  const imaginary = new Float64Array(size);
  real.set(values);
  fourier(real, imaginary);
  for (let k = 0; k < size; k++) {
    real[k] = real[k]! ** 2 + imaginary[k]! ** 2;
    imaginary[k] = 0;
  }
  fourier(real, imaginary);
  const variance = real[0]!;
  return real.slice(0, n).map((covariance) => (variance > 0 ? covariance / variance : 0));
}

/** In place, for lengths that are powers of two (Cooley and Tukey 1965). */
function fourier(real: Float64Array, imaginary: Float64Array): void {
  const n = real.length;
  reverseBits(real, imaginary);
  for (let length = 2; length <= n; length *= 2) {
    const half = length / 2;
    const cosines = Float64Array.from({ length: half }, (_, k) => Math.cos((-2 * Math.PI * k) / length));
    const sines = Float64Array.from({ length: half }, (_, k) => Math.sin((-2 * Math.PI * k) / length));
    for (let start = 0; start < n; start += length) {
      for (let k = 0; k < half; k++) {
        const upper = start + k;
        const lower = upper + half;
        const re = real[lower]! * cosines[k]! - imaginary[lower]! * sines[k]!;
        const im = real[lower]! * sines[k]! + imaginary[lower]! * cosines[k]!;
        real[lower] = real[upper]! - re;
        imaginary[lower] = imaginary[upper]! - im;
        real[upper]! += re;
        imaginary[upper]! += im;
      }
    }
  }
}

function reverseBits(real: Float64Array, imaginary: Float64Array): void {
  const n = real.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i >= j) continue;
    [real[i], real[j]] = [real[j]!, real[i]!];
    [imaginary[i], imaginary[j]] = [imaginary[j]!, imaginary[i]!];
  }
}
