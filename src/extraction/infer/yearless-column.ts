import type { DateOrder } from "../contract";
import type { DateHints } from "./date-order";
import { phaseDistance, phaseOf, rowOrderOf } from "./year-turns";
import { readYearless, type YearlessTime } from "./yearless";

/** A column of times without a year: the order of two numbers decided over all of its cells. */
export interface YearlessColumn {
  order: DateOrder;
  /** Cells that are times under `order`. */
  readable: number;
  /** Most frequent first. */
  formats: string[];
  /** Most cells have a time of day. */
  timed: boolean;
  zoned: boolean;
  /** In [0, 1]: how sure `order` is. */
  orderCertainty: number;
  alternatives: DateOrder[];
}

const ORDERS = ["mdy", "dmy"] as const;
const SAMPLE = 60;
const LOOKS_LIKE = 0.6;

/** Whether most of a sample of cells are times without a year. */
export function mayBeYearless(sample: readonly string[]): boolean {
  const like = sample.filter((cell) => ORDERS.some((order) => readYearless(cell, order) !== null)).length;
  return like > 0 && like >= sample.length * LOOKS_LIKE;
}

/** Reads cells as times without a year, or null where they are none. */
export function inferYearless(cells: readonly string[], hints: DateHints): YearlessColumn | null {
  const step = Math.max(1, Math.floor(cells.length / SAMPLE));
  if (!mayBeYearless(cells.filter((_, i) => i % step === 0))) return null;
  const [monthFirst, dayFirst] = [tally(cells, "mdy"), tally(cells, "dmy")];
  const decided = decideOrder(monthFirst, dayFirst, hints);
  const found = decided.order === "dmy" ? dayFirst : monthFirst;
  const readable = found.phases.length;
  const timed = found.timed > readable / 2;
  const formats = [...found.formats].sort((a, b) => b[1] - a[1]).map(([format]) => format);
  if (!timed && areYears(found, formats[0]!)) return null;
  return { ...decided, readable, formats: formats.slice(0, 8), timed, zoned: found.zoned > readable / 2 };
}

/** What a column is under one order. */
interface Tally {
  /** Of all times, in their order. */
  phases: number[];
  formats: Map<string, number>;
  timed: number;
  zoned: number;
  /** The format of the first time that is two numbers. */
  numbers: string | null;
  /** How often the month stays while the day changes, and the other way round. */
  newDays: number;
  newMonths: number;
}

function tally(cells: readonly string[], order: DateOrder): Tally {
  const found: Tally = {
    phases: [],
    formats: new Map(),
    timed: 0,
    zoned: 0,
    numbers: null,
    newDays: 0,
    newMonths: 0,
  };
  let last: YearlessTime | null = null;
  for (const cell of cells) {
    const time = readYearless(cell, order);
    if (!time) continue;
    found.phases.push(phaseOf(time));
    found.formats.set(time.format, (found.formats.get(time.format) ?? 0) + 1);
    if (time.timed) found.timed++;
    if (time.offset !== null) found.zoned++;
    if (time.numericOrder) found.numbers ??= time.format;
    if (last?.month === time.month && last.day !== time.day) found.newDays++;
    if (last && last.month !== time.month && last.day === time.day) found.newMonths++;
    last = time;
  }
  return found;
}

/**
 * "Jan 18", "Feb 18": the number stays while the months go on, so that it is a year; of days it is the other way round.
 * Where neither is seen the number of "Jan 18" is a year, as in most lists of months, and that of "18 Jan" a day.
 */
const areYears = ({ newDays, newMonths }: Tally, format: string): boolean =>
  newMonths === newDays ? format.startsWith("%b") : newMonths > newDays;

/** Habits of those who leave the year out, where nothing else tells: logs write the month first. */
function decideOrder(
  monthFirst: Tally,
  dayFirst: Tally,
  { order, lean, habit }: DateHints,
): Pick<YearlessColumn, "order" | "orderCertainty" | "alternatives"> {
  const sure = (one: DateOrder, orderCertainty = 1) => ({ order: one, orderCertainty, alternatives: [] });
  const numbers = monthFirst.numbers ?? dayFirst.numbers;
  if (numbers === null) return sure("mdy");
  const [months, days] = [monthFirst.phases.length, dayFirst.phases.length];
  if (months !== days) return sure(months > days ? "mdy" : "dmy");
  if (order) return sure(order === "dmy" ? "dmy" : "mdy", 0.97);
  const inOrder = [monthFirst, dayFirst].map(goesBack) as [boolean, boolean];
  if (months >= 5 && inOrder[0] !== inOrder[1]) return sure(inOrder[0] ? "dmy" : "mdy", 0.93);
  const open = (one: DateOrder, orderCertainty: number): ReturnType<typeof decideOrder> => ({
    order: one,
    orderCertainty,
    alternatives: [one === "dmy" ? "mdy" : "dmy"],
  });
  const spans = [monthFirst, dayFirst].map(spanOf) as [number, number];
  if (habit && Math.max(...spans) > FAR_MORE * Math.max(DAY, Math.min(...spans)))
    return sure(spans[0] < spans[1] ? "mdy" : "dmy", 0.93);
  // Logs that leave the year off 2024-10-18, as Android's do.
  if (numbers.includes("-")) return habit ? sure("mdy", 0.97) : open("mdy", 0.8);
  if (habit) return open("mdy", 0.85);
  if (numbers.includes(".")) return open("dmy", 0.9);
  return open(lean ?? "dmy", 0.5);
}

const DAY = 86_400;
/** The lines of a log lie within days, which are months in the other order. */
const FAR_MORE = 10;

function spanOf({ phases }: Tally): number {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const phase of phases) {
    if (phase < first) first = phase;
    if (phase > last) last = phase;
  }
  return last - first;
}

/** Whether any row is behind the one before, but for the turn of the year. */
function goesBack({ phases }: Tally): boolean {
  const isBack = (phase: number, i: number) => {
    const back = (phases[i - 1] ?? phase) - phase;
    return back > 0 && phaseDistance(phase, phases[i - 1]!) === back;
  };
  return rowOrderOf(phases) !== "ascending" || phases.some(isBack);
}
