import type { DateOrder } from "../contract";
import { EXTRACTION_LIMITS } from "../limits";
import { type CalendarReading, readCalendar } from "./calendar";

/** A column read as dates: the order of the numbers decided over all of its cells, never cell by cell. */
export interface CalendarColumn {
  order: DateOrder;
  /** Cells that are times under `order`. */
  readable: number;
  /** Most frequent first. */
  formats: string[];
  precision: CalendarReading["precision"];
  zoned: boolean;
  /** Only digits are written: these may be plain numbers as well. */
  bareDigits: boolean;
  /** In [0, 1]: how sure `order` is. 1 where the cells leave no other reading. */
  orderCertainty: number;
  /** The other orders that fit as well, where the certainty is under 1. */
  alternatives: DateOrder[];
  /** Cells that fit only another order than the one chosen. */
  contradicted: number;
  ascending: boolean;
  distinct: number;
  earliest: number;
  latest: number;
}

export interface DateHints {
  /** The order that a person or another column of the file gave. */
  order?: DateOrder | undefined;
  /** An order to lean to where nothing decides, by currency or language. */
  lean?: DateOrder | undefined;
}

const ORDERS: readonly DateOrder[] = ["dmy", "mdy", "ymd"];
const SAMPLE = 60;
/** The share of a column's first cells that must look like times before all of it is read. */
const LOOKS_LIKE_TIME = 0.6;

/** Whether most of a sample of cells can be read as times in some order. */
export function mayBeTimes(sample: readonly string[]): boolean {
  const like = sample.filter((cell) => ORDERS.some((order) => readCalendar(cell, order))).length;
  return like > 0 && like / sample.length >= LOOKS_LIKE_TIME;
}

/**
 * Reads a column's cells (without missing ones) as dates, or null where they are none. Evidence for the order, in
 * turn: cells that fit one order only, dots (always day first), what the caller knows, and the order in which the
 * rows stand. Where all that is silent, the choice is marked as open.
 */
export function inferCalendar(cells: readonly string[], hints: DateHints = {}): CalendarColumn | null {
  const step = Math.max(1, Math.floor(cells.length / SAMPLE));
  if (!mayBeTimes(cells.filter((_, i) => i % step === 0)) || areSeasons(cells)) return null;

  const counts = { dmy: 0, mdy: 0, ymd: 0 };
  let open = 0;
  let differing = 0;
  let dotted = 0;
  for (const [text, times] of dateParts(cells)) {
    const first = readCalendar(text, "dmy");
    // Only three bare numbers can be read in another order.
    if (first && !first.numericOrder) {
      for (const order of ORDERS) counts[order] += times;
      continue;
    }
    const readings = [first, readCalendar(text, "mdy"), readCalendar(text, "ymd")];
    const found = readings.filter((reading) => reading !== null);
    if (found.length === 0) continue;
    ORDERS.forEach((order, i) => {
      if (readings[i]) counts[order] += times;
    });
    if (found.some((reading) => reading.numericOrder)) {
      open += times;
      if (/\d\.\s?\d{1,2}\.\s?\d/.test(text)) dotted += times;
      if (found.some((reading) => reading.micros !== found[0]!.micros)) differing += times;
    }
  }
  if (counts.dmy + counts.mdy + counts.ymd === 0) return null;
  return describe(cells, decideOrder({ cells, counts, open, differing, dotted, hints }));
}

const BARE_DATE = /^(\d{1,4}([-/.])\d{1,2}\2\d{1,4})[ T]/;

/** The cells with how often they occur; of a bare date with a time behind it, the date alone: a day has many times. */
function dateParts(cells: readonly string[]): Map<string, number> {
  const parts = new Map<string, number>();
  for (const cell of cells) {
    const text = (cell.length <= EXTRACTION_LIMITS.parsedCellChars && BARE_DATE.exec(cell)?.[1]) || cell;
    parts.set(text, (parts.get(text) ?? 0) + 1);
  }
  return parts;
}

/** "2009-10", "2010-11", "2011-12": seasons and fiscal years, of which some look like months. */
function areSeasons(cells: readonly string[]): boolean {
  const season = /^(\d{4})[-/](\d{2})$/;
  const parts = cells.slice(0, 2_000).map((cell) => season.exec(cell.trim()));
  return (
    new Set(cells.slice(0, 2_000)).size > 2 &&
    parts.every((match) => match !== null && (Number(match[1]) + 1) % 100 === Number(match[2]))
  );
}

interface OrderEvidence {
  cells: readonly string[];
  counts: Record<DateOrder, number>;
  open: number;
  differing: number;
  dotted: number;
  hints: DateHints;
}

interface DecidedOrder {
  order: DateOrder;
  certainty: number;
  alternatives: DateOrder[];
}

function decideOrder({ cells, counts, open, differing, dotted, hints }: OrderEvidence): DecidedOrder {
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
  const lean = [hints.order, hints.lean, "dmy", "mdy"].find((order) => fitting.includes(order as DateOrder));
  const order = (lean as DateOrder | undefined) ?? fitting[0]!;
  return { order, certainty: 0.5, alternatives: others(order) };
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

const RANK: Record<CalendarReading["precision"], number> = {
  year: 0,
  quarter: 1,
  month: 2,
  week: 3,
  day: 4,
  time: 5,
};

function describe(cells: readonly string[], decided: DecidedOrder): CalendarColumn {
  const formats = new Map<string, number>();
  const times = new Set<number>();
  let readable = 0;
  let contradicted = 0;
  let zoned = 0;
  let bare = 0;
  let precision: CalendarReading["precision"] = "year";
  let ascending = true;
  let last = Number.NEGATIVE_INFINITY;
  let earliest = Number.POSITIVE_INFINITY;
  let latest = Number.NEGATIVE_INFINITY;
  for (const cell of cells) {
    const reading = readCalendar(cell, decided.order);
    if (!reading) {
      if (ORDERS.some((order) => readCalendar(cell, order))) contradicted++;
      continue;
    }
    readable++;
    formats.set(reading.format, (formats.get(reading.format) ?? 0) + 1);
    if (reading.zoned) zoned++;
    if (/^[\d.]+$/.test(cell.trim()) && !/\..*\./.test(cell)) bare++;
    if (RANK[reading.precision] > RANK[precision]) precision = reading.precision;
    if (reading.micros < last) ascending = false;
    last = reading.micros;
    if (last < earliest) earliest = last;
    if (last > latest) latest = last;
    if (times.size < 5_000) times.add(reading.micros);
  }
  return {
    order: decided.order,
    readable,
    formats: [...formats]
      .sort((a, b) => b[1] - a[1])
      .slice(0, 8)
      .map(([format]) => format),
    precision,
    zoned: zoned > readable / 2,
    bareDigits: bare > readable / 2,
    orderCertainty: decided.certainty,
    alternatives: decided.alternatives,
    contradicted,
    ascending,
    distinct: times.size,
    earliest,
    latest,
  };
}
