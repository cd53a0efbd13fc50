import type { Frame } from "../frame";

/** Rows without a time get the times from `base` on, in their order. Gives the first that was not given. */
export function giveArrivalTimes(frame: Frame, base: number): number {
  let next = base;
  for (let row = 0; row < frame.times.length; row++)
    if (Number.isNaN(frame.times[row]!)) frame.times[row] = next++;
  return next;
}

export function rowsWithoutTime({ times }: Frame): number {
  let rows = 0;
  // By index: an iterator makes an object of each number, and every write comes by here.
  for (let row = 0; row < times.length; row++) if (Number.isNaN(times[row]!)) rows++;
  return rows;
}
