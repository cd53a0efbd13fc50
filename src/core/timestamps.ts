/** Microseconds since 1970-01-01T00:00:00Z: an integer, exact in a double until the year 2255. */
export type Micros = number;

const MICROS_PER_DAY = 86_400_000_000;
export const MICROS_PER_MS = 1_000;

/** The first and the last moment that a stored time may have: where a double still holds every microsecond. */
export const MIN_MICROS = civilToMicros(1685, 1, 1);
export const MAX_MICROS = civilToMicros(2255, 1, 1);
export const inRange = (micros: number): boolean => micros >= MIN_MICROS && micros < MAX_MICROS;

/** Days since the epoch of a date of the proleptic Gregorian calendar (Hinnant, "chrono-compatible low-level date algorithms"). */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

export function civilToMicros(
  year: number,
  month: number,
  day: number,
  secondsOfDay = 0,
  micros = 0,
): Micros {
  return daysFromCivil(year, month, day) * MICROS_PER_DAY + secondsOfDay * 1e6 + micros;
}

const ISO =
  /^([+-]?\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9})\d*)?)?\s?(Z|z|[+-]\d{2}(?::?\d{2})?)?)?$/;

/**
 * Microseconds of an ISO 8601 / RFC 3339 date or date-time; without a zone it is read as UTC. Digits finer than a
 * microsecond are cut. A leap second counts as the second before it. Returns null for anything else: never a guess.
 */
export function parseIso(text: string): Micros | null {
  const match = ISO.exec(text);
  if (!match) return null;
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "", zone] = match;
  const y = Number(year);
  const m = Number(month);
  const d = Number(day);
  if (m < 1 || m > 12 || d < 1 || d > daysInMonth(y, m)) return null;
  const h = Number(hour);
  if (h > 24 || Number(minute) > 59 || Number(second) > 60) return null;
  if (h === 24 && (Number(minute) > 0 || Number(second) > 0 || Number(fraction) > 0)) return null;
  const offset = zone === undefined ? 0 : offsetSeconds(zone);
  if (offset === null) return null;
  const seconds = h * 3600 + Number(minute) * 60 + Math.min(59, Number(second)) - offset;
  return civilToMicros(y, m, d, seconds, Number(fraction.padEnd(6, "0").slice(0, 6)));
}

/** Seconds east of UTC of `Z`, `+hh`, `+hhmm` or `+hh:mm`; null where it is out of range. */
export function offsetSeconds(zone: string): number | null {
  if (zone === "Z" || zone === "z") return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(":", "") || "0");
  if (hours > 15 || minutes > 59) return null;
  return (zone[0] === "-" ? -1 : 1) * (hours * 3600 + minutes * 60);
}

/** The unit of an epoch number, told by its magnitude: seconds below 1e11 (the year 5138), then ms, µs, ns. */
export function epochUnit(value: number): "s" | "ms" | "us" | "ns" {
  const size = Math.abs(value);
  if (size < 1e11) return "s";
  if (size < 1e14) return "ms";
  return size < 1e17 ? "us" : "ns";
}

const MICROS_PER_UNIT = { s: 1e6, ms: 1e3, us: 1, ns: 1e-3 } as const;

export function epochToMicros(value: number, unit = epochUnit(value)): Micros {
  // Whole and fractional parts apart: 1700000000.123457 * 1e6 is off by a microsecond otherwise.
  if (unit === "s" || unit === "ms") {
    const whole = Math.floor(value);
    return whole * MICROS_PER_UNIT[unit] + Math.round((value - whole) * MICROS_PER_UNIT[unit]);
  }
  return Math.trunc(value * MICROS_PER_UNIT[unit]);
}

const NUMERIC = /^-?\d{1,19}(\.\d+)?$/;

/**
 * Reads a time as the API takes it: ISO 8601, or epoch seconds, milli-, micro- or nanoseconds as a number or a
 * numeric string. Returns null where it is neither, or outside the range that can be stored.
 */
export function parseTimestamp(value: unknown): Micros | null {
  const micros = parseUnchecked(value);
  return micros !== null && inRange(micros) ? micros : null;
}

function parseUnchecked(value: unknown): Micros | null {
  if (typeof value === "number") return Number.isFinite(value) ? epochToMicros(value) : null;
  if (typeof value !== "string") return null;
  const text = value.trim();
  // Four digits are a year, not four seconds after 1970.
  if (/^\d{4}$/.test(text)) return civilToMicros(Number(text), 1, 1);
  if (NUMERIC.test(text)) {
    // 19 digits of nanoseconds do not fit a double: cut them to microseconds as text.
    if (/^-?\d{18,19}$/.test(text)) return Number(text.slice(0, -3));
    return epochToMicros(Number(text));
  }
  return parseIso(text);
}

/** The exclusive end of a range: a date alone includes its whole day. */
export function parseRangeEnd(value: unknown): Micros | null {
  const micros = parseTimestamp(value);
  if (micros === null || typeof value !== "string") return micros;
  return /^\d{4}-\d{2}-\d{2}$/.test(value.trim()) ? micros + MICROS_PER_DAY : micros;
}

/** ISO 8601 in UTC: milliseconds, or six digits where there are microseconds. */
export function formatMicros(micros: Micros): string {
  const ms = Math.floor(micros / MICROS_PER_MS);
  const rest = micros - ms * MICROS_PER_MS;
  const iso = new Date(ms).toISOString();
  return rest === 0 ? iso : `${iso.slice(0, -1)}${String(rest).padStart(3, "0")}Z`;
}

export const formatMs = (ms: number): string => new Date(ms).toISOString();
