import type { Every } from "./spec";

const SECOND = 1_000_000;
const DAY = 86_400 * SECOND;

const UNITS: Record<string, Every> = {
  us: { unit: "micros", count: 1 },
  µs: { unit: "micros", count: 1 },
  ms: { unit: "micros", count: 1_000 },
  s: { unit: "micros", count: SECOND },
  m: { unit: "micros", count: 60 * SECOND },
  h: { unit: "micros", count: 3_600 * SECOND },
  d: { unit: "days", count: 1 },
  w: { unit: "weeks", count: 1 },
  mo: { unit: "months", count: 1 },
  q: { unit: "months", count: 3 },
  y: { unit: "months", count: 12 },
};

/** The longest that a day, a week and a month have, without a change of the clock. */
const LONGEST = { micros: 1, days: DAY, weeks: 7 * DAY, months: 31 * DAY } as const;
/** The range that can be stored is 570 years. */
const MOST_MICROS = 600 * 366 * DAY;

export const DURATION_FORM =
  "a whole number and a unit: us, ms, s, m (minutes), h, d, w, mo (months), q (quarters) or y";

/** A duration as `every` takes it: `30s`, `5m`, `1h`, `1d`, `1w`, `1mo`, `1q`, `1y`. Null for anything else. */
export function parseEvery(text: string): Every | null {
  const match = /^([1-9]\d{0,14})(us|µs|ms|s|m|h|d|w|mo|q|y)$/.exec(text.trim());
  const unit = match && UNITS[match[2]!];
  if (!unit) return null;
  const every = { unit: unit.unit, count: Number(match[1]) * unit.count };
  return longestMicros(every) <= MOST_MICROS ? every : null;
}

/** Microseconds of a duration; of a calendar one the most it can have (a month: 31 days). */
export const longestMicros = ({ unit, count }: Every): number => LONGEST[unit] * count;
