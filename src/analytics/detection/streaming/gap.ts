import { Head } from "./layout";

/** Usual steps after which the values before say nothing any more. */
const GAP_STEPS = 12;
/** Usual steps from which a gap is an anomaly, if it is so many times longer than ever. */
const LONG_STEPS = 24;
const LONGER_THAN_EVER = 1.5;

/** Steps behind which a gap is longer than what is usual. */
export const longestUsual = (state: Float64Array): number =>
  Math.max(LONG_STEPS, LONGER_THAN_EVER * state[Head.longestGap]!);

export const isLongest = (state: Float64Array, timeMicros: number): boolean =>
  stepsUntil(state, timeMicros) > longestUsual(state);

/** How this reading's distance from the last stands; the longest gap is noted. */
export function gapBefore(state: Float64Array, timeMicros: number): "none" | "gap" | "longest" {
  if (!(stepsUntil(state, timeMicros) > GAP_STEPS)) return "none";
  const gap = isLongest(state, timeMicros) ? "longest" : "gap";
  noteGap(state, timeMicros);
  return gap;
}

/** Takes a silence until this moment for usual. */
export function noteGap(state: Float64Array, timeMicros: number): void {
  state[Head.longestGap] = Math.max(state[Head.longestGap]!, stepsUntil(state, timeMicros));
}

const stepsUntil = (state: Float64Array, timeMicros: number): number =>
  (timeMicros - state[Head.lastTime]!) / state[Head.step]!;
