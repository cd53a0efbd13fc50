/** The rhythm of a series: how far apart its steps are, in UTC. */
export type TimeGrid =
  | { kind: "fixed"; stepMicros: number }
  /** The same day of each k-th month, or each one's last day. */
  | { kind: "months"; stepMicros: number; months: number }
  /** Mondays to Fridays: markets and offices. */
  | { kind: "weekdays"; stepMicros: number };

const DAY_MICROS = 86_400_000_000;
/** Fewer say too little about weekends: ten days without one have seen one at most. */
const FEWEST_WEEKDAYS = 15;
/** Shares of readings that may be off a calendar that the others keep. */
const MAX_EXCEPTIONS = 0.05;

/** The rhythm of ascending times. `typicalMicros`: the usual distance of two. */
export function gridOf(times: Float64Array, typicalMicros: number): TimeGrid {
  const months = Math.round(typicalMicros / (30.44 * DAY_MICROS));
  if (months >= 1 && keepsMonths(times)) return { kind: "months", stepMicros: typicalMicros, months };
  if (Math.abs(typicalMicros - DAY_MICROS) < 0.01 * DAY_MICROS && keepsWeekdays(times)) {
    return { kind: "weekdays", stepMicros: DAY_MICROS };
  }
  return { kind: "fixed", stepMicros: typicalMicros };
}

/** How many steps of the grid lie between two times; whole where both are on it. */
export function stepsBetween(grid: TimeGrid, from: number, to: number): number {
  switch (grid.kind) {
    case "fixed":
      return (to - from) / grid.stepMicros;
    case "months":
      return (monthsOf(to) - monthsOf(from)) / grid.months;
    case "weekdays":
      return weekdaysBefore(to) - weekdaysBefore(from);
  }
}

/** The time `steps` whole steps after one on the grid. */
export function timeAfter(grid: TimeGrid, from: number, steps: number): number {
  switch (grid.kind) {
    case "fixed":
      return Math.round(from + steps * grid.stepMicros);
    case "months":
      return addMonths(from, steps * grid.months);
    case "weekdays":
      return addWeekdays(from, steps);
  }
}

function keepsMonths(times: Float64Array): boolean {
  const first = new Date(times[0]! / 1000);
  const day = first.getUTCDate();
  // The 30th of each month is the 28th in February.
  const isLate = day > 28 || isMonthEnd(first);
  return times.every((time) => {
    const date = new Date(time / 1000);
    return date.getUTCDate() === day || (isLate && isMonthEnd(date));
  });
}

function keepsWeekdays(times: Float64Array): boolean {
  if (times.length < FEWEST_WEEKDAYS) return false;
  return times.filter(isWeekend).length <= MAX_EXCEPTIONS * times.length && spansWeekends(times);
}

/** Daily readings that have met two weekends and kept off both. */
const spansWeekends = (times: Float64Array): boolean => times.at(-1)! - times[0]! >= 14 * DAY_MICROS;

/** 1970-01-01 was a Thursday: 0 is a Monday. */
const weekdayOf = (micros: number): number => (((Math.floor(micros / DAY_MICROS) + 3) % 7) + 7) % 7;

const isWeekend = (micros: number): boolean => weekdayOf(micros) > 4;

/** Weekdays from a Monday long ago to this time, with the part of the day. */
function weekdaysBefore(micros: number): number {
  const days = micros / DAY_MICROS + 3;
  const weeks = Math.floor(days / 7);
  return weeks * 5 + Math.min(5, days - weeks * 7);
}

function addWeekdays(from: number, count: number): number {
  let time = from;
  for (let left = count; left > 0; ) {
    time += DAY_MICROS;
    if (!isWeekend(time)) left--;
  }
  return time;
}

/** Months since year 0, with the part of the month. */
function monthsOf(micros: number): number {
  const date = new Date(micros / 1000);
  const whole = date.getUTCFullYear() * 12 + date.getUTCMonth();
  return whole + (isMonthEnd(date) ? 30 : date.getUTCDate() - 1) / 31;
}

function addMonths(micros: number, count: number): number {
  const from = new Date(micros / 1000);
  const month = from.getUTCMonth() + count;
  const lastDay = new Date(Date.UTC(from.getUTCFullYear(), month + 1, 0)).getUTCDate();
  const day = isMonthEnd(from) ? lastDay : Math.min(from.getUTCDate(), lastDay);
  const date = Date.UTC(from.getUTCFullYear(), month, day);
  const timeOfDay = ((micros % DAY_MICROS) + DAY_MICROS) % DAY_MICROS;
  return date * 1000 + timeOfDay;
}

function isMonthEnd(date: Date): boolean {
  const next = new Date(date.getTime() + DAY_MICROS / 1000);
  return next.getUTCMonth() !== date.getUTCMonth();
}
