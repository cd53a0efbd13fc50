import type { DateOrder } from "../contract";
import { EXTRACTION_LIMITS } from "../limits";
import { type CalendarReading, readCalendar } from "./calendar";
import { type DateHints, type DecidedOrder, decideOrder, ORDERS } from "./date-order";

export type { DateHints } from "./date-order";

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

const SAMPLE = 60;
/** The share of a column's first cells that must look like times before all of it is read. */
const LOOKS_LIKE_TIME = 0.6;

/** Whether most of a sample of cells can be read as times in some order. */
export function mayBeTimes(sample: readonly string[]): boolean {
  const like = sample.filter((cell) => ORDERS.some((order) => readCalendar(cell, order))).length;
  return like > 0 && like / sample.length >= LOOKS_LIKE_TIME;
}

/**
 * Reads a column's cells (without missing ones) as dates, or null where they are none. The order of day and month is
 * decided over all of them, or marked as open (date-order.ts).
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
