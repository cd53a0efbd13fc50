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

/** Reads cells as times without a year, or null where they are none. */
export function inferYearless(cells: readonly string[], hints: DateHints): YearlessColumn | null {
  const step = Math.max(1, Math.floor(cells.length / SAMPLE));
  const sample = cells.filter((_, i) => i % step === 0);
  const like = sample.filter((cell) => ORDERS.some((order) => readYearless(cell, order) !== null));
  if (like.length === 0 || like.length < sample.length * LOOKS_LIKE) return null;
  const [monthFirst, dayFirst] = ORDERS.map((order) => timesOf(cells, order)) as [
    YearlessTime[],
    YearlessTime[],
  ];
  const decided = decideOrder(cells, monthFirst, dayFirst, hints);
  const times = decided.order === "dmy" ? dayFirst : monthFirst;
  const timed = times.filter((time) => time.timed).length > times.length / 2;
  if (!timed && areYears(times)) return null;
  const formats = new Map<string, number>();
  for (const { format } of times) formats.set(format, (formats.get(format) ?? 0) + 1);
  return {
    ...decided,
    readable: times.length,
    formats: [...formats]
      .sort((a, b) => b[1] - a[1])
      .slice(0, 8)
      .map(([format]) => format),
    timed,
    zoned: times.filter(({ offset }) => offset !== null).length > times.length / 2,
  };
}

const timesOf = (cells: readonly string[], order: DateOrder): YearlessTime[] =>
  cells.flatMap((cell) => readYearless(cell, order) ?? []);

/**
 * "Jan 18", "Feb 18": the number stays while the months go on, so that it is a year; of days it is the other way round.
 * Where neither is seen the number of "Jan 18" is a year, as in most lists of months, and that of "18 Jan" a day.
 */
function areYears(times: readonly YearlessTime[]): boolean {
  let months = 0;
  let days = 0;
  for (let i = 1; i < times.length; i++) {
    const [a, b] = [times[i - 1]!, times[i]!];
    if (a.month === b.month && a.day !== b.day) days++;
    if (a.month !== b.month && a.day === b.day) months++;
  }
  return months === days ? times[0]!.format.startsWith("%b") : months > days;
}

/** Habits of those who leave the year out, where nothing else tells: logs write the month first. */
function decideOrder(
  cells: readonly string[],
  monthFirst: readonly YearlessTime[],
  dayFirst: readonly YearlessTime[],
  { order, lean, habit }: DateHints,
): Pick<YearlessColumn, "order" | "orderCertainty" | "alternatives"> {
  const sure = (one: DateOrder, orderCertainty = 1) => ({ order: one, orderCertainty, alternatives: [] });
  const numeric = monthFirst.find(({ numericOrder }) => numericOrder) ?? dayFirst[0];
  if (!numeric?.numericOrder) return sure("mdy");
  if (monthFirst.length !== dayFirst.length) return sure(monthFirst.length > dayFirst.length ? "mdy" : "dmy");
  if (order) return sure(order === "dmy" ? "dmy" : "mdy", 0.97);
  const inOrder = [monthFirst, dayFirst].map(goesBack) as [boolean, boolean];
  if (cells.length >= 5 && inOrder[0] !== inOrder[1]) return sure(inOrder[0] ? "dmy" : "mdy", 0.93);
  const open = (one: DateOrder, orderCertainty: number): ReturnType<typeof decideOrder> => ({
    order: one,
    orderCertainty,
    alternatives: [one === "dmy" ? "mdy" : "dmy"],
  });
  const spans = [monthFirst, dayFirst].map(spanOf) as [number, number];
  if (habit && Math.max(...spans) > FAR_MORE * Math.max(DAY, Math.min(...spans)))
    return sure(spans[0] < spans[1] ? "mdy" : "dmy", 0.93);
  // Logs that leave the year off 2024-10-18, as Android's do.
  if (numeric.format.includes("-")) return habit ? sure("mdy", 0.97) : open("mdy", 0.8);
  if (habit) return open("mdy", 0.85);
  if (numeric.format.includes(".")) return open("dmy", 0.9);
  return open(lean ?? "dmy", 0.5);
}

const DAY = 86_400;
/** The lines of a log lie within days, which are months in the other order. */
const FAR_MORE = 10;

function spanOf(times: readonly YearlessTime[]): number {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const time of times) {
    const phase = phaseOf(time);
    if (phase < first) first = phase;
    if (phase > last) last = phase;
  }
  return last - first;
}

/** Whether any row is behind the one before, but for the turn of the year. */
function goesBack(times: readonly YearlessTime[]): boolean {
  const phases = times.map(phaseOf);
  const isBack = (phase: number, i: number) => {
    const back = (phases[i - 1] ?? phase) - phase;
    return back > 0 && phaseDistance(phase, phases[i - 1]!) === back;
  };
  return rowOrderOf(phases) !== "ascending" || phases.some(isBack);
}
