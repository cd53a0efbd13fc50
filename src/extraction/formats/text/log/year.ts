import { MONTHS } from "./time-head";

// A date with its year, as messages quote it.
const QUOTED =
  /(?<![\d.])(?:(\d{4})[-/.](\d{2})[-/.](\d{2})(?!\d)|(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6} {1,2}(\d{1,2})(?:,? (\d{4})| \d{2}:\d{2}:\d{2}(?: [A-Z]{3,4})? (\d{4}))(?!\d))/g;
const WRITTEN = /^([A-Z][a-z]{2}) (\d{1,2}) (.+)$/;

/**
 * Gives times without a year the one they are in, from the year of the first: lines of a log are in order, so that a
 * month that is far behind the one before begins a new year, and one far ahead is a straggler of the old one.
 */
export class Years {
  private month: number | null = null;

  constructor(private year: number) {}

  /** The time with its year, in ISO 8601; as it is where it is not of this form. */
  read(time: string): string {
    const match = WRITTEN.exec(time);
    if (!match) return time;
    const month = MONTHS.indexOf(match[1]!);
    if (this.month !== null) {
      if (this.month - month > 6) this.year++;
      else if (month - this.month > 6) this.year--;
    }
    this.month = month;
    return `${this.year}-${String(month + 1).padStart(2, "0")}-${match[2]!.padStart(2, "0")} ${match[3]}`;
  }
}

/**
 * The year of the first of some records that are without one, by those that quote their own day with its year in the
 * message; null where none does or they contradict each other.
 */
export function yearOfFirst(records: readonly { time: string | null; message: string }[]): number | null {
  // Counted from the year of the first record, whatever that is.
  const years = new Years(0);
  let first: number | null = null;
  for (const { time, message } of records) {
    const placed = time === null ? null : /^(-?\d+)-(\d{2})-(\d{2}) /.exec(years.read(time));
    if (!placed) continue;
    for (const [, iso, isoMonth, isoDay, name, day, year, yearBehind] of message
      .slice(0, 1_000)
      .matchAll(QUOTED)) {
      const month = name === undefined ? Number(isoMonth) : MONTHS.indexOf(name) + 1;
      if (month !== Number(placed[2]) || Number(isoDay ?? day) !== Number(placed[3])) continue;
      const found = Number(iso ?? year ?? yearBehind) - Number(placed[1]);
      if (found < 1970 || found > 2100 || (first !== null && first !== found)) return null;
      first = found;
    }
  }
  return first;
}
