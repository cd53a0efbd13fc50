/** Day 0 of serial numbers: the last of 1899 and the first of 1904. */
export type DateSystem = 1900 | 1904;

const DAY_MS = 86_400_000;
const EPOCH_1900 = Date.UTC(1899, 11, 30);
const EPOCH_1904 = Date.UTC(1904, 0, 1);
const LAST_SERIAL = 2_958_466;

/** How a serial number is shown: `clock` with a time of day even at midnight, `fraction` with parts of a second. */
export interface SerialStyle {
  clock: boolean;
  fraction: boolean;
}

/**
 * The ISO 8601 text of a serial number without zone: `2024-03-05`, or `2024-03-05T10:00:00` where it has a time. The
 * system of 1900 takes 1900 for a leap year (ECMA-376 part 1, 18.17.4.1): its day 60 never was, and days before it are
 * one later. A number below one is a time of day alone. Null where the number stands for no date.
 */
export function isoOfSerial(serial: number, system: DateSystem, style: SerialStyle): string | null {
  if (!(serial >= 0) || serial >= LAST_SERIAL) return null;
  const ms = roundedMs(serial, style.fraction);
  if (system === 1900) {
    if (ms < DAY_MS) return timeText(ms);
    if (ms >= 60 * DAY_MS && ms < 61 * DAY_MS) return "1900-02-29";
    return isoText(ms < 60 * DAY_MS ? EPOCH_1900 + DAY_MS + ms : EPOCH_1900 + ms, style.clock);
  }
  return isoText(EPOCH_1904 + ms, style.clock);
}

/**
 * The serial number in the system of 1900 of a date that a file writes as `2024-03-05T10:00:00.000`; null for another text.
 * The inverse of {@link isoOfSerial}: days before March 1900 count from the last of 1899.
 */
export function serialOfIso(text: string): number | null {
  const match = /^\s*(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?Z?\s*$/.exec(text);
  if (!match) return null;
  const [year, month, day, hours, minutes, seconds] = match.slice(1, 7).map((part) => Number(part ?? 0));
  const ms =
    Date.UTC(year!, month! - 1, day!, hours, minutes, seconds) + Number(`0.${match[7] ?? 0}`) * 1_000;
  if (new Date(Date.UTC(year!, month! - 1, day!)).getUTCDate() !== day) return null;
  const serial = (ms - EPOCH_1900) / DAY_MS;
  return serial < 61 ? serial - 1 : serial;
}

/** The time of day of a serial number as `10:00:00`; with a date where it counts whole days too. */
export function timeOfSerial(serial: number, system: DateSystem, fraction: boolean): string | null {
  if (!(serial >= 0)) return null;
  const ms = roundedMs(serial, fraction);
  return ms < DAY_MS ? timeText(ms) : isoOfSerial(serial, system, { clock: true, fraction });
}

/**
 * Milliseconds of a serial number. A double holds a day of our time to a microsecond, but sums of hours and numbers
 * written with few digits miss the minute or second that was meant: where the format shows no parts of a second, a
 * number that is as near to one as its digits can tell, and within a second of it, is that one.
 */
function roundedMs(serial: number, fraction: boolean): number {
  const ms = Math.round(serial * DAY_MS);
  if (fraction || ms % 1_000 === 0) return ms;
  const decimals = /\.(\d+)$/.exec(String(serial))?.[1]?.length ?? 0;
  const tolerance = Math.min(1_000, Math.max(2, 1.01 * 10 ** -decimals * DAY_MS));
  for (const unit of [60_000, 1_000]) {
    const whole = Math.round(ms / unit) * unit;
    if (Math.abs(ms - whole) <= tolerance) return whole;
  }
  return ms;
}

function isoText(ms: number, clock: boolean): string {
  const day = Math.floor(ms / DAY_MS);
  const time = ms - day * DAY_MS;
  const date = dateText(day);
  return time === 0 && !clock ? date : `${date}T${timeText(time)}`;
}

/** Days since 1970 as a date of the proleptic Gregorian calendar; `Date` takes ten times as long for a million cells. */
function dateText(day: number): string {
  // Howard Hinnant, "chrono-compatible low-level date algorithms", civil_from_days: years begin in March.
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const ofEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1_460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  );
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const part = Math.floor((5 * ofYear + 2) / 153);
  const month = part < 10 ? part + 3 : part - 9;
  const year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0);
  return `${digits(year, 4)}-${digits(month, 2)}-${digits(ofYear - Math.floor((153 * part + 2) / 5) + 1, 2)}`;
}

function timeText(ms: number): string {
  const whole = Math.floor(ms / 1_000);
  const clock = `${digits(Math.floor(whole / 3_600), 2)}:${digits(Math.floor(whole / 60) % 60, 2)}:${digits(whole % 60, 2)}`;
  return ms % 1_000 === 0 ? clock : `${clock}.${digits(ms % 1_000, 3)}`;
}

const digits = (value: number, width: number): string => String(value).padStart(width, "0");
