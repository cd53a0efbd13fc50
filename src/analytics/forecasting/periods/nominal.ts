const MINUTE = 60_000_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Steps of which a calendar makes more than multiples: lengths in days, and how many make a year. */
const OF_A_YEAR = [
  { fromDays: 6.9, toDays: 7.1, period: 52 },
  { fromDays: 27.9, toDays: 31.1, period: 12 },
  { fromDays: 89, toDays: 93, period: 4 },
  { fromDays: 180, toDays: 185, period: 2 },
] as const;

const LONGEST = 20_000;

/**
 * The seasons that readings `stepMicros` apart are usual to have, ascending: of days and weeks, of hours where the step
 * is below half of one, of years where it is a week or more. Hourly: 24 and 168; daily: 7; monthly: 12; yearly: none.
 */
export function nominalPeriods(stepMicros: number): number[] {
  if (!(stepMicros > 0)) return [];
  const days = stepMicros / DAY;
  const ofAYear = OF_A_YEAR.find(({ fromDays, toDays }) => days >= fromDays && days <= toDays);
  if (ofAYear) return [ofAYear.period];
  return [MINUTE, HOUR, DAY, 7 * DAY]
    .map((cycle) => cycle / stepMicros)
    .filter((steps) => steps >= 2 && steps <= LONGEST && Math.abs(steps - Math.round(steps)) < 1e-6 * steps)
    .map(Math.round);
}
