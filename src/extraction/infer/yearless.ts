import { civilToMicros, daysInMonth, inRange, type Micros } from "../../core/timestamps";
import type { DateOrder } from "../contract";
import { EXTRACTION_LIMITS } from "../limits";
import { splitClock } from "./clock";
import { monthOf } from "./months";

/** A time that a cell writes without its year. */
export interface YearlessTime {
  month: number;
  day: number;
  /** Since midnight. */
  seconds: number;
  micros: number;
  /** Seconds east of UTC where the cell names a zone. */
  offset: number | null;
  /** It has a time of day. */
  timed: boolean;
  /** In strptime notation, for people. */
  format: string;
  /** The date is two numbers, of which the order decides. */
  numericOrder: boolean;
}

const WEEKDAY =
  /^(?:mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun)(?:day|sday|nesday|rsday|urday)?\.?,?\s{1,3}/i;
const NAME_DAY = /^(\p{L}{3,10})\.?([-/\s]{1,2})(\d{1,2})(?:st|nd|rd|th)?$/iu;
const DAY_NAME = /^(\d{1,2})(?:st|nd|rd|th)?\.?([-/\s]{1,2})(?:of\s)?(\p{L}{3,10})\.?$/iu;
const TWO_NUMBERS = /^(\d{1,2})([-/.])\s?(\d{1,2})\.?$/;

/**
 * The time in a cell such as `Oct 18 01:00:00`, `18 Oct`, `10-18 01:00:00.123` or `[10.18 01:00:00]`; null for anything
 * else. Two numbers are a date only with a time of day behind them, and read day first where `order` is `dmy`, else month
 * first.
 */
export function readYearless(raw: string, order: DateOrder): YearlessTime | null {
  if (raw.length > EXTRACTION_LIMITS.parsedCellChars) return null;
  let text = raw.trim();
  if (text.startsWith("[") && text.endsWith("]")) text = text.slice(1, -1).trim();
  if (text.length < 5 || !/\d/.test(text)) return null;
  let weekday = "";
  text = text.replace(WEEKDAY, () => {
    weekday = "%a ";
    return "";
  });
  const { rest, time, gap } = splitClock(text);
  const date = dateIn(rest, order, time !== null);
  // 2000 is a leap year: whether a row's own year has the day shows when it is known.
  if (!date || date.month < 1 || date.month > 12 || date.day < 1 || date.day > daysInMonth(2_000, date.month))
    return null;
  return {
    ...date,
    seconds: time?.secondsOfDay ?? 0,
    micros: time?.micros ?? 0,
    offset: time?.offset ?? null,
    timed: time !== null,
    format: weekday + (time ? `${date.format}${gap}${time.format}` : date.format),
  };
}

type DateFound = Pick<YearlessTime, "month" | "day" | "format" | "numericOrder">;

function dateIn(text: string, order: DateOrder, timed: boolean): DateFound | null {
  const nameFirst = NAME_DAY.exec(text);
  if (nameFirst) return named(nameFirst[1]!, nameFirst[3]!, `%b${mark(nameFirst[2]!)}%d`);
  const dayFirst = DAY_NAME.exec(text);
  if (dayFirst) return named(dayFirst[3]!, dayFirst[1]!, `%d${mark(dayFirst[2]!)}%b`);
  const numbers = timed ? TWO_NUMBERS.exec(text) : null;
  if (!numbers) return null;
  const [first, second] = [Number(numbers[1]), Number(numbers[3])];
  const [month, day] = order === "dmy" ? [second, first] : [first, second];
  const format = order === "dmy" ? `%d${numbers[2]}%m` : `%m${numbers[2]}%d`;
  return { month, day, format, numericOrder: true };
}

const mark = (text: string): string => text.trim() || " ";

function named(name: string, day: string, format: string): DateFound | null {
  const month = monthOf(name);
  return month ? { month, day: Number(day), format, numericOrder: false } : null;
}

/** The instant in a year; null where the year has no such day. Without a zone of its own it is read `zone` seconds east of UTC. */
export function inYear(time: YearlessTime, year: number, zone = 0): Micros | null {
  const { month, day, seconds, micros, offset } = time;
  if (day > daysInMonth(year, month)) return null;
  const instant = civilToMicros(year, month, day, seconds - (offset ?? zone), micros);
  return inRange(instant) ? instant : null;
}
