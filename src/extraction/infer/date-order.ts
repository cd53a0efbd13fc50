import type { DateOrder } from "../contract";
import { EXTRACTION_LIMITS } from "../limits";
import { readCalendar } from "./calendar";

export interface DateHints {
  /** The order that a person or another column of the file gave. */
  order?: DateOrder | undefined;
  /** An order to lean to where nothing decides, by currency or language. */
  lean?: DateOrder | undefined;
  /** The order in which sources of this format write, as logs do that put the year first. */
  habit?: DateOrder | undefined;
}

export const ORDERS: readonly DateOrder[] = ["dmy", "mdy", "ymd"];

export interface OrderEvidence {
  cells: readonly string[];
  /** Cells that each order can read. */
  counts: Record<DateOrder, number>;
  /** Cells of three bare numbers; of those the ones that mean other days in other orders, and the ones with dots. */
  open: number;
  differing: number;
  dotted: number;
  hints: DateHints;
}

export interface DecidedOrder {
  order: DateOrder;
  certainty: number;
  alternatives: DateOrder[];
}

/**
 * The order of a column by its evidence, in turn: what the caller knows, cells that fit one order only, dots (always
 * day first), days of the week, a part that never changes, the order in which the rows stand, even steps. Where all
 * that is silent the choice follows a habit, is half sure, and names the other orders.
 */
export function decideOrder({ cells, counts, open, differing, dotted, hints }: OrderEvidence): DecidedOrder {
  if (open === 0) return { order: "ymd", certainty: 1, alternatives: [] };
  const most = Math.max(counts.dmy, counts.mdy, counts.ymd);
  const fitting = ORDERS.filter((order) => counts[order] === most);
  if (hints.order && fitting.includes(hints.order))
    return { order: hints.order, certainty: 0.97, alternatives: [] };
  if (fitting.length === 1) return { order: fitting[0]!, certainty: 1, alternatives: [] };
  if (differing === 0) return { order: fitting[0]!, certainty: 1, alternatives: [] };
  if (dotted === open && fitting.includes("dmy")) return { order: "dmy", certainty: 0.97, alternatives: [] };
  const weekdays = orderByWeekday(cells, fitting);
  if (weekdays) return { order: weekdays, certainty: 0.98, alternatives: [] };
  const firsts = dayByConstancy(cells);
  if (firsts && fitting.includes(firsts)) return { order: firsts, certainty: 0.96, alternatives: [] };
  const monthly = orderByFirstDays(cells, fitting);
  if (monthly)
    return {
      order: monthly,
      certainty: 0.85,
      alternatives: fitting.filter((other) => other !== monthly),
    };
  const inOrder = fitting.filter((order) => isSorted(cells, order));
  const [sorted] = inOrder;
  const others = (order: DateOrder) => fitting.filter((other) => other !== order);
  if (inOrder.length === 1 && cells.length >= 3) {
    // Chance sorts n rows in 2 of n! ways: from five rows on, order in one reading alone is no accident.
    const certainty = cells.length >= 8 ? 0.93 : cells.length >= 5 ? 0.85 : 0.7;
    return { order: sorted!, certainty, alternatives: others(sorted!) };
  }
  const even = evenlySpaced(cells, fitting);
  if (even) return { order: even, certainty: 0.85, alternatives: others(even) };
  if (hints.habit) {
    const closest = closestTogether(cells, fitting);
    if (closest) return { order: closest, certainty: 0.93, alternatives: others(closest) };
    if (fitting.includes(hints.habit))
      return { order: hints.habit, certainty: HABIT, alternatives: others(hints.habit) };
  }
  const lean = [hints.order, hints.lean, "dmy", "mdy"].find((order) => fitting.includes(order as DateOrder));
  const order = (lean as DateOrder | undefined) ?? fitting[0]!;
  return { order, certainty: 0.5, alternatives: others(order) };
}

/**
 * Logs of one day: log4j and what followed it write yy/MM/dd by default, and of two digits for a year few others put it
 * last.
 */
const HABIT = 0.85;
const FAR_MORE = 10;
const DAY_MICROS = 86_400e6;

/** The only order under which the times of a log lie within days, where they are years apart under the others. */
function closestTogether(cells: readonly string[], orders: readonly DateOrder[]): DateOrder | null {
  const spans = orders
    .map((order) => {
      const times = timesOf(cells, order);
      return { order, span: Math.max(...times) - Math.min(...times) };
    })
    .sort((a, b) => a.span - b.span);
  const [first, second] = spans;
  return first && second && second.span > FAR_MORE * Math.max(first.span, DAY_MICROS) ? first.order : null;
}

const WEEKDAY_NAMES = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/** The only order in which all dates fall on the days of the week that stand before them; null where none stand there. */
function orderByWeekday(cells: readonly string[], orders: readonly DateOrder[]): DateOrder | null {
  const named = cells.slice(0, 2_000).filter((cell) => /^[a-z]{3,9}[., ]/i.test(cell));
  if (named.length < Math.min(cells.length, 2_000) * 0.9) return null;
  const agreeing = orders.filter((order) =>
    named.every((cell) => {
      const reading = readCalendar(cell, order);
      const day = reading && new Date(reading.micros / 1_000).getUTCDay();
      return day !== null && cell.toLowerCase().startsWith(WEEKDAY_NAMES[day]!);
    }),
  );
  return agreeing.length === 1 ? agreeing[0]! : null;
}

const TWO_PARTS = /^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{2,4})/;
/** Months that must occur, and years, before a part that never changes is surely the day. */
const MONTHS_SEEN = 6;

/**
 * Series of months write the same day over and over: a part that is the same in all dates of several years is the day.
 * The other way round they would lie within one month of each year.
 */
function dayByConstancy(cells: readonly string[]): DateOrder | null {
  const seen = [new Set<string>(), new Set<string>(), new Set<string>()] as const;
  for (const cell of cells) {
    const match = cell.length <= EXTRACTION_LIMITS.parsedCellChars ? TWO_PARTS.exec(cell.trim()) : null;
    if (match) for (const [i, values] of seen.entries()) values.add(match[i + 1]!.padStart(2, "0"));
  }
  const [first, second, years] = seen.map(({ size }) => size) as [number, number, number];
  if (years < 2) return null;
  if (first === 1 && second >= MONTHS_SEEN) return "dmy";
  return second === 1 && first >= MONTHS_SEEN ? "mdy" : null;
}

/** Months of one year ("14-02-01", "14-03-01"): the only order under which each is dated by its first day, not by another. */
function orderByFirstDays(cells: readonly string[], orders: readonly DateOrder[]): DateOrder | null {
  const read = orders.map((order) => {
    const dates = timesOf(cells, order).map((time) => new Date(time / 1_000));
    const months = new Set(dates.map((date) => date.getUTCMonth())).size;
    return { order, months, days: new Set(dates.map((date) => date.getUTCDate())) };
  });
  if (read.some(({ months, days }) => months < 3 || days.size > 1)) return null;
  const first = read.filter(({ days }) => days.has(1));
  return first.length === 1 ? first[0]!.order : null;
}

const timesOf = (cells: readonly string[], order: DateOrder): number[] =>
  cells.slice(0, 2_000).flatMap((cell) => readCalendar(cell, order)?.micros ?? []);

function isSorted(cells: readonly string[], order: DateOrder): boolean {
  const times = timesOf(cells, order);
  if (new Set(times).size < 3) return false;
  return (
    times.every((time, i) => i === 0 || time >= times[i - 1]!) ||
    times.every((time, i) => i === 0 || time <= times[i - 1]!)
  );
}

/** The only order under which the steps between rows are those of a day or a week all along; null if not one alone. */
function evenlySpaced(cells: readonly string[], orders: readonly DateOrder[]): DateOrder | null {
  const even = orders.filter((order) => {
    const times = timesOf(cells, order);
    const step = (times[1] ?? 0) - (times[0] ?? 0);
    return (
      times.length >= 4 && step !== 0 && times.every((time, i) => i === 0 || time - times[i - 1]! === step)
    );
  });
  // Days of one month read the other way are first days of months: steps of 28 to 31 days, as likely meant.
  if (even.length !== 1) return null;
  const rest = orders.filter((order) => order !== even[0]);
  return rest.some((order) =>
    timesOf(cells, order).every((time) => new Date(time / 1_000).getUTCDate() === 1),
  )
    ? null
    : even[0]!;
}
