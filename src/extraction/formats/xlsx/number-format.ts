/** What a cell holds, as its type and its number format tell. The numbers are stored: one byte a cell. */
export const KIND = {
  number: 0,
  text: 1,
  boolean: 2,
  error: 3,
  date: 4,
  dateTime: 5,
  timeOfDay: 6,
  hours: 7,
  minutes: 8,
  seconds: 9,
  /** `mm:ss` shows a lap, and of an instant the end. Never of a stored cell: its value tells which. */
  minutesSeconds: 10,
} as const;
export type Kind = (typeof KIND)[keyof typeof KIND];

/** What a number format makes of a number. `fraction`: it shows parts of a second. */
export interface NumberFormat {
  kind: Kind;
  fraction: boolean;
}

const PLAIN: NumberFormat = { kind: KIND.number, fraction: false };
const of = (kind: Kind, fraction = false): NumberFormat => ({ kind, fraction });

/** The formats that a file names by number only (ECMA-376 part 1, 18.8.30), those of East Asia among them. */
export function builtInFormat(id: number): NumberFormat {
  if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || (id >= 34 && id <= 36) || (id >= 50 && id <= 58))
    return of(KIND.date);
  if ((id >= 18 && id <= 21) || id === 32 || id === 33) return of(KIND.timeOfDay);
  if (id === 22) return of(KIND.dateTime);
  if (id === 46) return of(KIND.hours);
  if (id === 45 || id === 47) return of(KIND.minutesSeconds, id === 47);
  return PLAIN;
}

/**
 * Reads the code of a number format, as `yyyy\-mm\-dd hh:mm` or `[h]:mm;@` (ECMA-376 part 1, 18.8.31). Elapsed time
 * (`[h]`) is a duration, minutes and seconds without an hour may be one, everything else with parts of a date or time is one.
 */
export function readFormat(code: string): NumberFormat {
  const bare = firstSection(code.slice(0, 255));
  const elapsed = /\[(h+|m+|s+)\]/i.exec(bare);
  const letters = bare.replace(/\[[^\]]*\]/g, "").toLowerCase();
  const fraction = /s\.0/.test(letters);
  if (elapsed) {
    const unit = elapsed[1]![0]!.toLowerCase();
    return of(unit === "h" ? KIND.hours : unit === "m" ? KIND.minutes : KIND.seconds, fraction);
  }
  if (/general/.test(letters)) return PLAIN;
  const withoutMeridiem = letters.replace(/am\/pm|a\/p|上午\/下午/g, "h");
  const hasHours = withoutMeridiem.includes("h");
  const hasSeconds = withoutMeridiem.includes("s");
  const hasClock = hasHours || hasSeconds;
  // Beside hours or seconds one or two m are minutes, unless a day or year stands there too: then m may be either.
  const hasDate = /[dy]|e(?![+-])|mmm/.test(withoutMeridiem) || (!hasClock && /m/.test(withoutMeridiem));
  if (hasDate) return of(hasClock ? KIND.dateTime : KIND.date, fraction);
  if (hasHours) return of(KIND.timeOfDay, fraction);
  return hasSeconds ? of(KIND.minutesSeconds, fraction) : PLAIN;
}

/**
 * Whether a number under `mm:ss` is an instant: programs give instants with parts of a second, as read from CSV, the format
 * `mm:ss.0`. Durations of over a year are not shown without their hours.
 */
export const isInstant = (serial: number): boolean => serial >= 366;

/** Without quoted and escaped characters and fill marks: they are shown as they stand and mean nothing. */
const firstSection = (code: string): string =>
  code
    .replace(/"[^"]*"?/g, "")
    .replace(/[\\_*]./g, "")
    .split(";", 1)[0]!;
