import type { Part } from "../../../../src/streams/engine/merge";
import type { Places } from "../../../../src/streams/engine/places";
import type { RowTexts } from "../../../../src/streams/reader";
import type { TextPart } from "./chunk-parts";

/** Points kept on each side of those that were asked for, at least. */
const LEAST_MARGIN = 32;
/** So many places in one chunk, with no more points of it for each of them, are a stretch; fewer, or more apart, are not. */
const STRETCH = { places: 4, pointsEach: 16 };
/** Of memory: a window and its arrays, a row of texts without them, a character. */
const BYTES = { window: 400, row: 300, char: 2 };

/** Points `from` to, not including, `to` of a chunk. */
export interface Extent {
  from: number;
  to: number;
}

/** The points of a chunk that were asked for, by how many places. */
export interface Asked {
  first: number;
  last: number;
  places: number;
}

/**
 * The points of a chunk around those that were asked for last. A file that is sent again asks for neighbours: where it
 * goes on beside what is there, twice as much is kept, as a disk is read ahead. Of a single place only is known where it
 * was: for places all over a stream a thousand arrays a frame are worth nothing.
 */
export interface Window<P extends Part> {
  /** Where in the chunk. */
  extent: Extent;
  /** These points; null: not kept. */
  part: P | null;
  /** Whether the chunk has nothing before, or behind. */
  isFirst: boolean;
  isLast: boolean;
}

/** What to keep of a chunk of `length` points, when `before` did not cover what was asked for. */
export function extentAround(
  { first, last, places }: Asked,
  length: number,
  before: Window<Part> | null,
): Extent & { isKept: boolean } {
  const known = before ? before.extent.to - before.extent.from : 0;
  const reach = Math.max(LEAST_MARGIN, known);
  const isNear = before !== null && first <= before.extent.to + reach && last >= before.extent.from - reach;
  const isStretch = last - first <= STRETCH.pointsEach * places;
  const isKept = isNear || (isStretch && places >= STRETCH.places);
  const start = isStretch ? first : last;
  const margin = isKept ? Math.max(LEAST_MARGIN, last - start, isNear ? known : 0) : 0;
  return { from: Math.max(0, start - margin), to: Math.min(length, last + 1 + margin), isKept };
}

export function windowOf<P extends Part>(
  chunk: Part,
  { from, to, isKept }: Extent & { isKept: boolean },
  cut: () => P,
): Window<P> {
  return {
    extent: { from, to },
    part: isKept ? cut() : null,
    isFirst: from === 0,
    isLast: to === chunk.to,
  };
}

/** The window's points where they tell all of the open places `from` to `to`, otherwise null. */
export function covering<P extends Part>(
  window: Window<P> | null,
  places: Places,
  from: number,
  to: number,
): P | null {
  if (!window?.part) return null;
  const { part, isFirst, isLast } = window;
  // Of several points at one time some may lie outside.
  const isWithin =
    (isFirst || places.timeOf(from) > part.times[0]!) &&
    (isLast || places.timeOf(to - 1) < part.times[part.to - 1]!);
  return isWithin ? part : null;
}

/** A copy of some of a chunk's points; without values none has a column. */
export const cutPoints = (chunk: Part, { from, to }: Extent, hasValues: boolean): Part => ({
  times: chunk.times.slice(from, to),
  ordinals: chunk.ordinals?.subarray(from, to).some((ordinal) => ordinal > 0)
    ? chunk.ordinals.slice(from, to)
    : null,
  columns: hasValues ? [chunk.columns[0]!.slice(from, to)] : [],
  from: 0,
  to: to - from,
});

export const cutTexts = (chunk: TextPart, extent: Extent): TextPart => ({
  ...cutPoints(chunk, extent, false),
  rows: chunk.rows.slice(extent.from, extent.to),
});

/** What a window takes in memory, about. */
export function bytesOf({ part }: Window<Part & { rows?: RowTexts[] }>): number {
  if (!part) return BYTES.window / 2;
  let bytes = BYTES.window + part.to * (8 + 8 * part.columns.length + (part.ordinals ? 4 : 0));
  for (const { values } of part.rows ?? []) {
    bytes += BYTES.row;
    for (const name in values) bytes += BYTES.char * values[name]!.length;
  }
  return bytes;
}
