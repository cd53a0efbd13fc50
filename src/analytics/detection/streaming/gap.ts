import { Head } from "./layout";

/** Usual steps after which the values before say nothing any more. */
const GAP_STEPS = 12;
/** Usual steps from which a gap is an anomaly, if it is so many times longer than ever. */
const LONG_STEPS = 24;
const LONGER_THAN_EVER = 1.5;

/** How this reading's distance from the last stands; the longest gap is noted. */
export function gapBefore(state: Float64Array, timeMicros: number): "none" | "gap" | "longest" {
  const steps = (timeMicros - state[Head.lastTime]!) / state[Head.step]!;
  if (!(steps > GAP_STEPS)) return "none";
  const longest = state[Head.longestGap]!;
  state[Head.longestGap] = Math.max(longest, steps);
  return steps > LONG_STEPS && steps > LONGER_THAN_EVER * longest ? "longest" : "gap";
}
