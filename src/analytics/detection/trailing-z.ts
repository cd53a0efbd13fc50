import { scoreOf } from "./severity";

/** One value judged by what came before it. */
export interface Judged {
  expected: number;
  lower: number;
  upper: number;
  /** In [0, 1]: 0.5 is the alert level. */
  score: number;
  /** Distance from the expected value in units of the alert level. */
  ratio: number;
}

/** Fewer values than this have no spread worth the name: the first ones are not judged. */
export const WARM_UP = 10;
/** The first window has no past to be cleaned by: it is cut to this many robust spreads around its own median. */
const WARM_UP_BAND = 4;
/** The spread of a constant: what differs by less than this share of the level is rounding, not an anomaly. */
const LEAST_RELATIVE_SPREAD = 1e-3;

/**
 * z score of each value against the mean and standard deviation of the `window` values before it. An anomaly enters
 * them cut back to the bound it broke, so it does not hide the next one, while a lasting shift is learned in time.
 * The first {@link WARM_UP} values are null. The judgements of a prefix are the prefix of the judgements.
 */
export function trailingZ(values: Float64Array, window: number, threshold: number): (Judged | null)[] {
  const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  const cleaned = cleanedWarmUp(values.subarray(0, WARM_UP));
  const judged: (Judged | null)[] = Array.from(cleaned, () => null);
  const kept = new Float64Array(values.length);
  kept.set(cleaned);
  for (let t = cleaned.length; t < values.length; t++) {
    const { mean, spread } = momentsOf(kept.subarray(Math.max(0, t - window), t), scale);
    const band = threshold * spread;
    const value = values[t]!;
    const lower = mean - band;
    const upper = mean + band;
    const ratio = band > 0 ? Math.abs(value - mean) / band : 0;
    judged.push({ expected: mean, lower, upper, ratio, score: scoreOf(ratio) });
    kept[t] = Math.min(upper, Math.max(lower, value));
  }
  return judged;
}

function momentsOf(window: Float64Array, scale: number): { mean: number; spread: number } {
  let mean = 0;
  for (const value of window) mean += value / window.length;
  let squares = 0;
  for (const value of window) squares += ((value - mean) / scale) ** 2;
  const spread = scale * Math.sqrt(squares / Math.max(1, window.length - 1));
  // Few values know their spread badly, and the next one has its own: a prediction's spread is wider by this.
  const widened = spread * Math.sqrt(1 + 1 / window.length);
  const isConstant = spread <= 1e-9 * Math.abs(mean);
  return {
    mean,
    spread: isConstant ? Math.max(LEAST_RELATIVE_SPREAD * Math.abs(mean), 1e-9 * scale) : widened,
  };
}

function cleanedWarmUp(first: Float64Array): Float64Array {
  const centre = medianOf(first);
  const spread = 1.4826 * medianOf(first.map((value) => Math.abs(value - centre)));
  if (!(spread > 0)) return first.map(() => centre);
  const band = WARM_UP_BAND * spread;
  return first.map((value) => Math.min(centre + band, Math.max(centre - band, value)));
}

function medianOf(values: Float64Array): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return 0;
  return sorted.length % 2 === 1 ? sorted[middle]! : sorted[middle - 1]! / 2 + sorted[middle]! / 2;
}
