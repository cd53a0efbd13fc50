import { Head } from "./layout";

/** Usual steps from which one speaks of a gap, and how much longer than ever it must be to be an anomaly. */
const GAP_STEPS = 12;
const LONGER_THAN_EVER = 1.5;

/** How this reading's distance from the last stands; the longest gap is noted. */
export function isLongestGap(state: Float64Array, timeMicros: number): "none" | "gap" | "longest" {
  const steps = (timeMicros - state[Head.lastTime]!) / state[Head.step]!;
  if (!(steps > GAP_STEPS)) return "none";
  const longest = state[Head.longestGap]!;
  state[Head.longestGap] = Math.max(longest, steps);
  return steps > LONGER_THAN_EVER * longest ? "longest" : "gap";
}
