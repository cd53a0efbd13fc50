/** A time that stands in a line. */
export interface TimeFound {
  /** ISO 8601 where the year is known, `Mon D HH:MM:SS` where the month is, else as it is written. */
  text: string;
  end: number;
  form: TimeForm;
}

/** The ways in which lines of logs begin with their time. */
export const TIME_FORMS = [
  "year_first",
  "compact",
  "six_digits",
  "day_name_month",
  "week_day",
  "month_day_year",
  "three_numbers",
  "month_day",
  "day_month",
  "numeric_month_day",
  "epoch",
  "date",
  "clock",
] as const;
export type TimeForm = (typeof TIME_FORMS)[number];

/** Forms without a year: the reader of the table has to find it. */
export const YEARLESS: ReadonlySet<TimeForm> = new Set(["month_day", "day_month", "numeric_month_day"]);

/** How well a form says when something was: an instant before a clock without a zone, a part of a time last. */
export const FORM_RANK: Record<TimeForm, number> = {
  epoch: 4,
  year_first: 3,
  compact: 3,
  six_digits: 3,
  day_name_month: 3,
  week_day: 3,
  month_day_year: 3,
  three_numbers: 3,
  month_day: 2,
  day_month: 2,
  numeric_month_day: 2,
  date: 1,
  clock: 0,
};

/** Names of months as heads of lines write them. */
export const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const MON = "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}";
const DAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6}";
const CLOCK = "(\\d{1,2}):(\\d{1,2}):(\\d{1,2})(?:([.,:])(\\d{1,9}))?";
const ZONE =
  "(?:\\s?((?:Z|[+-]\\d{2}:?\\d{2})(?![A-Za-z\\d:])|(?:UTC|GMT|CES?T|EES?T|E[SD]T|CDT|M[SD]T|P[SD]T)(?![A-Za-z\\d])))?";
const HALF = "(?: ?([AaPp]\\.?[Mm]\\.?)(?![A-Za-z\\d]))?";
// Nothing that makes the number before it longer may follow.
const END = "(?![\\dA-Za-z])";

// Sticky: each is tried at one place of a line. No two quantifiers in a row can take the same characters.
const PATTERNS: Record<TimeForm, RegExp> = {
  year_first: new RegExp(
    `(\\d{4})([-/.])(\\d{1,2})\\2(\\d{1,2})(?:[T_:-]|,? {1,3})(?:${CLOCK}|(\\d{2})\\.(\\d{2})\\.(\\d{2})(?:\\.(\\d{1,9}))?|(\\d{1,2}):(\\d{2}))${HALF}${ZONE}${END}`,
    "y",
  ),
  compact: new RegExp(
    `(\\d{4})(\\d{2})(\\d{2})(?:[-T_ ]${CLOCK}|[-T_ ]?(\\d{2})(\\d{2})(\\d{2})(?:[.,](\\d{1,9}))?)${ZONE}${END}`,
    "y",
  ),
  six_digits: /(\d{2})(\d{2})(\d{2}) (\d{2})(\d{2})(\d{2})(?=\s)/y,
  day_name_month: new RegExp(
    `(?:${DAY},? )?(\\d{1,2})[-/ ]${MON}[-/ ](\\d{4})[: ]${CLOCK}${ZONE}${END}`,
    "y",
  ),
  week_day: new RegExp(
    `${DAY},? ${MON} {1,2}(\\d{1,2}) ${CLOCK}(?: ([A-Z]{3,4}))? (\\d{4})(?: ([+-]\\d{4}))?${END}`,
    "y",
  ),
  month_day_year: new RegExp(`${MON} {1,2}(\\d{1,2}),? (\\d{4}),? ${CLOCK}${HALF}${ZONE}${END}`, "y"),
  three_numbers: new RegExp(
    `\\d{1,2}([-/.])\\d{1,2}\\1(?:\\d{4}|\\d{2})(?:[T_]|,? {1,3})(?:${CLOCK}|\\d{1,2}:\\d{2})(?:[ \\u00a0\\u202f]?[AaPp][Mm])?${END}`,
    "y",
  ),
  month_day: new RegExp(`(?:${DAY} )?${MON} {1,2}(\\d{1,2}) ${CLOCK}${END}`, "y"),
  day_month: new RegExp(`(?:${DAY} )?(\\d{1,2})[- ]${MON} ${CLOCK}${END}`, "y"),
  numeric_month_day: new RegExp(`(\\d{1,2})([-/.])(\\d{1,2}) ${CLOCK}${END}`, "y"),
  epoch: /(?:[1-2]\d{9}(?:\.\d{1,9})?|[1-2]\d{12}|[1-2]\d{15}|[1-2]\d{18})(?![\d.A-Za-z:_/-])/y,
  date: /(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?![\dA-Za-z:./-])/y,
  clock: new RegExp(`${CLOCK}${END}|(?<=\\[)(\\d{1,2}):(\\d{2})(?=\\])`, "y"),
};

/**
 * Which runs of digits a form can begin with, as bits by their length, bit 0 for a letter: most forms are told from each
 * other by that, without a pattern.
 */
const LEADS: Record<TimeForm, number> = (() => {
  const of = (...lengths: number[]) => lengths.reduce((bits, length) => bits | (1 << length), 0);
  return {
    year_first: of(4),
    compact: of(8, 14),
    six_digits: of(6),
    day_name_month: of(0, 1, 2),
    week_day: of(0),
    month_day_year: of(0),
    three_numbers: of(1, 2),
    month_day: of(0),
    day_month: of(0, 1, 2),
    numeric_month_day: of(1, 2),
    epoch: of(10, 13, 16, 19),
    date: of(4),
    clock: of(1, 2),
  };
})();
const LONGEST_LEAD = 20;
/** What a month or the name of a day begins with. */
const NAMED = /^(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mon|Tue|Wed|Thu|Fri|Sat|Sun)/;

/** The bit of what stands at a place, as in {@link LEADS}; 0 where no time can begin. */
function leadAt(line: string, at: number): number {
  let end = at;
  while (end - at < LONGEST_LEAD && isDigit(line.charCodeAt(end))) end++;
  if (end > at) return 1 << (end - at);
  const code = line.charCodeAt(at);
  return code >= 65 && code <= 90 && NAMED.test(line.slice(at, at + 3)) ? 1 : 0;
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** The time at a place of a line, in any of the forms, with or without brackets around it. */
export function timeAt(line: string, at: number, forms: readonly TimeForm[] = TIME_FORMS): TimeFound | null {
  const open = line[at];
  const bracketed = open === "[" || open === "(";
  // Network devices mark a clock that is not set, or not in step: "*Mar  5 22:14:07", ".Mar  5 22:14:07".
  const marked = (open === "*" || open === ".") && line[at + 1] !== open;
  let start = bracketed || marked ? at + 1 : at;
  while (bracketed && line[start] === " ") start++;
  const lead = leadAt(line, start);
  if (lead === 0) return null;
  for (const form of forms) {
    if ((LEADS[form] & lead) === 0) continue;
    const pattern = PATTERNS[form];
    pattern.lastIndex = start;
    const match = pattern.exec(line);
    const text = match && READ[form](match);
    if (!match || text === null) continue;
    let end = start + match[0].length;
    if (bracketed) {
      while (line[end] === " ") end++;
      if (line[end] !== "]" && line[end] !== ")") {
        // "[2024-05-01 10:00:00 1234]": the bracket closes behind more than the time.
        return { text, end: start + match[0].length, form };
      }
      end++;
    }
    return { text, end, form };
  }
  return null;
}

type Groups = readonly (string | undefined)[];

const READ: Record<TimeForm, (match: RegExpExecArray) => string | null> = {
  year_first: (match) => {
    const [, year, , month, day, ...rest] = match as Groups;
    const [h, m, s, mark, fraction, h2, m2, s2, fraction2, h3, m3, half, zone] = rest;
    return iso(
      [year, month, day],
      [hour24(h ?? h2 ?? h3, half), m ?? m2 ?? m3, s ?? s2 ?? "00"],
      fractionOf(mark, fraction) || (fraction2 ? `.${fraction2}` : ""),
      zone,
    );
  },
  compact: (match) => {
    const [, year, month, day, h, m, s, mark, fraction, h2, m2, s2, fraction2, zone] = match as Groups;
    return iso(
      [year, month, day],
      [h ?? h2, m ?? m2, s ?? s2],
      fractionOf(mark, fraction) || (fraction2 ? `.${fraction2}` : ""),
      zone,
    );
  },
  six_digits: (match) => {
    const [, year, month, day, h, m, s] = match as Groups;
    return iso([`20${year}`, month, day], [h, m, s], "");
  },
  day_name_month: (match) => {
    const [, day, month, year, h, m, s, mark, fraction, zone] = match as Groups;
    return iso([year, monthNumber(month), day], [h, m, s], fractionOf(mark, fraction), zone);
  },
  week_day: (match) => {
    const [, month, day, h, m, s, mark, fraction, zone, year, offset] = match as Groups;
    return iso([year, monthNumber(month), day], [h, m, s], fractionOf(mark, fraction), offset ?? zone);
  },
  month_day_year: (match) => {
    const [, month, day, year, h, m, s, mark, fraction, half, zone] = match as Groups;
    return iso([year, monthNumber(month), day], [hour24(h, half), m, s], fractionOf(mark, fraction), zone);
  },
  three_numbers: (match) => match[0].replace(/[\u00a0\u202f]/, " "),
  month_day: (match) => {
    const [, month, day, h, m, s, mark, fraction] = match as Groups;
    return yearless(monthNumber(month), day, [h, m, s], fractionOf(mark, fraction));
  },
  day_month: (match) => {
    const [, day, month, h, m, s, mark, fraction] = match as Groups;
    return yearless(monthNumber(month), day, [h, m, s], fractionOf(mark, fraction));
  },
  numeric_month_day: (match) => {
    const [, first, separator, second, h, m, s, mark, fraction] = match as Groups;
    if (!(isDate(first, second) || isDate(second, first)) || !isClock([h, m, s])) return null;
    // Which of the two is the month is decided over all lines.
    return `${two(first)}${separator}${two(second)} ${[h, m, s].map(two).join(":")}${fractionOf(mark, fraction)}`;
  },
  epoch: (match) => match[0],
  date: (match) => {
    const [, year, , month, day] = match as Groups;
    return isDate(month, day) ? `${year}-${two(month)}-${two(day)}` : null;
  },
  clock: (match) => {
    const [, hour, minute, second, mark, fraction, hourAlone, minuteAlone] = match as Groups;
    const [h, m, s] = hour === undefined ? [hourAlone, minuteAlone, "00"] : [hour, minute, second];
    return isClock([h, m, s]) ? `${two(h)}:${m}:${s}${fractionOf(mark, fraction)}` : null;
  },
};

const two = (text: string | undefined): string => (text ?? "").padStart(2, "0");
const monthNumber = (name: string | undefined): string => String(MONTHS.indexOf(name ?? "") + 1);
/** The hour of a clock of twelve hours on one of 24, where the half of the day is said. */
const hour24 = (hour: string | undefined, half: string | undefined): string | undefined =>
  half === undefined ? hour : String((Number(hour) % 12) + (/^p/i.test(half) ? 12 : 0));
const isDate = (month: string | undefined, day: string | undefined): boolean =>
  Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= 31;
const isClock = ([h, m, s]: Groups): boolean => Number(h) <= 24 && Number(m) <= 59 && Number(s) <= 60;

/** ":7" are seven milliseconds, ".7" and ",7" seven tenths of a second. */
function fractionOf(mark: string | undefined, digits: string | undefined): string {
  if (digits === undefined) return "";
  return `.${mark === ":" && digits.length < 3 ? digits.padStart(3, "0") : digits}`;
}

function iso(date: Groups, clock: Groups, fraction: string, zone?: string): string | null {
  const [year, month, day] = date;
  if (!isDate(month, day) || !isClock(clock)) return null;
  const named = zone && /^[A-Z]{3,4}$/.test(zone) ? ` ${zone}` : (zone ?? "");
  return `${year}-${two(month)}-${two(day)} ${clock.map(two).join(":")}${fraction}${named}`;
}

function yearless(
  month: string | undefined,
  day: string | undefined,
  clock: Groups,
  fraction: string,
): string | null {
  if (!isDate(month, day) || !isClock(clock)) return null;
  return `${MONTHS[Number(month) - 1]} ${Number(day)} ${clock.map(two).join(":")}${fraction}`;
}
