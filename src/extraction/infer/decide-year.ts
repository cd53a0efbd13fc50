import { daysInMonth, type Micros } from "../../core/timestamps";
import type { Ambiguity, DateOrder, Yearless } from "../contract";
import { readCalendar } from "./calendar";
import { type NamedDate, namedDates } from "./named-dates";
import { phaseOf, rowOrderOf, YearTurns } from "./year-turns";
import { inYear, readYearless, type YearlessTime } from "./yearless";

/** What tells the year of times that are written without one. */
export interface YearEvidence {
  /** The cells of the time's column, in the order of the rows. */
  cells: readonly string[];
  order: DateOrder;
  /** The year of the first row, as the format found it in the data. */
  found?: number | undefined;
  /** Columns that are written with a year, row by row like `cells` for the first rows; null where a row has none. */
  dated: readonly { name: string; cells: readonly (string | null)[] }[];
  /** Names and descriptions that came with the data. */
  context: readonly string[];
  /** Milliseconds since the epoch at which the data arrived; absent: nobody knows. */
  receivedAt?: number | undefined;
}

export interface DecidedYear {
  yearless: Yearless;
  certainty: number;
  /** A sentence on where the year is from. */
  because: string;
  /** The other years that it might be. */
  alternatives: number[];
  /** The first time, as it is written. */
  example: string;
}

const DAY = 86_400e6;
/** How many years back a 29 February is sought: they are up to eight years apart, and three of them are named. */
const MOST_YEARS_BACK = 24;
/** Whoever sends may be ahead of UTC, and its clock ahead of ours. */
const AHEAD = DAY;
const NEAR = 2 * DAY;

/**
 * The year of the first row: what the format found, columns with dates of the same days, a name or a description of the
 * data, or else the latest year in which no row lies in the future of the data's arrival, as receivers of syslog do
 * (RFC 3164, section 5.1). Null where nothing tells it.
 */
export function decideYear(evidence: YearEvidence): DecidedYear | null {
  const { cells, order, receivedAt } = evidence;
  const phases = cells.map((cell) => {
    const time = readYearless(cell, order);
    return time ? phaseOf(time) : Number.NaN;
  });
  const first = phases.findIndex((phase) => !Number.isNaN(phase));
  if (first < 0) return null;
  const rows = rowOrderOf(phases.filter((phase) => !Number.isNaN(phase)));
  const placed = new PlacedRows(cells, phases, rows, order);
  const example = cells[first]!.trim();
  const decided = (year: number, certainty: number, because: string, alternatives: number[] = []) => ({
    yearless: { year, rows },
    certainty,
    because,
    alternatives,
    example,
  });
  if (evidence.found !== undefined) return decided(evidence.found, 0.97, "as the data say themselves");
  const byColumn = yearByColumns(placed.compared, evidence);
  if (byColumn) return decided(byColumn.year, 0.97, `by the dates in "${byColumn.name}"`);
  const now = receivedAt === undefined ? Number.POSITIVE_INFINITY : receivedAt * 1_000 + AHEAD;
  // A number of four digits that is a year to come is likely none.
  const past = namedDates(evidence.context).filter(({ from }) => from <= now);
  const named = yearByNames(placed, past);
  if (named) return decided(named.year, named.certainty, "by the name or the description of the data");
  const [latest, ...earlier] = receivedAt === undefined ? [] : placed.latestYears(now, 3);
  if (latest === undefined) return null;
  return decided(latest, 0.75, "the latest in which no row is of the future", earlier);
}

/** Rows that are compared with the other columns. */
export const COMPARED_ROWS = 5_000;

/** Rows with their years counted from that of the first one. */
class PlacedRows {
  private readonly first: Placed;
  private readonly last: Placed;
  /** Years, so counted, that have a 29 February. */
  private readonly leaps = new Set<number>();
  /** The first rows, by their places. */
  readonly compared: { at: number; time: YearlessTime; year: number }[] = [];

  /** `phases` are NaN where a cell is no time. Only they are held for all rows: there may be a million. */
  constructor(cells: readonly string[], phases: readonly number[], rows: Yearless["rows"], order: DateOrder) {
    const turns = new YearTurns(0, rows);
    const leapDay = phaseOf({ month: 2, day: 29, seconds: 0 });
    let first = { at: -1, phase: Number.POSITIVE_INFINITY, year: Number.POSITIVE_INFINITY };
    let last = { at: -1, phase: Number.NEGATIVE_INFINITY, year: Number.NEGATIVE_INFINITY };
    const timeAt = (at: number) => readYearless(cells[at]!, order)!;
    phases.forEach((phase, at) => {
      if (Number.isNaN(phase)) return;
      const year = turns.next(phase);
      if (year < first.year || (year === first.year && phase < first.phase)) first = { at, phase, year };
      if (year > last.year || (year === last.year && phase > last.phase)) last = { at, phase, year };
      if (phase >= leapDay && phase < leapDay + 86_400) this.leaps.add(year);
      if (this.compared.length < COMPARED_ROWS) this.compared.push({ at, time: timeAt(at), year });
    });
    this.first = { time: timeAt(first.at), year: first.year };
    this.last = { time: timeAt(last.at), year: last.year };
  }

  /** The earliest and the latest time where the first row is of this year; null where a row has no such day. */
  span(year: number): { from: Micros; to: Micros } | null {
    for (const leap of this.leaps) if (daysInMonth(year + leap, 2) < 29) return null;
    const from = inYear(this.first.time, year + this.first.year);
    const to = inYear(this.last.time, year + this.last.year);
    return from === null || to === null ? null : { from, to };
  }

  /** The latest years, so many at most, in which no row lies behind a moment. */
  latestYears(moment: Micros, most: number): number[] {
    const years: number[] = [];
    const last = new Date(moment / 1_000).getUTCFullYear() - this.last.year + 1;
    for (let year = last; year > last - MOST_YEARS_BACK && years.length < most; year--) {
      const span = this.span(year);
      if (span && span.to <= moment) years.push(year);
    }
    return years;
  }
}

interface Placed {
  time: YearlessTime;
  year: number;
}

const AGREEING = 0.9;

/** The year that another column's dates give, where nearly all of them are of the same days. */
function yearByColumns(
  compared: PlacedRows["compared"],
  { dated, order }: YearEvidence,
): { year: number; name: string } | null {
  for (const { name, cells } of dated) {
    const votes = new Map<number | null, number>();
    let seen = 0;
    for (const { at, time, year } of compared) {
      const cell = cells[at];
      const other = cell == null ? null : readCalendar(cell, order);
      if (!other) continue;
      const found = nearestYear(time, other.micros);
      const first = found === null ? null : found - year;
      votes.set(first, (votes.get(first) ?? 0) + 1);
      seen++;
    }
    const [best] = [...votes].sort((a, b) => b[1] - a[1]);
    if (best && best[0] !== null && best[1] >= seen * AGREEING) return { year: best[0], name };
  }
  return null;
}

/** The year in which a time is at a moment, or a day or two from it. */
function nearestYear(time: YearlessTime, moment: Micros): number | null {
  const about = new Date(moment / 1_000).getUTCFullYear();
  return (
    [about, about - 1, about + 1].find((year) => {
      const instant = inYear(time, year);
      return instant !== null && Math.abs(instant - moment) <= NEAR;
    }) ?? null
  );
}

/**
 * The year in which the rows lie in what the names speak of; else the latest in which they end before it does, for files
 * are named by the day on which they were closed. Null where no name has a year, or two want different ones.
 */
function yearByNames(
  rows: PlacedRows,
  named: readonly NamedDate[],
): { year: number; certainty: number } | null {
  const found = named.flatMap((date) => yearByName(rows, date) ?? []);
  // A day or a month says more than a year does.
  const [best] = found.sort((a, b) => a.days - b.days);
  if (!best || found.some(({ days, year }) => days <= best.days && year !== best.year)) return null;
  return best;
}

function yearByName(rows: PlacedRows, { from, to }: NamedDate) {
  const days = Math.round((to - from) / DAY);
  const year = new Date(from / 1_000).getUTCFullYear();
  for (const slack of [0, NEAR]) {
    const within = [year, year - 1, year + 1].flatMap((one) => {
      const span = rows.span(one);
      const overlap = span ? Math.min(span.to, to + slack) - Math.max(span.from, from - slack) : -1;
      return overlap >= 0 ? [{ year: one, overlap }] : [];
    });
    const [most, next] = within.sort((a, b) => b.overlap - a.overlap);
    if (!most) continue;
    const isClear = !next || next.overlap < most.overlap / 2;
    return { year: most.year, certainty: isClear ? 0.95 : 0.8, days };
  }
  const [before] = rows.latestYears(to, 1);
  return before === undefined ? null : { year: before, certainty: 0.85, days };
}

/** The question that a decided year leaves open, if it does. */
export function yearAmbiguity(field: string, { yearless, alternatives, example }: DecidedYear): Ambiguity[] {
  if (alternatives.length === 0) return [];
  const reading = (year: number, chosen: boolean) => ({
    reading: `as of ${year}`,
    example: `${example} is of ${year}`,
    chosen,
  });
  return [
    {
      field,
      question: questionOf(field),
      readings: [reading(yearless.year, true), ...alternatives.map((year) => reading(year, false))],
    },
  ];
}

const questionOf = (field: string): string =>
  `The times in "${field}" have no year: of which one is the first?`;

/** Whether a question is that of the year. */
export const asksYear = ({ field, question }: Ambiguity): boolean => question === questionOf(field);
