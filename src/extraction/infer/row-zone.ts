import type { Micros } from "../../core/timestamps";
import { compatibleMomentOf, type Zone, zoneNamed } from "../../core/zones";
import type { TimestampPlan } from "../contract";
import type { Cell } from "../formats/source-table";
import { readCalendar, readTimeOfDay } from "./calendar";
import { readYearless } from "./yearless";

/** Texts of zones that are held; a table has few of them. */
const HELD = 1_000;
const DAY = 86_400_000_000;

/** A zone and the offsets of its days: rows of a day share one look at the calendar of changes. */
interface RowZone {
  zone: Zone;
  /** By day of the local clock: microseconds ahead of UTC; null where the clock changes about that day. */
  days: Map<number, number | null>;
}

const held = new Map<string, RowZone | null>();

/** The zone in a cell; null where it names none for certain and the plan does not say what it means. */
export function zoneIn(cell: Cell, { zone_names }: TimestampPlan): RowZone | null {
  if (typeof cell !== "string") return null;
  const written = cell.trim();
  const text = zone_names && Object.hasOwn(zone_names, written) ? zone_names[written]! : written;
  const known = held.get(text);
  if (known !== undefined) return known;
  const zone = text.length > 64 ? null : zoneNamed(text);
  const found = zone && { zone, days: new Map() };
  if (held.size >= HELD) held.clear();
  held.set(text, found);
  return found;
}

/** The moment of a local time, written as if its clock were UTC's: see {@link compatibleMomentOf}. */
export function momentIn({ zone, days }: RowZone, local: Micros): Micros {
  const day = Math.floor(local / DAY);
  let offset = days.get(day);
  if (offset === undefined) {
    const before = zone.offset((day - 1) * DAY);
    offset = before === zone.offset((day + 2) * DAY) ? before : null;
    if (days.size >= HELD * 10) days.clear();
    days.set(day, offset);
  }
  return offset === null ? compatibleMomentOf(zone, local) : local - offset;
}

/** What a zone at the end of a time looks like; whether it is one, its readers say. */
const MAYBE_ZONED = /(?:[A-Za-z]|[+-]\d{2}:?\d{0,2})\]?$/;

/** Whether the cells of a time name a zone of their own. */
export const hasOwnZone = (cells: readonly Cell[], { order }: TimestampPlan): boolean =>
  cells.some(
    (cell) =>
      typeof cell === "string" &&
      MAYBE_ZONED.test(cell) &&
      (readCalendar(cell, order)?.zoned ||
        (readYearless(cell, order) ?? readTimeOfDay(cell))?.offset != null),
  );
