/** Powers of ten that are doubles without rounding. */
const POWERS = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);
/** Integers of so many digits are doubles without rounding. */
const EXACT_DIGITS = 15;

const ascii = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads a JSON number (RFC 8259) at `at` of the bytes, to the very double of JSON.parse. One division or multiplication of
 * two exact doubles rounds once, and so correctly (Clinger, "How to Read Floating Point Numbers Accurately", 1990);
 * longer numbers go through Number().
 */
export class NumberReader {
  /** Where the number ended. */
  end = 0;
  hasExponent = false;

  /**
   * NaN where no number stands. It is for the caller to see that what follows `end` may stand there. `point`: the byte
   * before decimals; with another than a point, more digits than a double holds are no number.
   */
  read(bytes: Uint8Array, start: number, point = 46): number {
    let at = start;
    let byte = bytes[at]!;
    const isNegative = byte === 45;
    if (isNegative) byte = bytes[++at]!;
    const first = at;
    // Two halves, so that each stays an integer of 31 bits: at most nine digits and six.
    let high = 0;
    let low = 0;
    let lowDigits = 0;
    let digits = 0;
    while (byte >= 48 && byte <= 57) {
      if (digits < 9) high = high * 10 + (byte - 48);
      else if (digits < EXACT_DIGITS) {
        low = low * 10 + (byte - 48);
        lowDigits++;
      }
      digits++;
      byte = bytes[++at]!;
    }
    if (digits === 0 || (digits > 1 && bytes[first] === 48)) return Number.NaN;
    let decimals = 0;
    if (byte === point) {
      byte = bytes[++at]!;
      const dot = at;
      while (byte >= 48 && byte <= 57) {
        if (digits < 9) high = high * 10 + (byte - 48);
        else if (digits < EXACT_DIGITS) {
          low = low * 10 + (byte - 48);
          lowDigits++;
        }
        digits++;
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
    if (digits > EXACT_DIGITS || scale < -22 || scale > 22)
      return Number(ascii.decode(bytes.subarray(start, at)));
    let value = lowDigits === 0 ? high : high * POWERS[lowDigits]! + low;
    if (scale < 0) value /= POWERS[-scale]!;
    else if (scale > 0) value *= POWERS[scale]!;
    return isNegative ? -value : value;
  }
}

function endOfExponent(bytes: Uint8Array, start: number): number {
  let at = start;
  if (bytes[at] === 43 || bytes[at] === 45) at++;
  const first = at;
  while (bytes[at]! >= 48 && bytes[at]! <= 57) at++;
  return at === first ? -1 : at;
}
