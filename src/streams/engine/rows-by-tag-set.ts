import type { Frame } from "../frame";

/** Used again for every frame, and as large as the largest of them. */
let order = new Uint32Array(0);
let ends = new Uint32Array(0);

export interface RowsByTagSet {
  rows: Uint32Array;
  /** Where those of each tag set end in `rows`: there those of the next one begin. */
  ends: Uint32Array;
}

/** The frame's rows tag set by tag set, those of one in their order. Good until the next call. */
export function rowsByTagSet({ times, tagSets, tagSetOf }: Frame): RowsByTagSet {
  if (order.length < times.length) order = new Uint32Array(times.length);
  if (ends.length < tagSets.length) ends = new Uint32Array(tagSets.length);
  ends.fill(0, 0, tagSets.length);
  for (let row = 0; row < times.length; row++) ends[tagSetOf[row]!]!++;
  let end = 0;
  for (let at = 0; at < tagSets.length; at++) {
    const start = end;
    end += ends[at]!;
    ends[at] = start;
  }
  for (let row = 0; row < times.length; row++) order[ends[tagSetOf[row]!]!++] = row;
  return { rows: order, ends };
}
