import { civilToMicros, daysInMonth, epochToMicros, inRange, type Micros } from "../../../core/timestamps";
import { NumberReader } from "../number";
import type { TimeForm } from "./spec";

const [SPACE, PLUS, MINUS, DOT, SLASH, COLON, T, Z] = [32, 43, 45, 46, 47, 58, 84, 90];
/** Longer numbers are no epoch that a double holds. */
const EPOCH_CHARS = 17;

/**
 * Reads times from their bytes, as long as they are written in the usual way of their form; what it reads is what
 * parseTimestamp, or the reading of a calendar in the form's order, says. All else it leaves.
 */
export class TimeCells {
  private readonly numbers = new NumberReader();
  private readonly isStrict: boolean;
  private readonly order: "ymd" | "dmy" | "mdy";
  private readonly zoneMicros: number;
  private readonly unit: "s" | "ms" | "us" | "ns" | undefined;
  private day = -1;
  private dayMicros = 0;

  /** Where the time ended that was read. */
  end = 0;

  constructor(private readonly form: TimeForm) {
    this.isStrict = form.kind !== "calendar";
    this.order = form.kind === "calendar" ? form.order : "ymd";
    this.zoneMicros = form.kind === "calendar" ? form.zoneSeconds * 1e6 : 0;
    this.unit = form.kind === "epoch" ? form.unit : undefined;
  }

  /**
   * The time that begins at `at` of the bytes, a line end being among those behind it; NaN where it is not for here. It is
   * for the caller to see that the cell ends at `end`.
   */
  read(bytes: Uint8Array, at: number): Micros {
    const { kind } = this.form;
    if (kind === "other") return Number.NaN;
    if (kind === "epoch" || (kind === "timestamp" && bytes[at + 4] !== MINUS)) return this.epoch(bytes, at);
    const day = this.date(bytes, at);
    const mark = bytes[this.end]!;
    const time = mark === SPACE || mark === T ? this.clock(bytes, this.end + 1, day) : day - this.zoneMicros;
    return inRange(time) ? time : Number.NaN;
  }

  /** The same of a date and a clock in a column each, which must end at the ends given. */
  readParts(bytes: Uint8Array, date: number, dateEnd: number, clock: number, clockEnd: number): Micros {
    if (this.form.kind !== "calendar") return Number.NaN;
    const day = this.date(bytes, date);
    if (this.end !== dateEnd) return Number.NaN;
    const time = this.clock(bytes, clock, day);
    // The date is judged by itself before the clock is added.
    return this.end === clockEnd && inRange(day - this.zoneMicros) && inRange(time) ? time : Number.NaN;
  }

  private epoch(bytes: Uint8Array, at: number): Micros {
    const value = this.numbers.read(bytes, at);
    const { end, hasExponent } = this.numbers;
    this.end = end;
    // Four digits are a year where the unit is open.
    if (hasExponent || end - at > EPOCH_CHARS || (this.unit === undefined && end - at === 4))
      return Number.NaN;
    const time = epochToMicros(value, this.unit);
    return inRange(time) ? time : Number.NaN;
  }

  /** The first moment of a day, in UTC. */
  private date(bytes: Uint8Array, start: number): Micros {
    let at = start;
    let first = 0;
    for (let digit = bytes[at]! ^ 48; digit < 10; digit = bytes[++at]! ^ 48) first = first * 10 + digit;
    const firstDigits = at - start;
    const mark = bytes[at];
    if (mark !== MINUS && mark !== SLASH && mark !== DOT) return Number.NaN;
    let from = ++at;
    let second = 0;
    for (let digit = bytes[at]! ^ 48; digit < 10; digit = bytes[++at]! ^ 48) second = second * 10 + digit;
    const secondDigits = at - from;
    if (secondDigits === 0 || secondDigits > 2 || bytes[at] !== mark) return Number.NaN;
    from = ++at;
    let third = 0;
    for (let digit = bytes[at]! ^ 48; digit < 10; digit = bytes[++at]! ^ 48) third = third * 10 + digit;
    const thirdDigits = at - from;
    this.end = at;
    if (firstDigits === 4) {
      if (thirdDigits === 0 || thirdDigits > 2) return Number.NaN;
      if (this.isStrict && (secondDigits < 2 || thirdDigits < 2 || mark !== MINUS)) return Number.NaN;
      return this.microsOfDay(first, second, third);
    }
    if (this.isStrict || firstDigits === 0 || firstDigits > 2) return Number.NaN;
    if (this.order === "ymd")
      return thirdDigits === 2 && firstDigits === 2
        ? this.microsOfDay(fullYear(first), second, third)
        : Number.NaN;
    if (thirdDigits !== 4 && thirdDigits !== 2) return Number.NaN;
    const year = thirdDigits === 4 ? third : fullYear(third);
    return this.order === "dmy"
      ? this.microsOfDay(year, second, first)
      : this.microsOfDay(year, first, second);
  }

  /** `day` and the clock at `start`, with its zone where it names one. */
  private clock(bytes: Uint8Array, start: number, day: Micros): Micros {
    let at = start;
    let hour = bytes[at++]! ^ 48;
    const ones = bytes[at]! ^ 48;
    if (ones < 10) {
      hour = hour * 10 + ones;
      at++;
    }
    const isShort = at - start === 1;
    // Midnight as 24:00 and leap seconds are for others.
    if ((isShort && (hour > 9 || this.isStrict)) || hour > 23 || bytes[at] !== COLON) return Number.NaN;
    const minute = pair(bytes, at + 1);
    at += 3;
    let seconds = 0;
    let micros = 0;
    if (bytes[at] === COLON) {
      seconds = pair(bytes, at + 1);
      at += 3;
      if (bytes[at] === DOT) {
        const dot = ++at;
        let scale = 100_000;
        for (let digit = bytes[at]! ^ 48; digit < 10; digit = bytes[++at]! ^ 48) {
          micros += digit * scale;
          scale = scale > 1 ? scale / 10 : 0;
        }
        if (at === dot || at - dot > 9) return Number.NaN;
      }
    }
    if (!(minute < 60 && seconds < 60)) return Number.NaN;
    let zone = this.zoneMicros;
    const mark = bytes[at];
    if (mark === Z) {
      zone = 0;
      at++;
    } else if (mark === PLUS || mark === MINUS) {
      const hours = pair(bytes, at + 1);
      if (bytes[at + 3] !== COLON) return Number.NaN;
      const minutes = pair(bytes, at + 4);
      if (!(hours < 15 && minutes < 60)) return Number.NaN;
      zone = (mark === MINUS ? -1 : 1) * (hours * 3600 + minutes * 60) * 1e6;
      at += 6;
    }
    this.end = at;
    return day + (hour * 3600 + minute * 60 + seconds) * 1e6 + micros - zone;
  }

  /** The last day is remembered: readings come many to a day. */
  private microsOfDay(year: number, month: number, day: number): Micros {
    const number = (year * 128 + month) * 128 + day;
    if (number === this.day) return this.dayMicros;
    if (!(month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month))) return Number.NaN;
    this.day = number;
    this.dayMicros = civilToMicros(year, month, day);
    return this.dayMicros;
  }
}

/** A year of two digits lies between 1940 and 2039: data reach back to the computers before POSIX drew its line at 69. */
const fullYear = (year: number): number => year + (year >= 40 ? 1900 : 2000);

/** Two digits; NaN where they are not. */
function pair(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]! ^ 48;
  const ones = bytes[at + 1]! ^ 48;
  return tens < 10 && ones < 10 ? tens * 10 + ones : Number.NaN;
}
