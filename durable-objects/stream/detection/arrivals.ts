/** Numbers that are kept of how a series arrives. */
export const ARRIVAL_NUMBERS = 4;

/**
 * Writes that brought something new, the last of them (ms), the longest pause between two (ms), and how much older than
 * its arrival the newest reading was (µs).
 */
const COUNT = 0;
const LAST = 1;
const LONGEST_PAUSE = 2;
const LAG = 3;

/** Writes before which nobody knows how often the series is written. */
const LEAST_ARRIVALS = 12;
const LONGER_THAN_EVER = 1.5;
/**
 * Looks are due on a grid: series that fall silent together, and speak in turns, are looked at together and told of in
 * one alert. Later by at most this share of the silence, or by a second.
 */
const GRID_SHARE = 1 / 16;
const LEAST_GRID_MS = 1_000;

/** A write came at `atMs` whose newest reading is of `timeMicros`. */
export function arrived(numbers: Float64Array, at: number, atMs: number, timeMicros: number): void {
  const count = numbers[at + COUNT]!;
  const pause = count === 0 ? 0 : atMs - numbers[at + LAST]!;
  numbers[at + COUNT] = count + 1;
  numbers[at + LAST] = atMs;
  numbers[at + LONGEST_PAUSE] = Math.max(numbers[at + LONGEST_PAUSE]!, pause);
  numbers[at + LAG] = atMs * 1_000 - timeMicros;
}

/** The series' own time at a moment of ours, microseconds: its clock may be behind, and so may its transport. */
export const ownTime = (numbers: Float64Array, at: number, nowMs: number): number =>
  nowMs * 1_000 - numbers[at + LAG]!;

/**
 * When (ms) somebody should look whether the series is silent, which in its own time it is from `silenceFromMicros` on.
 * Null where that is not known, for history, which was silent for so long before it even came, and while nobody knows how
 * the series arrives: readings that come by the hour are no silence of 59 minutes.
 */
export function lookAt(numbers: Float64Array, at: number, silenceFromMicros: number | null): number | null {
  if (silenceFromMicros === null || numbers[at + COUNT]! < LEAST_ARRIVALS) return null;
  const last = numbers[at + LAST]!;
  if (silenceFromMicros <= last * 1_000) return null;
  const silentMs = (silenceFromMicros + numbers[at + LAG]!) / 1_000;
  const dueMs = Math.max(silentMs, last + LONGER_THAN_EVER * numbers[at + LONGEST_PAUSE]!);
  const grid = Math.max(LEAST_GRID_MS, 2 ** Math.floor(Math.log2((dueMs - last) * GRID_SHARE)));
  return Math.ceil(dueMs / grid) * grid;
}
