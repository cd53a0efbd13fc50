const HOUR_MICROS = 3_600_000_000;
const FIXED = { hourly: HOUR_MICROS, daily: 24 * HOUR_MICROS, weekly: 7 * 24 * HOUR_MICROS };
const MONTHS = { monthly: 1, quarterly: 3, yearly: 12 };
const START_YEAR = 1950;

/** Times (µs) for values that have none, by the word for their sampling; days where there is none. */
export function timesOf(frequency, count) {
  const word = String(frequency ?? "daily").toLowerCase();
  const months = MONTHS[word];
  if (months !== undefined)
    return Float64Array.from({ length: count }, (_, i) => Date.UTC(START_YEAR, i * months, 1) * 1_000);
  const start = Date.UTC(START_YEAR, 0, 2) * 1_000;
  return Float64Array.from({ length: count }, (_, i) => start + i * (FIXED[word] ?? FIXED.daily));
}
