import { MAX_RANGE } from "./integers";

/**
 * Most measured values are short decimals, n / 10^d. A sum or a mean of such is one but for its last bits: then the
 * distance in units of the last place (ulps) is kept beside n. What is neither is kept raw.
 */
export const MAX_DECIMALS = 14;
export const POWERS_OF_TEN = Float64Array.from({ length: MAX_DECIMALS + 1 }, (_, d) => 10 ** d);
export const MAX_ULPS = 512;

const SAMPLES = 64;
const MAX_INTEGER = 2 ** 51;
/** About 8 ulps: how close n / 10^d must come for d to count as the decimals of a value. */
const CLOSE = 2e-15;
const RAW_BITS = 76;
/** What the halves of a double take at about, at least; decimals that take more are not even tried. */
const HOPELESS_BITS = 56;
const BITS_PER_DECIMAL = Math.log2(10);

/** Decimals with which `values[from, to)` are cheapest, or -1 where too few values are decimals at all. */
export function decimalsOf(values: Float64Array, from: number, to: number): number {
  const decimals = new Int32Array(MAX_DECIMALS + 2);
  const stride = Math.max(1, Math.floor((to - from) / SAMPLES));
  let samples = 0;
  for (let i = from; i < to; i += stride) {
    decimals[ownDecimals(values[i]!)]!++;
    samples++;
  }
  let best = -1;
  let leastBits = samples * HOPELESS_BITS;
  let raw = samples;
  for (let d = 0; d <= MAX_DECIMALS; d++) {
    raw -= decimals[d]!;
    const bits = raw * RAW_BITS + samples * d * BITS_PER_DECIMAL;
    if (decimals[d]! > 0 && bits < leastBits) {
      best = d;
      leastBits = bits;
    }
  }
  return best;
}

function ownDecimals(value: number): number {
  const tolerance = Math.abs(value) * CLOSE;
  for (let d = 0; d <= MAX_DECIMALS; d++) {
    const power = POWERS_OF_TEN[d]!;
    const n = Math.round(value * power);
    if (!(Math.abs(n) < MAX_INTEGER)) break;
    if (Math.abs(n / power - value) <= tolerance) return d;
  }
  return MAX_DECIMALS + 1;
}

/** The values of one column that n / 10^d does not give exactly: parallel lists, in the order of the column. */
export interface Corrections {
  /** Index within the column. */
  rows: number[];
  /** How many ulps to add to the magnitude of n / 10^d; 0: the value is raw. */
  ulps: number[];
}

/**
 * Fills `integers[0, to - from)` with n of each value. A raw value gets the n before it, which costs least.
 * Null where the integers span too much to be coded as such.
 */
export function toIntegers(
  values: Float64Array,
  from: number,
  to: number,
  decimals: number,
  integers: Float64Array,
): Corrections | null {
  const power = POWERS_OF_TEN[decimals]!;
  const corrections: Corrections = { rows: [], ulps: [] };
  const count = to - from;
  let known = 0;
  let leading = true;
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    const value = values[from + i]!;
    let n = Math.round(value * power);
    const exact = n / power === value && (n !== 0 || 1 / value > 0) && n < MAX_INTEGER && n > -MAX_INTEGER;
    if (!exact) {
      const ulps = Math.abs(n) < MAX_INTEGER && n !== 0 ? ulpsBetween(n / power, value) : 0;
      corrections.rows.push(i);
      corrections.ulps.push(ulps);
      if (ulps === 0) {
        integers[i] = known;
        continue;
      }
    }
    // Rounding gives -0 for small negative values, which are never exact; what is left of it is an ordinary 0.
    n += 0;
    integers[i] = n;
    if (n < lowest) lowest = n;
    if (n > highest) highest = n;
    if (leading) {
      integers.fill(n, 0, i);
      leading = false;
    }
    known = n;
  }
  return highest - lowest < MAX_RANGE ? corrections : null;
}

const floats = new Float64Array(1);
const words = new Uint32Array(floats.buffer);
const WORD = 2 ** 32;

/** How many ulps `value` has more in magnitude than `near`; 0 where that is not within MAX_ULPS or the signs differ. */
function ulpsBetween(near: number, value: number): number {
  floats[0] = near;
  const low = words[0]!;
  const high = words[1]!;
  floats[0] = value;
  const ulps = (words[1]! - high) * WORD + (words[0]! - low);
  return Math.abs(ulps) <= MAX_ULPS ? ulps : 0;
}

/** The inverse: `near` with `ulps` more in magnitude. */
export function addUlps(near: number, ulps: number): number {
  floats[0] = near;
  const low = words[0]! + ulps;
  words[0] = low;
  if (low < 0) words[1] = words[1]! - 1;
  else if (low >= WORD) words[1] = words[1]! + 1;
  return floats[0]!;
}
