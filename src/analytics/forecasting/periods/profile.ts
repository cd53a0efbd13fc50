/** The mean of each phase, less the mean of all. */
export function phaseMeans(values: Float64Array, period: number): Float64Array {
  const sums = new Float64Array(period);
  const counts = new Float64Array(period);
  for (const [t, value] of values.entries()) {
    if (Number.isNaN(value)) continue;
    sums[t % period]! += value;
    counts[t % period]! += 1;
  }
  const means = sums.map((sum, phase) => (counts[phase]! > 0 ? sum / counts[phase]! : 0));
  const level = means.reduce((sum, mean) => sum + mean, 0) / period;
  return means.map((mean) => mean - level);
}

/** The series less the mean profile that its seasons have around a moving average of one season. */
export function withoutSeason(values: Float64Array, period: number): Float64Array {
  const n = values.length;
  const cumulated = new Float64Array(n + 1);
  for (let t = 0; t < n; t++) cumulated[t + 1] = cumulated[t]! + values[t]!;
  const half = Math.floor(period / 2);
  const isEven = period % 2 === 0;
  const detrended = values.map((value, t) => {
    if (t < half || t + half >= n) return Number.NaN;
    const sum = cumulated[t + half + 1]! - cumulated[t - half]!;
    const ends = isEven ? (values[t - half]! + values[t + half]!) / 2 : 0;
    return value - (sum - ends) / period;
  });
  const profile = phaseMeans(detrended, period);
  return values.map((value, t) => value - profile[t % period]!);
}

export interface ProfileTest {
  /** The F statistic as a standard normal quantile. */
  z: number;
  /** Sums of squares that the phases explain and leave. */
  explained: number;
  left: number;
}

/**
 * One-way analysis of variance of white noise by phase. The F statistic is normalised as Paulson (1942) does, which
 * holds far out in the tail. `known`: phases that are accounted for already.
 */
export function testProfile(noise: Float64Array, period: number, known: number): ProfileTest {
  const n = noise.length;
  const sums = new Float64Array(period);
  const counts = new Float64Array(period);
  let sum = 0;
  let squares = 0;
  for (let t = 0, phase = 0; t < n; t++) {
    const value = noise[t]!;
    sums[phase]! += value;
    counts[phase]! += 1;
    sum += value;
    squares += value * value;
    phase = phase + 1 === period ? 0 : phase + 1;
  }
  let explained = (-sum * sum) / n;
  for (let phase = 0; phase < period; phase++) {
    if (counts[phase]! > 0) explained += sums[phase]! ** 2 / counts[phase]!;
  }
  const left = Math.max(0, squares - (sum * sum) / n - explained);
  const between = period - known;
  const within = n - period;
  if (between < 1 || within < 1 || !(squares > 0)) return { z: Number.NEGATIVE_INFINITY, explained, left };
  const f = explained / between / Math.max(left / within, 1e-12 * squares);
  const a = 2 / (9 * between);
  const b = 2 / (9 * within);
  const root = Math.cbrt(Math.max(0, f));
  return { z: ((1 - b) * root - (1 - a)) / Math.sqrt(b * root * root + a), explained, left };
}

/**
 * Whether the profile of the earlier half of the cycles is that of the later half: their correlation in units of its
 * standard error under independence. One burst of large values makes phases differ, but only once.
 */
export function replication(noise: Float64Array, period: number): number {
  const middle = Math.floor(noise.length / 2 / period) * period;
  const earlier = phaseMeans(noise.subarray(0, middle), period);
  const later = phaseMeans(noise.subarray(middle), period);
  let product = 0;
  let squaresEarlier = 0;
  let squaresLater = 0;
  for (let phase = 0; phase < period; phase++) {
    product += earlier[phase]! * later[phase]!;
    squaresEarlier += earlier[phase]! ** 2;
    squaresLater += later[phase]! ** 2;
  }
  const scale = Math.sqrt(squaresEarlier * squaresLater);
  return scale > 0 ? (product / scale) * Math.sqrt(period - 1) : 0;
}
