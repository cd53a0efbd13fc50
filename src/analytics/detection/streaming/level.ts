import { Head, layoutOf } from "./layout";

/** Notes how far a value is from what the season says, or from the level where there is none. */
export function noteDistance(state: Float64Array, scaled: number): void {
  state[Head.away3] = state[Head.away2]!;
  state[Head.away2] = state[Head.away]!;
  state[Head.away] = scaled - state[Head.lastShort]!;
}

/** The median of the last three distances: one odd reading is not the level. */
export function distance(state: Float64Array): number {
  const [a, b, c] = [state[Head.away]!, state[Head.away2]!, state[Head.away3]!];
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

/** Makes a level that is so far from the one before the normal one, at every phase. The last values stay what they are. */
export function moveLevel(state: Float64Array, by: number): void {
  for (const at of [Head.level, Head.lastShort, Head.lastLong]) state[at]! += by;
  for (const at of [Head.away, Head.away2, Head.away3]) state[at]! -= by;
  for (let at = layoutOf(state).profiles; at < state.length; at++) state[at]! += by;
}
