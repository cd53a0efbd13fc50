import type { Frame } from "../frame";
import { tagSetKey } from "../point";

const known = new WeakMap<Frame, string[]>();

/** The key of each of the frame's tag sets: several parts of a stream ask for them. */
export function keysOf(frame: Frame): string[] {
  let keys = known.get(frame);
  if (!keys) {
    keys = frame.tagSets.map(tagSetKey);
    known.set(frame, keys);
  }
  return keys;
}
