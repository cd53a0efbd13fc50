import { Thing } from "./alerts";
import { hasBegun } from "./beginning";
import { ACCEPTED_NUMBERS, Place } from "./layout";
import type { Settings } from "./settings";

/** How much greater than what was marked the same thing may be: it varies, and sums cross their threshold at a leap. */
const MORE = 1.5;

const placeOf = (thing: Thing): number => Place.accepted + thing - 1;

/** The greatest size of this that a person called expected; zero for none. A gap's is among the longest ones. */
export const acceptedSize = (block: Float64Array, thing: Thing): number => block[placeOf(thing)]!;

export function noteAccepted(block: Float64Array, thing: Thing, size: number): void {
  block[placeOf(thing)] = Math.max(acceptedSize(block, thing), size);
}

/** What a person said of a series stays where its detector begins anew. */
export function keepAccepted(from: Float64Array, into: Float64Array): void {
  if (!hasBegun(into)) return;
  into.set(from.subarray(Place.accepted, Place.accepted + ACCEPTED_NUMBERS), Place.accepted);
}

/** Whether an error, in deviations, is a spike or dip that was called expected: at any time, for few recur to the hour. */
export function isAcceptedError(block: Float64Array, error: number): boolean {
  return Math.abs(error) <= MORE * acceptedSize(block, error > 0 ? Thing.up : Thing.down);
}

/** Whether a sum of errors was called expected. */
export const isAcceptedSum = (block: Float64Array, thing: Thing, statistic: number): boolean =>
  statistic <= MORE * acceptedSize(block, thing);

/** Whether an error upwards or downwards is part of a shift or of a spread that was called expected. */
export function isAcceptedPart(
  block: Float64Array,
  isUp: boolean,
  statistic: number,
  { summedError }: Settings,
): boolean {
  const shift = isUp ? Thing.shiftUp : Thing.shiftDown;
  const isPart = acceptedSize(block, shift) > 0 || acceptedSize(block, Thing.spread) > 0;
  return isPart && statistic <= summedError;
}
