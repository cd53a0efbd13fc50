/** Powers of ten that are doubles without rounding. */
const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);
/** Integers of so many digits are doubles without rounding. */
const EXACT_DIGITS = 15;
/** Integers of so many digits are the sum of two doubles as {@link quotient} makes them. */
const MOST_DIGITS = 19;

const ascii = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads a JSON number (RFC 8259) at `at` of the bytes, to the very double of JSON.parse. One division or multiplication of
 * two exact doubles rounds once, and so correctly (Clinger, "How to Read Floating Point Numbers Accurately", 1990);
 * doubles written in full, of 16 or 17 digits, are divided in double-double arithmetic; others go through Number().
 */
export class NumberReader {
  /** Where the number ended. */
  end = 0;
  hasExponent = false;

  /**
   * NaN where no number stands. It is for the caller to see that what follows `end` may stand there. `point`: the byte
   * before decimals; with another than a point, numbers that are left to Number() are none.
   */
  read(bytes: Uint8Array, start: number, point = 46): number {
    let at = start;
    let byte = bytes[at]!;
    const isNegative = byte === 45;
    if (isNegative) byte = bytes[++at]!;
    const first = at;
    // In parts, so that each stays an integer of 31 bits: at most nine digits, six and four.
    let high = 0;
    let low = 0;
    let tail = 0;
    // Digits from the first that is not 0.
    let digits = 0;
    while (byte >= 48 && byte <= 57) {
      if (digits < 9) high = high * 10 + (byte - 48);
      else if (digits < EXACT_DIGITS) low = low * 10 + (byte - 48);
      else if (digits < MOST_DIGITS) tail = tail * 10 + (byte - 48);
      if (digits > 0 || byte > 48) digits++;
      byte = bytes[++at]!;
    }
    if (at === first || (at > first + 1 && bytes[first] === 48)) return Number.NaN;
    let decimals = 0;
    if (byte === point) {
      byte = bytes[++at]!;
      const dot = at;
      while (byte >= 48 && byte <= 57) {
        if (digits < 9) high = high * 10 + (byte - 48);
        else if (digits < EXACT_DIGITS) low = low * 10 + (byte - 48);
        else if (digits < MOST_DIGITS) tail = tail * 10 + (byte - 48);
        if (digits > 0 || byte > 48) digits++;
        byte = bytes[++at]!;
      }
      decimals = at - dot;
      if (decimals === 0) return Number.NaN;
    }
    let exponent = 0;
    this.hasExponent = byte === 101 || byte === 69;
    if (this.hasExponent) {
      const mark = at;
      at = endOfExponent(bytes, at + 1);
      if (at < 0) return Number.NaN;
      exponent = Number(ascii.decode(bytes.subarray(mark + 1, at)));
    }
    this.end = at;
    const scale = exponent - decimals;
    if (digits > MOST_DIGITS || scale < -22 || scale > 22) return parsed(bytes, start, at);
    const lowDigits = Math.min(EXACT_DIGITS, digits) - 9;
    let value = lowDigits > 0 ? high * POWERS[lowDigits]! + low : high;
    if (digits > EXACT_DIGITS) {
      value = scale > 0 ? Number.NaN : quotient(value, tail, digits - EXACT_DIGITS, -scale);
      if (Number.isNaN(value)) return parsed(bytes, start, at);
    } else if (scale < 0) value /= POWERS[-scale]!;
    else if (scale > 0) value *= POWERS[scale]!;
    return isNegative ? -value : value;
  }
}

const parsed = (bytes: Uint8Array, start: number, end: number): number =>
  Number(ascii.decode(bytes.subarray(start, end)));

/** Splits a double into two halves of 26 bits (Veltkamp). */
const SPLIT = 2 ** 27 + 1;
const SURE = 2 ** -40;

/**
 * The double next to (head * 10^tailDigits + tail) / 10^decimals; NaN where the arithmetic cannot tell which of two it is.
 * `head` has at most 15 digits, `tail` at most 4, and there are at most 22 decimals. The quotient is computed as the sum
 * of two doubles (Dekker, "A floating-point technique for extending the available precision", 1971) of which the second is
 * off by far less than `SURE` of itself: where both ends of that give one double, it is the one (Ziv's rounding test).
 */
function quotient(head: number, tail: number, tailDigits: number, decimals: number): number {
  const power = POWERS[tailDigits]!;
  // Of 39 bits at most, so that the product with a power of 14 bits is exact.
  const most = Math.floor(head / 2048) * 2048;
  const upper = most * power;
  const lower = (head - most) * power + tail;
  const sum = upper + lower;
  if (decimals === 0) return sum;
  const error = lower - (sum - upper);
  const divisor = POWERS[decimals]!;
  const first = sum / divisor;
  const product = first * divisor;
  const a = SPLIT * first - (SPLIT * first - first);
  const b = SPLIT * divisor - (SPLIT * divisor - divisor);
  const [a2, b2] = [first - a, divisor - b];
  const productError = a2 * b2 - (product - a * b - a2 * b - a * b2);
  const second = (sum - product - productError + error) / divisor;
  const value = first + second * (1 + SURE);
  return value === first + second * (1 - SURE) ? value : Number.NaN;
}

function endOfExponent(bytes: Uint8Array, start: number): number {
  let at = start;
  if (bytes[at] === 43 || bytes[at] === 45) at++;
  const first = at;
  while (bytes[at]! >= 48 && bytes[at]! <= 57) at++;
  return at === first ? -1 : at;
}
