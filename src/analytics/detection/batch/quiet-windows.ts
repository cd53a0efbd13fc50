import { quantileOfSorted, unitOf } from "./order-statistics";

/** A value that differs in fewer rows is what is judged, not what is usual. */
const USUAL_CHANGES = { share: 0.01, least: 6 };
/** Of a window's changes that are zero: from here on it says nothing of what happens where the series moves. */
const QUIET = 0.25;
/** Of the changes that are not zero: about the step of a counter or of a rounded reading, next to nothing elsewhere. */
const SMALLEST = 0.05;

/**
 * The least spread that the window before each row may claim. Counts that are mostly zero and readings that were stuck
 * leave windows without any: measured by them, each change would be an anomaly. Where a series moves only now and then
 * the usual move is the least spread, elsewhere its smallest step.
 */
export function leastSpreads(values: Float64Array, windowSize: number): Float64Array {
  const usual = usualMoves(values);
  if (usual === null) return new Float64Array(values.length);
  let still = 0;
  return values.map((_, t) => {
    if (t >= 2 && values[t - 1] === values[t - 2]) still++;
    const gone = t - windowSize;
    if (gone >= 1 && values[gone] === values[gone - 1]) still--;
    return leastOf(usual, still, Math.min(t, windowSize) - 1);
  });
}

/** Of the whole series. */
export function leastSpread(values: Float64Array): number {
  const usual = usualMoves(values);
  const changes = values.length - 1;
  return usual === null ? 0 : leastOf(usual, changes - usual.count, changes);
}

/** The step of a counter or of rounded readings in robust standard deviations, next to nothing elsewhere. */
export function stepOf(values: Float64Array): number {
  const usual = usualMoves(values);
  return usual === null ? 0 : usual.smallest / unitOf(values);
}

interface Moves {
  count: number;
  middle: number;
  smallest: number;
}

const leastOf = ({ middle, smallest }: Moves, still: number, changes: number): number =>
  changes > 0 && still > QUIET * changes ? middle : smallest;

/** Null where the series hardly ever moves. */
function usualMoves(values: Float64Array): Moves | null {
  const moves = movesOf(values);
  const { least, share } = USUAL_CHANGES;
  if (moves.length < Math.max(least, share * values.length)) return null;
  return {
    count: moves.length,
    middle: quantileOfSorted(moves, 0.5),
    smallest: quantileOfSorted(moves, SMALLEST),
  };
}

/** The sizes of the changes that are not zero, ascending. */
function movesOf(values: Float64Array): Float64Array {
  return values
    .subarray(1)
    .map((value, i) => Math.abs(value - values[i]!))
    .filter((size) => size > 0)
    .sort();
}
