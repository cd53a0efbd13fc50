import { phaseOf, YearTurns } from "../../../infer/year-turns";
import { readYearless } from "../../../infer/yearless";
import { MONTHS } from "./time-head";

// A date with its year, as messages quote it.
const QUOTED =
  /(?<![\d.])(?:(\d{4})[-/.](\d{2})[-/.](\d{2})(?!\d)|(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6} {1,2}(\d{1,2})(?:,? (\d{4})| \d{2}:\d{2}:\d{2}(?: [A-Z]{3,4})? (\d{4}))(?!\d))/g;

/**
 * The year of the first of some records that are without one, by those that quote their own day with its year in the
 * message; null where none does or they contradict each other.
 */
export function yearOfFirst(records: readonly { time: string | null; message: string }[]): number | null {
  // Counted from the year of the first record, whatever that is.
  const turns = new YearTurns(0, "ascending");
  let first: number | null = null;
  for (const { time, message } of records) {
    const own = time === null ? null : readYearless(time, "mdy");
    if (!own) continue;
    const later = turns.next(phaseOf(own));
    for (const [, iso, isoMonth, isoDay, name, day, year, yearBehind] of message
      .slice(0, 1_000)
      .matchAll(QUOTED)) {
      const month = name === undefined ? Number(isoMonth) : MONTHS.indexOf(name) + 1;
      if (month !== own.month || Number(isoDay ?? day) !== own.day) continue;
      const found = Number(iso ?? year ?? yearBehind) - later;
      if (found < 1970 || found > 2100 || (first !== null && first !== found)) return null;
      first = found;
    }
  }
  return first;
}
