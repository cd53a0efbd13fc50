import type { Part } from "../../../src/streams/engine/merge";
import type { Places } from "../../../src/streams/engine/places";

/** Points kept on each side of those that were asked for, at least. */
const LEAST_MARGIN = 32;
/** Points for each place that was asked for, more than which lie between those of a file that is sent again never do. */
const MOST_APART = 16;
/** Of the arrays and objects themselves. */
const WINDOW_BYTES = 400;

/**
 * The points of a chunk around those that were asked for last. A file that is sent again asks for neighbours: where it
 * goes on beside what is there, twice as much is kept, as a disk is read ahead.
 */
export interface ChunkWindow extends Part {
  /** Whether the chunk has nothing before, or behind. */
  isFirst: boolean;
  isLast: boolean;
  /** Without values where none of the places had a point. */
  columns: readonly [Float64Array] | readonly [];
}

/** Whether the open places `from` to `to` lie where the window knows of every point. */
export function covers(window: ChunkWindow, places: Places, from: number, to: number): boolean {
  const { times, isFirst, isLast, to: length } = window;
  // Of several points at one time some may lie outside.
  return (
    (isFirst || places.timeOf(from) > times[0]!) && (isLast || places.timeOf(to - 1) < times[length - 1]!)
  );
}

/** Points `from` to, not including, `to` of a chunk. */
export interface Extent {
  from: number;
  to: number;
}

/** What to keep of a chunk of which the points `first` to `last` were asked for, when `before` did not cover them. */
export function extentAround(
  chunk: Part,
  { first, last, from, to }: { first: number; last: number } & Extent,
  before: ChunkWindow | null,
): Extent {
  const isNear =
    before !== null &&
    chunk.times[last]! >= before.times[0]! - spanOf(before) &&
    chunk.times[first]! <= before.times[before.to - 1]! + spanOf(before);
  // Places all over the chunk tell nothing of where the next ones are.
  const start = last - first > MOST_APART * (to - from) ? last : first;
  const margin = Math.max(LEAST_MARGIN, last - start, isNear ? before.to : 0);
  return { from: Math.max(chunk.from, start - margin), to: Math.min(chunk.to, last + 1 + margin) };
}

export function windowOf(chunk: Part, { from, to }: Extent, hasValues: boolean): ChunkWindow {
  return {
    times: chunk.times.slice(from, to),
    ordinals: chunk.ordinals?.slice(from, to) ?? null,
    columns: hasValues ? [chunk.columns[0]!.slice(from, to)] : [],
    from: 0,
    to: to - from,
    isFirst: from === chunk.from,
    isLast: to === chunk.to,
  };
}

/** What it takes in memory, about. */
export const bytesOf = ({ to, columns, ordinals }: ChunkWindow): number =>
  WINDOW_BYTES + to * (8 + 8 * columns.length + (ordinals ? 4 : 0));

const spanOf = ({ times, to }: ChunkWindow): number => times[to - 1]! - times[0]!;
