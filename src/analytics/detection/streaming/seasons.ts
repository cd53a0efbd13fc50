const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
const YEAR = 365.25 * DAY;

/** A profile of more phases would be more state than it is worth, and would take that many readings to know once. */
export const MOST_PHASES = 2_016;
const FEWEST_PHASES = 4;

export interface Season {
  micros: number;
  phases: number;
}

/**
 * The seasons that readings `stepMicros` apart are given: the longest natural cycle of up to a day, or a week for steps
 * above a quarter of a day, or a year for steps of a week and more; and a week above a day where its phases are few
 * enough. A season that is not in the data costs nothing but its warm-up: its weight in the forecast is then none.
 */
export function seasonsOf(stepMicros: number): { short: Season | null; long: Season | null } {
  if (!(stepMicros > 0) || !Number.isFinite(stepMicros)) return { short: null, long: null };
  const cycles = stepMicros > 5 * DAY ? [YEAR] : stepMicros > DAY / 4 ? [WEEK] : [DAY, HOUR, MINUTE, SECOND];
  const short = cycles.map((micros) => season(micros, stepMicros)).find((known) => known !== null) ?? null;
  const long = short?.micros === DAY ? season(WEEK, stepMicros) : null;
  return { short, long };
}

function season(micros: number, stepMicros: number): Season | null {
  const phases = Math.round(micros / stepMicros);
  return phases >= FEWEST_PHASES && phases <= MOST_PHASES ? { micros, phases } : null;
}

/** The phase of a moment, counted from the series' own beginning so that jitter stays away from the boundaries. */
export function phaseAt({ micros, phases }: Season, sinceBeginning: number): number {
  const place = sinceBeginning - Math.floor(sinceBeginning / micros) * micros;
  return Math.round((place / micros) * phases) % phases;
}
