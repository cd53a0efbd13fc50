import {
  civilToMicros,
  daysFromCivil,
  daysInMonth,
  inRange,
  type Micros,
  offsetSeconds,
  parseIso,
} from "../../core/timestamps";
import type { DateOrder } from "../contract";
import { EXTRACTION_LIMITS } from "../limits";

/** What a cell says when read as a time. `format` is its strptime notation, for people. */
export interface CalendarReading {
  micros: Micros;
  format: string;
  precision: "year" | "quarter" | "month" | "week" | "day" | "time";
  /** The cell names its own zone. */
  zoned: boolean;
  /** The date is written as three numbers of which the order decides. */
  numericOrder: boolean;
}

interface DatePart {
  year: number;
  month: number;
  day: number;
  format: string;
  precision: CalendarReading["precision"];
  numericOrder?: boolean;
}

export interface TimeOfDay {
  secondsOfDay: number;
  micros: number;
  format: string;
  /** Seconds east of UTC where the cell names a zone. */
  offset: number | null;
}

// English, then the common words of German, French, Spanish, Italian, Dutch and Portuguese, but for those that are
// everyday English (set, out, mag, gen): "Set 12" is no September.
const MONTHS: readonly string[] = [
  "jan january januar jänner januari janvier janv enero ene gennaio janeiro",
  "feb february februar februari février fevrier févr fevr febrero febbraio fevereiro fev",
  "mar march märz mär maerz mrz maart mrt mars marzo março marco",
  "apr april avril avr abril abr aprile",
  "may mai mei mayo maggio maio",
  "jun june juni juin junio giugno giu junho",
  "jul july juli juillet juil julio luglio lug julho",
  "aug august augustus août aout agosto ago",
  "sep sept september septembre septiembre settembre setembro",
  "oct october oktober okt octobre octubre ottobre outubro",
  "nov november novembre noviembre novembro",
  "dec december dezember dez décembre decembre déc diciembre dic dicembre dezembro",
];
const MONTH_OF = new Map(
  MONTHS.flatMap((words, i) => words.split(" ").map((word): [string, number] => [word, i + 1])),
);

// Only names that mean one offset nearly everywhere; IST, for one, means three.
const ZONE_HOURS: Record<string, number> = {
  utc: 0,
  gmt: 0,
  z: 0,
  wet: 0,
  cet: 1,
  cest: 2,
  eet: 2,
  eest: 3,
  est: -5,
  edt: -4,
  cdt: -5,
  mst: -7,
  mdt: -6,
  pst: -8,
  pdt: -7,
};

const WEEKDAY =
  /^(?:mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\.?,?\s+/i;
const CLOCK =
  /(?:^|[T\s,:_-])(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,:](\d{1,9}))?)?\s?([ap]\.?m\.?)?(?:\s?(Z|[+-]\d{2}:?\d{2}|[+-]\d{2}|(?:UTC|GMT)[+-]\d{1,2}(?::?\d{2})?|[A-Za-z]{3,4}))?(?=$|\s\d{4}$)/i;
const HOUR_ONLY = /(?:^|[T\s,])(\d{1,2})\s?([ap]\.?m\.?)$/i;

/** A time of day such as `9:05`, `21:05:33.250`, `9:05 PM` or `17:00 +01:00`; null for anything else. */
export function readTimeOfDay(text: string): TimeOfDay | null {
  const trimmed = text.trim();
  if (trimmed.length > EXTRACTION_LIMITS.parsedCellChars) return null;
  const match = CLOCK.exec(trimmed) ?? null;
  if (match && match.index === 0 && match[0].length === trimmed.length) return timeOf(match);
  const hour = HOUR_ONLY.exec(trimmed);
  if (hour && hour.index === 0) return hourOf(hour);
  // 18.00.00, as Italian instruments write it.
  const dotted = /^(\d{1,2})\.(\d{2})\.(\d{2})$/.exec(trimmed);
  const [h, m, s] = dotted ? dotted.slice(1).map(Number) : [];
  if (h === undefined || h > 23 || m! > 59 || s! > 59) return null;
  return { secondsOfDay: h * 3600 + m! * 60 + s!, micros: 0, format: "%H.%M.%S", offset: null };
}

function timeOf(match: RegExpExecArray): TimeOfDay | null {
  const [, hour, minute, second, fraction = "", meridiem, zone] = match;
  const h = clockHour(Number(hour), meridiem);
  if (h === null || Number(minute) > 59 || Number(second ?? 0) > 60) return null;
  if (h === 24 && Number(minute) + Number(second ?? 0) > 0) return null;
  const offset = zone === undefined ? null : zoneSeconds(zone);
  if (zone !== undefined && offset === null) return null;
  const format = [
    meridiem ? "%I:%M" : "%H:%M",
    second === undefined ? "" : ":%S",
    fraction ? ".%f" : "",
    meridiem ? " %p" : "",
    zone === undefined ? "" : /^[A-Za-z]+$/.test(zone) && zone !== "Z" ? " %Z" : "%z",
  ].join("");
  return {
    secondsOfDay: h * 3600 + Number(minute) * 60 + Math.min(59, Number(second ?? 0)),
    micros: Number(fraction.padEnd(6, "0").slice(0, 6)),
    format,
    offset,
  };
}

function hourOf(match: RegExpExecArray): TimeOfDay | null {
  const hour = clockHour(Number(match[1]), match[2]);
  return hour === null ? null : { secondsOfDay: hour * 3600, micros: 0, format: "%I %p", offset: null };
}

function clockHour(hour: number, meridiem: string | undefined): number | null {
  if (meridiem === undefined) return hour <= 24 ? hour : null;
  if (hour < 1 || hour > 12) return null;
  return (hour % 12) + (meridiem[0]!.toLowerCase() === "p" ? 12 : 0);
}

function zoneSeconds(zone: string): number | null {
  const named = ZONE_HOURS[zone.toLowerCase()];
  if (named !== undefined) return named * 3600;
  const relative = /^(?:UTC|GMT)([+-])(\d{1,2})(?::?(\d{2}))?$/i.exec(zone);
  if (relative) return offsetSeconds(`${relative[1]}${relative[2]!.padStart(2, "0")}${relative[3] ?? "00"}`);
  return /^[+-]/.test(zone) ? offsetSeconds(zone) : null;
}

/** The month that a word or a number from 1 to 12 names, or null. */
export function monthNumber(text: string): number | null {
  const named = monthOf(text.trim());
  const value = named ?? (/^\d{1,2}(?:\.0)?$/.test(text.trim()) ? Number(text) : 0);
  return value >= 1 && value <= 12 ? value : null;
}

const monthOf = (word: string): number | undefined => MONTH_OF.get(word.toLowerCase().replace(/\.$/, ""));

/** A year of two digits as POSIX strptime reads it: 69 to 99 are 19xx, 00 to 68 are 20xx. */
const fullYear = (text: string): number => {
  const year = Number(text);
  return text.length > 2 ? year : year + (year >= 69 ? 1900 : 2000);
};

type DateReader = (text: string, order: DateOrder) => DatePart | null;

const threeNumbers: DateReader = (text, order) => {
  const match = /^(\d{1,4})([-/. ])\s?(\d{1,2})\2\s?(\d{1,4})\.?$/.exec(text);
  if (!match) return null;
  const [, first, mark, second, third] = match as unknown as [string, string, string, string, string];
  const sep = mark === " " ? " " : mark;
  if (first.length === 4 && third.length <= 2)
    return part(Number(first), Number(second), Number(third), `%Y${sep}%m${sep}%d`);
  if (first.length > 2 || third.length === 3 || third.length === 1) return null;
  const y = third.length === 4 ? "%Y" : "%y";
  if (order === "ymd" && third.length === 2)
    return {
      ...part(fullYear(first), Number(second), Number(third), `%y${sep}%m${sep}%d`),
      numericOrder: true,
    };
  if (order === "ymd") return null;
  const [day, month] = order === "dmy" ? [first, second] : [second, first];
  const format = order === "dmy" ? `%d${sep}%m${sep}${y}` : `%m${sep}%d${sep}${y}`;
  return { ...part(fullYear(third), Number(month), Number(day), format), numericOrder: true };
};

const part = (year: number, month: number, day: number, format: string): DatePart => ({
  year,
  month,
  day,
  format,
  precision: "day",
});

const dayMonthName: DateReader = (text) => {
  const match =
    /^(\d{1,2})(?:st|nd|rd|th)?\.?[-/\s.]{0,2}(?:of\s)?([\p{L}]{3,10})\.?,?[-/\s.]{0,2}(\d{4}|'?\d{2})$/iu.exec(
      text,
    );
  const month = match && monthOf(match[2]!);
  if (!match || !month) return null;
  const year = match[3]!.replace("'", "");
  const sep = /[-/]/.exec(text)?.[0] ?? " ";
  return part(fullYear(year), month, Number(match[1]), `%d${sep}%b${sep}${year.length === 4 ? "%Y" : "%y"}`);
};

const monthNameDay: DateReader = (text) => {
  const match =
    /^([\p{L}]{3,10})\.?[-/\s]{0,2}(\d{1,2})(?:st|nd|rd|th)?(?:,\s?|[-/\s]{1,2})(\d{4}|'\d{2}|\d{2})$/iu.exec(
      text,
    );
  const month = match && monthOf(match[1]!);
  if (!match || !month) return null;
  return part(
    fullYear(match[3]!.replace("'", "")),
    month,
    Number(match[2]),
    text.includes(",") ? "%b %d, %Y" : "%b %d %Y",
  );
};

const yearMonthName: DateReader = (text) => {
  const match = /^(\d{4})[-/\s.,]{0,2}([\p{L}]{3,10})\.?(?:[-/\s.]{1,2}(\d{1,2}))?$/iu.exec(text);
  const month = match && monthOf(match[2]!);
  if (!match || !month) return null;
  if (match[3] !== undefined) return part(Number(match[1]), month, Number(match[3]), "%Y %b %d");
  return { ...part(Number(match[1]), month, 1, "%Y %b"), precision: "month" };
};

const monthNameYear: DateReader = (text) => {
  const match = /^([\p{L}]{3,10})\.?,?[-/\s]{0,2}(\d{4}|'?\d{2})$/iu.exec(text);
  const month = match && monthOf(match[1]!);
  if (!match || !month) return null;
  const year = match[2]!.replace("'", "");
  const sep = /[-/]/.exec(text)?.[0] ?? " ";
  return {
    ...part(fullYear(year), month, 1, `%b${sep}${year.length === 4 ? "%Y" : "%y"}`),
    precision: "month",
  };
};

// "16-Jan" is January 2016 in lists of months: only where nothing else fits, see timestamps.ts.
const yearMonth: DateReader = (text) => {
  const match = /^(\d{4})(?:[-/.]|M|-M)(\d{1,2})$/.exec(text) ?? /^(\d{4})(0[1-9]|1[0-2])$/.exec(text);
  if (match) {
    const format = text.replace(/\d{4}/, "%Y").replace(/\d{1,2}$/, "%m");
    return { ...part(Number(match[1]), Number(match[2]), 1, format), precision: "month" };
  }
  const reversed = /^(\d{1,2})[-/.](\d{4})$/.exec(text);
  return reversed
    ? { ...part(Number(reversed[2]), Number(reversed[1]), 1, "%m/%Y"), precision: "month" }
    : null;
};

const compactDay: DateReader = (text) => {
  const match = /^(\d{4})(\d{2})(\d{2})$/.exec(text);
  return match ? part(Number(match[1]), Number(match[2]), Number(match[3]), "%Y%m%d") : null;
};

const quarter: DateReader = (text) => {
  const match = /^(\d{4})[-/\s:]{0,2}Q([1-4])$/i.exec(text);
  const [year, index] = match
    ? [match[1], match[2]]
    : (/^Q([1-4])[-/\s:]{0,2}(\d{4})$/i.exec(text)?.slice(1).reverse() ?? []);
  if (year === undefined) return null;
  return { ...part(Number(year), Number(index) * 3 - 2, 1, "%Y-Q%q"), precision: "quarter" };
};

const isoWeek: DateReader = (text) => {
  const match = /^(\d{4})-?W(\d{2})(?:-?([1-7]))?$/i.exec(text);
  if (!match || Number(match[2]) < 1 || Number(match[2]) > 53) return null;
  // ISO 8601: week 1 holds 4 January; weeks start on Monday.
  const fourth = daysFromCivil(Number(match[1]), 1, 4);
  const monday = fourth - ((fourth + 3) % 7) + (Number(match[2]) - 1) * 7 + Number(match[3] ?? 1) - 1;
  const date = new Date(monday * 86_400_000);
  return {
    ...part(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate(), "%G-W%V"),
    precision: "week",
  };
};

const yearAlone: DateReader = (text) =>
  /^\d{4}$/.test(text) ? { ...part(Number(text), 1, 1, "%Y"), precision: "year" } : null;

const READERS: readonly DateReader[] = [
  threeNumbers,
  dayMonthName,
  monthNameDay,
  yearMonthName,
  monthNameYear,
  compactDay,
  yearMonth,
  quarter,
  isoWeek,
  yearAlone,
];

function readDate(text: string, order: DateOrder): DatePart | null {
  for (const reader of READERS) {
    const date = reader(text, order);
    if (date) {
      const { year, month, day } = date;
      return month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month) ? date : null;
    }
  }
  return null;
}

const COMPACT = /^(\d{4}\d{2}\d{2})[T_\s-]?(\d{2})(\d{2})(\d{2})?(Z)?$/;

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
  let weekday = "";
  text = text.replace(WEEKDAY, () => {
    weekday = "%a ";
    return "";
  });
  const compact = COMPACT.exec(text);
  if (compact) return compactReading(compact, order, zoneOffsetSeconds);
  const { rest, time, gap } = splitClock(text);
  if (rest === "") return null;
  const date = readDate(rest, order);
  if (!date) return null;
  if (time && date.precision !== "day") return null;
  const format = weekday + (time ? `${date.format}${gap}${time.format}` : date.format);
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
  const [h, m, s] = [Number(match[2]), Number(match[3]), Number(match[4] ?? 0)];
  if (!date || h > 23 || m > 59 || s > 60) return null;
  const zoned = match[5] !== undefined;
  const micros = civilToMicros(
    date.year,
    date.month,
    date.day,
    h * 3600 + m * 60 + Math.min(59, s) - (zoned ? 0 : zone),
  );
  if (!inRange(micros)) return null;
  return {
    micros,
    format: `%Y%m%d%H%M${match[4] ? "%S" : ""}`,
    precision: "time",
    zoned,
    numericOrder: false,
  };
}

function splitClock(text: string): { rest: string; time: TimeOfDay | null; gap: string } {
  const match = CLOCK.exec(text);
  const time = match ? timeOf(match) : null;
  if (match && time) {
    const before = text.slice(0, match.index).replace(/[\s,]+$/, "");
    const after = text.slice(match.index + match[0].length).trim();
    const lead = text[match.index] ?? " ";
    const rest = after === "" ? before : `${before} ${after}`;
    return { rest, time, gap: /[\dA-Za-z]/.test(lead) && lead !== "T" ? " " : lead };
  }
  const hour = HOUR_ONLY.exec(text);
  const alone = hour ? hourOf(hour) : null;
  if (hour && alone) return { rest: text.slice(0, hour.index).replace(/[\s,]+$/, ""), time: alone, gap: " " };
  return { rest: text, time: null, gap: "" };
}
