import type { Frame } from "../frame";
import { tagSetKey } from "../point";

/** By the list of tag sets: frames of one source often have the very same one. */
const known = new WeakMap<Frame["tagSets"], string[]>();

/** The key of each of the frame's tag sets: several parts of a stream ask for them. */
export function keysOf(frame: Frame): string[] {
  let keys = known.get(frame.tagSets);
  if (!keys) {
    keys = frame.tagSets.map(tagSetKey);
    known.set(frame.tagSets, keys);
  }
  return keys;
}
