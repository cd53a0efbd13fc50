import { civilToMicros, inRange, type Micros, parseIso } from "../../core/timestamps";
import type { DateOrder } from "../contract";
import { EXTRACTION_LIMITS } from "../limits";
import { isZoneName, splitClock } from "./clock";
import { type DatePrecision, readDate } from "./dates";
import { monthOf } from "./months";

export { readTimeOfDay, type TimeOfDay } from "./clock";
export { monthNumber } from "./months";

/** What a cell says when read as a time. `format` is its strptime notation, for people. */
export interface CalendarReading {
  micros: Micros;
  format: string;
  precision: DatePrecision | "time";
  /** The cell names its own zone. */
  zoned: boolean;
  /** The date is written as three numbers of which the order decides. */
  numericOrder: boolean;
}

const WEEKDAYS = (
  "mon tue tues wed thu thur thurs fri sat sun monday tuesday wednesday thursday friday saturday sunday montag " +
  "dienstag mittwoch donnerstag freitag samstag sonntag mo di mi do fr sa so lundi mardi mercredi jeudi " +
  "vendredi samedi dimanche lunes martes miércoles jueves viernes sábado domingo"
).split(" ");
const WEEKDAY = WEEKDAYS.join("|");
const LEADING_WEEKDAY = new RegExp(`^(?:${WEEKDAY})\\.?,?\\s+`, "i");
// "2026-06-19 Friday 17:05", "19/06/2026 (Fri)"
const LATER_WEEKDAY = new RegExp(
  `(?<=\\d),?\\s?(?:\\s(?:${WEEKDAY})\\.?|\\((?:${WEEKDAY})\\.?\\)),?(?=\\s|$)`,
  "i",
);
const WORDS_OF_TIMES: ReadonlySet<string> = new Set([...WEEKDAYS, "del"]);

/** Whether a word of three letters or more may stand in a time, set apart by blanks: no time is where another one does. */
export const isWordOfTimes = (word: string): boolean =>
  monthOf(word) !== undefined || isZoneName(word) || WORDS_OF_TIMES.has(word.toLowerCase());

// 20240301T1200, 2024030112, and 20240301120000.000[-5:EST] as banks write it (OFX 1.6, section 3.2.8.2).
const COMPACT =
  /^(\d{8})(?:[T_\s-]?(\d{2})(\d{2})(\d{2})?|T?(\d{2}))(?:\.\d{1,6})?(Z|\[[+-]?\d{1,2}(?:\.\d{2})?(?::[A-Za-z]{1,5})?\])?$/;

/**
 * The time that a cell writes as a date, with or without a time of day, or null. Three bare numbers are taken in
 * `order`; a time without a zone of its own is read `zoneOffsetSeconds` east of UTC. A year alone is 1 January.
 * Never `Date.parse`: engines disagree on everything but ISO, and guess.
 */
export function readCalendar(raw: string, order: DateOrder, zoneOffsetSeconds = 0): CalendarReading | null {
  if (raw.length > EXTRACTION_LIMITS.parsedCellChars) return null;
  let text = raw.trim();
  if (text.startsWith("[") && text.endsWith("]")) text = text.slice(1, -1);
  if (text.length < 4 || !/\d/.test(text)) return null;
  const iso = isoReading(text, zoneOffsetSeconds);
  if (iso) return iso;
  const weekday = LEADING_WEEKDAY.test(text) ? "%a " : "";
  const inside = weekday === "" && LATER_WEEKDAY.test(text) ? " %a" : "";
  text = text.replace(weekday ? LEADING_WEEKDAY : LATER_WEEKDAY, "");
  const compact = COMPACT.exec(text);
  if (compact) return compactReading(compact, order, zoneOffsetSeconds);
  const { rest, time, gap } = splitClock(text);
  if (rest === "") return null;
  const date = readDate(rest, order);
  if (!date) return null;
  if (time && date.precision !== "day") return null;
  const format = `${weekday}${date.format}${inside}${time ? gap + time.format : ""}`;
  const offset = time?.offset ?? zoneOffsetSeconds;
  const micros = civilToMicros(
    date.year,
    date.month,
    date.day,
    (time?.secondsOfDay ?? 0) - offset,
    time?.micros ?? 0,
  );
  if (!inRange(micros)) return null;
  return {
    micros,
    format,
    precision: time ? "time" : date.precision,
    zoned: time?.offset != null,
    numericOrder: date.numericOrder === true,
  };
}

const ISO_ZONE = /(?:[Zz]|[+-]\d{2}(?::?\d{2})?)$/;

function isoReading(text: string, zoneOffsetSeconds: number): CalendarReading | null {
  const micros = parseIso(text);
  if (micros === null) return null;
  const timed = text.length > 10;
  const zoned = timed && ISO_ZONE.test(text.slice(11));
  const shifted = zoned ? micros : micros - zoneOffsetSeconds * 1e6;
  if (!inRange(shifted)) return null;
  const clock = text.slice(11).replace(ISO_ZONE, "");
  const time = /^\d{2}:\d{2}$/.test(clock) ? "%H:%M" : /[.,]/.test(clock) ? "%H:%M:%S.%f" : "%H:%M:%S";
  const format = timed ? `%Y-%m-%d${text[10]}${time}${zoned ? "%z" : ""}` : "%Y-%m-%d";
  return { micros: shifted, format, precision: timed ? "time" : "day", zoned, numericOrder: false };
}

function compactReading(match: RegExpExecArray, order: DateOrder, zone: number): CalendarReading | null {
  const date = readDate(match[1]!, order);
  const [h, m, s] = [Number(match[2] ?? match[5]), Number(match[3] ?? 0), Number(match[4] ?? 0)];
  if (!date || h > 23 || m > 59 || s > 60) return null;
  // Ten digits are as well seconds since 1970, of this decade those of no year since.
  if (match[5] !== undefined && (date.year < 1900 || date.year > 2100)) return null;
  const offset = match[6] === undefined ? zone : bracketedOffset(match[6]);
  const micros = civilToMicros(date.year, date.month, date.day, h * 3600 + m * 60 + Math.min(59, s) - offset);
  if (!inRange(micros)) return null;
  return {
    micros,
    format: `%Y%m%d%H${match[3] ? "%M" : ""}${match[4] ? "%S" : ""}`,
    precision: "time",
    zoned: match[6] !== undefined,
    numericOrder: false,
  };
}

/** Seconds east of UTC by "Z", "[-5:EST]" or "[5.30]": hours and minutes. */
function bracketedOffset(zone: string): number {
  const [, sign, hours = "0", minutes = "0"] = /([+-]?)(\d{1,2})(?:\.(\d{2}))?/.exec(zone) ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60);
}
