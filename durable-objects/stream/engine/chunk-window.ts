import type { Part } from "../../../src/streams/engine/merge";
import type { Places } from "../../../src/streams/engine/places";
import type { RowTexts } from "../../../src/streams/reader";
import type { TextPart } from "./chunk-parts";

/** Points kept on each side of those that were asked for, at least. */
const LEAST_MARGIN = 32;
/** Points for each place that was asked for, more than which lie between those of a file that is sent again never do. */
const MOST_APART = 16;
/** Of memory: the arrays of a window and the window, a row of texts without them, a character. */
const BYTES = { window: 400, row: 300, char: 2 };

/**
 * The points of a chunk around those that were asked for last. A file that is sent again asks for neighbours: where it
 * goes on beside what is there, twice as much is kept, as a disk is read ahead.
 */
interface Window extends Part {
  /** Whether the chunk has nothing before, or behind. */
  isFirst: boolean;
  isLast: boolean;
}

/** Without values where none of the places had a point. */
export interface ChunkWindow extends Window {
  columns: readonly [Float64Array] | readonly [];
}

export interface TextWindow extends Window {
  rows: RowTexts[];
}

/** Whether the open places `from` to `to` lie where the window knows of every point. */
export function covers(window: Window, places: Places, from: number, to: number): boolean {
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
  before: Window | null,
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

export const windowOf = (chunk: Part, extent: Extent, hasValues: boolean): ChunkWindow => ({
  ...cut(chunk, extent),
  columns: hasValues ? [chunk.columns[0]!.slice(extent.from, extent.to)] : [],
});

export const textWindowOf = (chunk: TextPart, extent: Extent): TextWindow => ({
  ...cut(chunk, extent),
  rows: chunk.rows.slice(extent.from, extent.to),
});

const cut = (chunk: Part, { from, to }: Extent): Window => ({
  times: chunk.times.slice(from, to),
  ordinals: chunk.ordinals?.slice(from, to) ?? null,
  columns: [],
  from: 0,
  to: to - from,
  isFirst: from === chunk.from,
  isLast: to === chunk.to,
});

/** What it takes in memory, about. */
export const bytesOf = ({ to, columns, ordinals }: ChunkWindow): number =>
  BYTES.window + to * (8 + 8 * columns.length + (ordinals ? 4 : 0));

export function textBytesOf({ rows }: TextWindow): number {
  let bytes = BYTES.window;
  for (const { values } of rows) {
    bytes += BYTES.row;
    for (const name in values) bytes += BYTES.char * values[name]!.length;
  }
  return bytes;
}

const spanOf = ({ times, to }: Window): number => times[to - 1]! - times[0]!;
