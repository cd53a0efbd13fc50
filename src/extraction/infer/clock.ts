import { offsetSeconds } from "../../core/timestamps";
import { EXTRACTION_LIMITS } from "../limits";

export interface TimeOfDay {
  secondsOfDay: number;
  micros: number;
  format: string;
  /** Seconds east of UTC where the cell names a zone. */
  offset: number | null;
}

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

const CLOCK =
  /(?:^|[T\s,:_-])(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,:](\d{1,9}))?)?\s?([ap]\.?m\.?)?(?:\s?(Z|[+-]\d{2}:?\d{2}|[+-]\d{2}|(?:UTC|GMT)[+-]\d{1,2}(?::?\d{2})?|[A-Za-z]{3,4}))?(?=$|\s\d{4}$)/i;
// "17:05:30 27 Sep 2018"
const LEADING_CLOCK =
  /^(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?:\s([ap]\.?m\.?))?,?\s+(?=[\p{L}\d])/iu;
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

/** Whether a word names the zone of a clock. */
export const isZoneName = (word: string): boolean => ZONE_HOURS[word.toLowerCase()] !== undefined;

function zoneSeconds(zone: string): number | null {
  const named = ZONE_HOURS[zone.toLowerCase()];
  if (named !== undefined) return named * 3600;
  const relative = /^(?:UTC|GMT)([+-])(\d{1,2})(?::?(\d{2}))?$/i.exec(zone);
  if (relative) return offsetSeconds(`${relative[1]}${relative[2]!.padStart(2, "0")}${relative[3] ?? "00"}`);
  return /^[+-]/.test(zone) ? offsetSeconds(zone) : null;
}

export function splitClock(text: string): { rest: string; time: TimeOfDay | null; gap: string } {
  const match = CLOCK.exec(text);
  const time = match ? timeOf(match) : null;
  if (match && time) {
    const before = text.slice(0, match.index).replace(/[\s,]+$/, "");
    const after = text.slice(match.index + match[0].length).trim();
    const lead = text[match.index] ?? " ";
    const rest = after === "" ? before : `${before} ${after}`;
    return { rest, time, gap: /[\dA-Za-z]/.test(lead) && lead !== "T" ? " " : lead };
  }
  const leading = LEADING_CLOCK.exec(text);
  const early = leading ? timeOf(leading) : null;
  if (leading && early)
    return { rest: text.slice(leading[0].length).replace(/^(?:on\s|,\s?)/, ""), time: early, gap: " " };
  const hour = HOUR_ONLY.exec(text);
  const alone = hour ? hourOf(hour) : null;
  if (hour && alone) return { rest: text.slice(0, hour.index).replace(/[\s,]+$/, ""), time: alone, gap: " " };
  return { rest: text, time: null, gap: "" };
}
