import { type Micros, offsetSeconds } from "./timestamps";

const DAY = 86_400_000_000;
const SECOND = 1_000_000;
/** Formatters are slow to make (about 50 µs) and few are in use. */
const ZONES_HELD = 64;
const OFFSETS_HELD = 20_000;

/** The local clock of an IANA zone. */
export interface Zone {
  name: string;
  /** Microseconds that the local clock is ahead of UTC at a moment. */
  offset(at: Micros): number;
}

const zones = new Map<string, Zone>();

/** The zone of an IANA name, or null where there is none. Cached. */
export function zoneOf(name: string): Zone | null {
  const known = zones.get(name);
  if (known) return known;
  // Offsets such as "+02:00" are taken by Intl as well, but are no names of a zone with a calendar of changes.
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(name)) return null;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-US", { timeZone: name, timeZoneName: "longOffset" });
  } catch {
    return null;
  }
  const zone = { name, offset: cachedOffsets(format) };
  if (zones.size >= ZONES_HELD) zones.clear();
  zones.set(name, zone);
  return zone;
}

const UTC: Zone = { name: "UTC", offset: () => 0 };
const FIXED = /^(?:UTC|GMT)?\s?([+-])(\d{1,2})(?::?(\d{2}))?$/i;

/**
 * The zone that a text names for certain: UTC, GMT or Z, an offset (`+02:00`, `-0530`, `UTC+2`), or a name of the IANA
 * database. Null for abbreviations: CST is one of China, of Cuba and of Chicago, and CET in July is as often meant as
 * Europe's summer time as not.
 */
export function zoneNamed(raw: string): Zone | null {
  const text = raw.trim().replace("\u2212", "-");
  if (/^(?:UTC|GMT|Z)$/i.test(text)) return UTC;
  const fixed = FIXED.exec(text);
  if (!fixed) return isAbbreviation(text) ? null : zoneOf(text);
  const seconds = offsetSeconds(`${fixed[1]}${fixed[2]!.padStart(2, "0")}${fixed[3] ?? "00"}`);
  return seconds === null ? null : { name: text, offset: () => seconds * SECOND };
}

/** Letters of one case, as CET, EST or PST8PDT: Intl knows some of them, and not all by the meaning they are written in. */
const isAbbreviation = (text: string): boolean =>
  /^[A-Z]{1,5}(?:\d[A-Z]{3})?$/.test(text) || /^[a-z]{1,5}(?:\d[a-z]{3})?$/.test(text);

function cachedOffsets(format: Intl.DateTimeFormat): Zone["offset"] {
  const held = new Map<number, number>();
  return (at) => {
    const second = Math.floor(at / SECOND);
    const known = held.get(second);
    if (known !== undefined) return known;
    if (held.size >= OFFSETS_HELD) held.clear();
    const offset = offsetOf(format.format(second * 1_000));
    held.set(second, offset);
    return offset;
  };
}

/** "1/31/2025, GMT+05:45", "…, GMT", and of local mean time "…, GMT+00:53:28". */
function offsetOf(text: string): number {
  const match = /GMT(?:([+\u2212-])(\d{1,2})(?::(\d{2}))?(?::(\d{2}))?)?$/.exec(text);
  if (!match?.[1]) return 0;
  const seconds = Number(match[2]) * 3_600 + Number(match[3] ?? 0) * 60 + Number(match[4] ?? 0);
  return (match[1] === "+" ? 1 : -1) * seconds * SECOND;
}

/**
 * The first moment at which the zone's clock shows `local` (microseconds, written as if the clock were UTC) or, where
 * it jumps over that, a later time. Right across changes of the clock, also where midnight or a whole day is skipped.
 */
export function momentOf(zone: Zone, local: number): Micros {
  const { early, late, shown } = momentsOf(zone, local);
  return shown ?? firstAtLeast(zone, local, early, late);
}

/**
 * The moment of a local time as `java.time` and Temporal ("compatible") have it: of a time that the clock shows twice the
 * first, and one that it jumps over as if it had not jumped yet, so that 02:30 in an hour that is left out is 03:30.
 */
export function compatibleMomentOf(zone: Zone, local: number): Micros {
  const { late, shown } = momentsOf(zone, local);
  return shown ?? late;
}

/** The moments between which a local time lies, and the first at which the clock shows it; null where it never does. */
function momentsOf(zone: Zone, local: number): { early: Micros; late: Micros; shown: Micros | null } {
  const before = zone.offset(local - DAY);
  const after = zone.offset(local + DAY);
  const early = local - Math.max(before, after);
  const late = local - Math.min(before, after);
  if (early === late || zone.offset(early) === local - early) return { early, late, shown: early };
  return { early, late, shown: zone.offset(late) === local - late ? late : null };
}

/** Bisects for the change of the clock, in whole seconds: the local clock shows less before it. */
function firstAtLeast(zone: Zone, local: number, from: Micros, to: Micros): Micros {
  let low = Math.floor(from / SECOND);
  let high = Math.ceil(to / SECOND);
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (middle * SECOND + zone.offset(middle * SECOND) >= local) high = middle;
    else low = middle + 1;
  }
  return low * SECOND;
}
