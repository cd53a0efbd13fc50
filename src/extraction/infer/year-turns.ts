import type { Yearless } from "../contract";
import type { YearlessTime } from "./yearless";

const DAY = 86_400;
// Every year has the 29 February here: only distances between times of one year and the next are measured.
const YEAR = 366 * DAY;
const HALF = YEAR / 2;
/** How late a row may come. */
const LATE = 2 * DAY;
/** How long after a turn rows of before it may still come. */
const TURNING = 30 * DAY;
const BEFORE_MONTH = [0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335];

/** Seconds since the beginning of a year of 366 days. */
export const phaseOf = ({ month, day, seconds }: Pick<YearlessTime, "month" | "day" | "seconds">): number =>
  (BEFORE_MONTH[month - 1]! + day - 1) * DAY + seconds;

/** Seconds between two phases, the short way round the year. */
export function phaseDistance(a: number, b: number): number {
  const distance = Math.abs(a - b);
  return Math.min(distance, YEAR - distance);
}

/**
 * Years of rows in their order. Where rows ascend, a time more than half a year behind the one before begins the next
 * year. A row that comes late, up to two days before the turn, is of the old year, and the rows behind it turn again; so
 * does a clock that begins in January and is set right soon after. Rows that descend go the other way.
 */
export class YearTurns {
  private readonly step: 1 | -1;
  private last: number | null = null;
  /** Phases on both sides of the last turn. */
  private turn: { before: number; behind: number } | null = null;

  constructor(
    private year: number,
    private readonly rows: Yearless["rows"],
  ) {
    this.step = rows === "descending" ? -1 : 1;
  }

  /** The year of the next row. */
  next(phase: number): number {
    const { last } = this;
    this.last = phase;
    if (last === null || this.rows === "unordered") return this.year;
    const moved = (phase - last) * this.step;
    if (moved < -HALF) {
      this.year += this.step;
      this.turn = { before: last, behind: phase };
    } else if (moved > HALF && this.isLate(phase, last)) this.year -= this.step;
    else if (this.turn && phaseDistance(phase, this.turn.behind) > TURNING) this.turn = null;
    return this.year;
  }

  private isLate(phase: number, last: number): boolean {
    return (
      phaseDistance(phase, last) <= LATE ||
      (this.turn !== null && phaseDistance(phase, this.turn.before) <= LATE)
    );
  }
}

/**
 * How rows stand by their phases: in order where they hardly ever go by days against the way that most of them go.
 * More than half a year back is the way on into the next year.
 */
export function rowOrderOf(phases: readonly number[]): Yearless["rows"] {
  const days = { up: 0, down: 0 };
  const all = { up: 0, down: 0 };
  for (let i = 1; i < phases.length; i++) {
    const [from, to] = [phases[i - 1]!, phases[i]!];
    if (from === to) continue;
    const isUp = to > from === Math.abs(to - from) <= HALF;
    const way = isUp ? "up" : "down";
    all[way]++;
    if (phaseDistance(from, to) > LATE) days[way]++;
  }
  const against = Math.min(days.up, days.down);
  if (against > Math.max(1, (days.up + days.down) / 10)) return "unordered";
  return all.down > all.up ? "descending" : "ascending";
}
