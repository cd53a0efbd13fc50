import { civilToMicros, daysInMonth, type Micros } from "../../core/timestamps";

/**
 * Reads date-times as clocks write them: `2026-01-01T00:00:00`, with a fraction of up to nine digits, and with `Z`, an
 * offset like `+01:00` or none. What else parseIso knows is left to it.
 */
export class IsoReader {
  private day = -1;
  private dayMicros = 0;

  /** Microseconds of the text bytes[start..end); NaN where it is written in another way or no time. */
  read(bytes: Uint8Array, start: number, end: number): Micros {
    const length = end - start;
    if (length < 19 || length > 35 || bytes[start + 4] !== 45 || bytes[start + 7] !== 45) return Number.NaN;
    const mark = bytes[start + 10];
    if ((mark !== 84 && mark !== 32) || bytes[start + 13] !== 58 || bytes[start + 16] !== 58)
      return Number.NaN;
    const day = this.microsOfDay(
      pair(bytes, start) * 100 + pair(bytes, start + 2),
      pair(bytes, start + 5),
      pair(bytes, start + 8),
    );
    const hour = pair(bytes, start + 11);
    const minute = pair(bytes, start + 14);
    const second = pair(bytes, start + 17);
    // Midnight as 24:00 and leap seconds are for parseIso.
    if (!(hour < 24 && minute < 60 && second < 60)) return Number.NaN;
    let at = start + 19;
    let micros = 0;
    if (at < end && bytes[at] === 46) {
      const first = ++at;
      let scale = 100_000;
      for (; at < end && isDigit(bytes[at]!); at++) {
        micros += (bytes[at]! - 48) * scale;
        scale = scale > 1 ? scale / 10 : 0;
      }
      if (at === first || at - first > 9) return Number.NaN;
    }
    let offset = 0;
    if (at < end && bytes[at] !== 90) {
      const sign = bytes[at];
      if (end - at !== 6 || (sign !== 43 && sign !== 45) || bytes[at + 3] !== 58) return Number.NaN;
      const hours = pair(bytes, at + 1);
      const minutes = pair(bytes, at + 4);
      if (!(hours < 15 && minutes < 60)) return Number.NaN;
      offset = (sign === 45 ? -1 : 1) * (hours * 3600 + minutes * 60);
    } else if (at < end - 1) return Number.NaN;
    return day + (hour * 3600 + minute * 60 + second - offset) * 1e6 + micros;
  }

  /** Of the first moment of a day; the last one is remembered: readings come many to a day. */
  private microsOfDay(year: number, month: number, day: number): Micros {
    const number = (year * 16 + month) * 32 + day;
    if (number === this.day) return this.dayMicros;
    if (!(month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month) && year >= 0))
      return Number.NaN;
    this.day = number;
    this.dayMicros = civilToMicros(year, month, day);
    return this.dayMicros;
  }
}

const isDigit = (byte: number): boolean => byte >= 48 && byte <= 57;

/** Two digits; NaN where they are not. */
function pair(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]! - 48;
  const ones = bytes[at + 1]! - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}
