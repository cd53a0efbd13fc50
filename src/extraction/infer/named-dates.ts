import { civilToMicros, daysInMonth, type Micros } from "../../core/timestamps";
import { monthOf } from "./months";

/** A time that a name or a description speaks of: from its beginning up to its end, a year, a month or a day. */
export interface NamedDate {
  from: Micros;
  /** Exclusive. */
  to: Micros;
}

const READ_CHARS = 4_000;
const DIGITS = /(?<!\d)(19[7-9]\d|20\d\d)(?:([-_.]?)(0[1-9]|1[0-2])(?:\2(0[1-9]|[12]\d|3[01]))?)?(?!\d)/g;
// "2000 lines" and "1998 MB" are no years.
const COUNTED =
  /^\s?(?:%|(?:rows|lines|records|entries|events|messages|points|samples|values|items|users|requests|files|hosts|[kmg]i?b|[mµn]?s|[km]?hz)(?!\p{L}))/iu;
const WORDS = /(?<!\p{L})(\p{L}{3,10})\.?[-_ ](?:\d{1,2}(?:st|nd|rd|th)?,?[-_ ])?$/u;

/** The dates with a year in texts such as `syslog-2023-10.log` or "door log of October 2023". */
export function namedDates(texts: readonly string[]): NamedDate[] {
  return texts.flatMap((text) => {
    const read = text.slice(0, READ_CHARS);
    return [...read.matchAll(DIGITS)].flatMap((match) => {
      const behind = match.index + match[0].length;
      if (match[3] === undefined && COUNTED.test(read.slice(behind, behind + 16))) return [];
      const year = Number(match[1]);
      const word = WORDS.exec(read.slice(Math.max(0, match.index - 24), match.index));
      const month = match[3] === undefined ? (word && monthOf(word[1]!)) || null : Number(match[3]);
      return spanOf(year, month, match[4] === undefined ? null : Number(match[4]));
    });
  });
}

function spanOf(year: number, month: number | null, day: number | null): NamedDate {
  if (month === null) return { from: civilToMicros(year, 1, 1), to: civilToMicros(year + 1, 1, 1) };
  const from = civilToMicros(year, month, day ?? 1);
  const days = day === null ? daysInMonth(year, month) : 1;
  return { from, to: from + days * 86_400e6 };
}
