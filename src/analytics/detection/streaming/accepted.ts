import { Thing } from "./alerts";
import { Head, Place } from "./layout";
import { phaseAt } from "./seasons";
import type { Settings } from "./settings";

/** How much greater than what was marked the same thing may be: noise, and sums that cross their threshold at a leap. */
const MORE = 1.5;
/** The same of a spike or dip at another time of the season than the one that was marked. */
const MORE_ELSEWHERE = 1.1;
/** Parts of a season that are one time in it: hours of a day. */
const PARTS = 24;

/** Where the times of the spike and of the dip that were marked last stand, behind the sizes. */
const TIMES = Thing.flat;

const placeOf = (thing: number): number => Place.accepted + thing - 1;

/** The greatest size of this that a person called expected; zero for none. A gap's is among the longest ones. */
export const acceptedSize = (block: Float64Array, thing: Thing): number => block[placeOf(thing)]!;

export function noteAccepted(block: Float64Array, thing: Thing, size: number, timeMicros: number): void {
  block[placeOf(thing)] = Math.max(acceptedSize(block, thing), size);
  if (thing === Thing.up || thing === Thing.down) block[placeOf(TIMES + thing)] = timeMicros;
}

/** Whether an error, in deviations, is a spike or dip that was called expected. */
export function isAcceptedError(block: Float64Array, error: number, timeMicros: number): boolean {
  const thing = error > 0 ? Thing.up : Thing.down;
  const size = acceptedSize(block, thing);
  if (size === 0) return false;
  const more = isSameTime(block, timeMicros, block[placeOf(TIMES + thing)]!) ? MORE : MORE_ELSEWHERE;
  return Math.abs(error) <= more * size;
}

/** Whether a sum of errors, or one error as a part of such a sum, was called expected. */
export function isAcceptedSum(
  block: Float64Array,
  thing: Thing,
  statistic: number,
  { summedError }: Settings,
): boolean {
  if (thing !== Thing.up && thing !== Thing.down) return statistic <= MORE * acceptedSize(block, thing);
  const shift = thing === Thing.up ? Thing.shiftUp : Thing.shiftDown;
  const isPart = acceptedSize(block, shift) > 0 || acceptedSize(block, Thing.spread) > 0;
  return isPart && statistic <= summedError;
}

function isSameTime(block: Float64Array, one: number, other: number): boolean {
  const micros = block[Head.shortMicros]!;
  if (micros === 0) return false;
  const phase = (time: number): number => phaseAt({ micros, phases: PARTS }, time - block[Head.firstTime]!);
  const apart = Math.abs(phase(one) - phase(other));
  return Math.min(apart, PARTS - apart) <= 1;
}
