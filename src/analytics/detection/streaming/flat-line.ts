import { acceptedSize } from "./accepted";
import { Thing } from "./alerts";
import { Head } from "./layout";

/** A run must be so many times longer than any before: what comes and goes regularly is no failure. */
const LONGER_THAN_EVER = 2;
/** How slowly the longest run is forgotten, a run. */
const FORGET_LONGEST = 0.999;
/** Equal readings after the first from which one speaks of a run. */
const SHORTEST = 2;

/** Surprise of the present run of equal readings, by how readings were equal in the runs before; zero where it is none. */
export function flatSurprise(block: Float64Array): number {
  const run = block[Head.run]!;
  if (run < SHORTEST || block[Head.runDone] === 1 || block[Head.transitions] === 0) return 0;
  const longest = Math.max(block[Head.longestRun]!, acceptedSize(block, Thing.flat));
  if (run <= LONGER_THAN_EVER * longest) return 0;
  const first = (block[Head.equals]! + 0.5) / (block[Head.transitions]! + 10);
  const further = Math.max(first, (block[Head.equalsInRun]! + 0.5) / (block[Head.transitionsInRun]! + 2));
  return -(Math.log10(first) + (run - 1) * Math.log10(further));
}

export function countRun(block: Float64Array, isEqual: boolean): void {
  const run = block[Head.run]!;
  if (isEqual) {
    block[Head.run] = run + 1;
    return;
  }
  block[Head.transitions]! += run + 1;
  block[Head.equals]! += run;
  if (run > 0) {
    block[Head.transitionsInRun]! += run;
    block[Head.equalsInRun]! += run - 1;
  }
  block[Head.longestRun] = Math.max(FORGET_LONGEST * block[Head.longestRun]!, run);
  block[Head.run] = 0;
  block[Head.runDone] = 0;
}
