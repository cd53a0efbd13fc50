import { daysFromCivil, type Micros } from "../../core/timestamps";
import { momentOf, type Zone } from "../../core/zones";
import { longestMicros } from "./every";
import type { Every } from "./spec";

const HOUR = 3_600_000_000;
const DAY = 24 * HOUR;
/** 1970-01-05, a Monday, in days since the epoch. */
const MONDAY = 4;

/** Windows side by side over all time: their edges depend on nothing but the width and the zone. */
export interface Grid {
  /** The edge at or before a moment. */
  floor(at: Micros): Micros;
  /** The edge after an edge. */
  next(edge: Micros): Micros;
  /** About how many windows stand between two moments. */
  count(from: Micros, to: Micros): number;
}

/**
 * The windows of a width. In UTC, days and shorter are aligned to the epoch, weeks to Monday, months to January 1970
 * (quarters and years so to the calendar's). In a zone, widths of an hour or more restart at each local midnight: one
 * hour runs in elapsed time (a day has 23 or 25 of them), longer ones where the clock shows their multiples. Null: hours
 * past a day that are no whole days have no alignment to midnight.
 */
export function gridOf(every: Every, zone: Zone | null): Grid | null {
  const width = longestMicros(every);
  const count = (from: Micros, to: Micros) => Math.max(0, Math.ceil((to - from) / width) + 1);
  if (every.unit === "months") return { ...byIndex(monthIndex(every.count), zone), count };
  if (zone === null) {
    const offset = every.unit === "weeks" ? MONDAY * DAY : 0;
    return { ...fixed(width, offset), count };
  }
  if (every.unit === "weeks") return { ...byIndex(dayIndex(7 * every.count, MONDAY), zone), count };
  if (width % DAY === 0) return { ...byIndex(dayIndex(width / DAY, 0), zone), count };
  if (width < HOUR) return { ...fixed(width, 0), count };
  if (width > DAY) return null;
  return { ...withinDay(width, zone), count };
}

/** The edges from the one at or before `from` on: at most `most` windows, the last of which reaches `to` or beyond. */
export function edgesOf(grid: Grid, from: Micros, to: Micros, most: number): Float64Array {
  const edges = [grid.floor(from)];
  while (edges.length <= most && edges.at(-1)! < to) edges.push(grid.next(edges.at(-1)!));
  return Float64Array.from(edges);
}

type Steps = Omit<Grid, "count">;

function fixed(width: number, offset: number): Steps {
  return {
    floor: (at) => Math.floor((at - offset) / width) * width + offset,
    next: (edge) => edge + width,
  };
}

/** A calendar's windows by number: which one a day is in, and the day one begins with. */
interface Numbering {
  of(day: number): number;
  firstDay(index: number): number;
}

const dayIndex = (days: number, offset: number): Numbering => ({
  of: (day) => Math.floor((day - offset) / days),
  firstDay: (index) => index * days + offset,
});

const monthIndex = (months: number): Numbering => ({
  of: (day) => {
    const date = new Date(day * 86_400_000);
    return Math.floor(((date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth()) / months);
  },
  firstDay: (index) => {
    const month = index * months;
    const year = 1970 + Math.floor(month / 12);
    return daysFromCivil(year, month - (year - 1970) * 12 + 1, 1);
  },
});

function byIndex(numbering: Numbering, zone: Zone | null): Steps {
  const start = (index: number) => midnight(zone, numbering.firstDay(index));
  const indexOf = (at: Micros) => {
    const index = numbering.of(localDay(zone, at));
    // A clock set back over midnight shows a day again that was over.
    return start(index + 1) <= at ? index + 1 : index;
  };
  return {
    floor: (at) => start(indexOf(at)),
    next: (edge) => {
      // A day that the zone never had begins with the next one: its window would be empty.
      for (let index = indexOf(edge) + 1; ; index++) {
        const after = start(index);
        if (after > edge) return after;
      }
    },
  };
}

function withinDay(width: number, zone: Zone): Steps {
  const edges = (day: number): number[] => {
    const first = midnight(zone, day);
    const last = midnight(zone, day + 1);
    const found = [first];
    for (let step = width; ; step += width) {
      const edge = width === HOUR ? first + step : step < DAY ? momentOf(zone, day * DAY + step) : last;
      if (edge >= last) return found;
      if (edge > found.at(-1)!) found.push(edge);
    }
  };
  const dayOf = (at: Micros) => {
    const day = localDay(zone, at);
    return midnight(zone, day + 1) <= at ? day + 1 : day;
  };
  return {
    floor: (at) => edges(dayOf(at)).findLast((edge) => edge <= at) ?? midnight(zone, dayOf(at)),
    next: (edge) => {
      const day = dayOf(edge);
      const found = edges(day).find((other) => other > edge);
      if (found !== undefined) return found;
      for (let later = day + 1; ; later++) if (midnight(zone, later) > edge) return midnight(zone, later);
    },
  };
}

const localDay = (zone: Zone | null, at: Micros): number => Math.floor((at + (zone?.offset(at) ?? 0)) / DAY);

const midnight = (zone: Zone | null, day: number): Micros =>
  zone === null ? day * DAY : momentOf(zone, day * DAY);
