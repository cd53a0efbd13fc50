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

/** The time of day of a serial number as `10:00:00`; with a date where it counts whole days too. */
export function timeOfSerial(serial: number, system: DateSystem, fraction: boolean): string | null {
  if (!(serial >= 0)) return null;
  const ms = roundedMs(serial, fraction);
  return ms < DAY_MS ? timeText(ms) : isoOfSerial(serial, system, { clock: true, fraction });
}

/**
 * Milliseconds of a serial number. A double holds a day of our time to a microsecond, but sums of hours and numbers
 * written with few digits miss the second that was meant: where the format shows none of its parts, a number that is
 * as near to a whole second as its digits can tell is that second.
 */
function roundedMs(serial: number, fraction: boolean): number {
  const ms = Math.round(serial * DAY_MS);
  const whole = Math.round(ms / 1_000) * 1_000;
  const off = Math.abs(ms - whole);
  if (fraction || off === 0) return ms;
  if (off <= 2) return whole;
  const decimals = /\.(\d+)$/.exec(String(serial))?.[1]?.length ?? 0;
  return off <= 0.51 * 10 ** -decimals * DAY_MS ? whole : ms;
}

function isoText(ms: number, clock: boolean): string {
  const text = new Date(ms).toISOString();
  const time = text.slice(11, 23);
  if (time === "00:00:00.000" && !clock) return text.slice(0, 10);
  return time.endsWith(".000") ? text.slice(0, 19) : text.slice(0, 23);
}

const timeText = (ms: number): string => {
  const time = new Date(ms).toISOString().slice(11, 23);
  return time.endsWith(".000") ? time.slice(0, 8) : time;
};
