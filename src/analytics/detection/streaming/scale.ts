import type { Settings } from "./settings";

/** Groups of phases with a scale each: a day of minutes has no 1,440 of them. */
export const PHASE_BINS = 24;

/** Mean size of a normal error to its standard deviation. */
export const TO_DEVIATION = 1.2533;

/** Phases that a bin's mean is at most thought to be made of when the others are weighed in. */
const MOST_WEIGHT = 50;

export const binOf = (phase: number, phases: number): number =>
  phases === 0 ? 0 : Math.floor((phase * Math.min(phases, PHASE_BINS)) / phases);

/**
 * Mean size of the errors at this phase, weighed with that of the last few: a volatile hour is expected to go on.
 * `bins`: means and counts by phase.
 */
export function meanSize(
  block: Float64Array,
  bins: number,
  bin: number,
  means: { fast: number; slow: number },
  { fast, slow }: Settings["scaleWeight"],
): number {
  const count = block[bins + PHASE_BINS + bin]!;
  if (count < 1) return means.slow;
  return (block[bins + bin]! * count + means.fast * fast + means.slow * slow) / (count + fast + slow);
}

export function learnSize(block: Float64Array, bins: number, bin: number, size: number, gain: number): void {
  const count = block[bins + PHASE_BINS + bin]!;
  block[bins + bin]! += Math.max(gain, 1 / (count + 1)) * (size - block[bins + bin]!);
  block[bins + PHASE_BINS + bin] = Math.min(MOST_WEIGHT, count + 1);
}
