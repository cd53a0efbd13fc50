/**
 * Merging of points that lie in several places: blocks of several runs and the head. A later source wins where two have
 * a point at the same time and ordinal: an overwritten value is never changed in place.
 */

/** Points `from` to, not including, `to` of columns that ascend by time and then ordinal. */
export interface Part {
  times: Float64Array;
  /** null: all 0. */
  ordinals: Uint32Array | null;
  columns: readonly Float64Array[];
  from: number;
  to: number;
}

/** A range of time, microseconds, `end` exclusive. */
export interface Range {
  start: number;
  end: number;
}

interface Cursor<P extends Part> {
  rest: Iterator<P>;
  part: P;
  at: number;
}

/** The points of all sources in order. Each source's parts ascend and do not overlap; later sources win. */
export function* mergeParts<P extends Part>(sources: Iterable<P>[]): Generator<P> {
  const cursors: Cursor<P>[] = [];
  for (const source of sources) {
    const cursor = openCursor(source[Symbol.iterator]());
    if (cursor) cursors.push(cursor);
  }
  while (cursors.length > 1) {
    const first = leastOf(cursors);
    const time = first.part.times[first.at]!;
    const ordinal = ordinalAt(first.part, first.at);
    // Everything of the winner before the next point of another source goes out as one slice.
    let nextTime = Number.POSITIVE_INFINITY;
    let nextOrdinal = 0;
    for (const cursor of cursors) {
      if (cursor === first) continue;
      const t = cursor.part.times[cursor.at]!;
      const o = ordinalAt(cursor.part, cursor.at);
      if (t < nextTime || (t === nextTime && o < nextOrdinal)) {
        nextTime = t;
        nextOrdinal = o;
      }
    }
    if (nextTime === time && nextOrdinal === ordinal) {
      yield { ...first.part, from: first.at, to: first.at + 1 };
      for (let i = cursors.length - 1; i >= 0; i--) {
        const cursor = cursors[i]!;
        const isHere = cursor.part.times[cursor.at] === time && ordinalAt(cursor.part, cursor.at) === ordinal;
        if (isHere && !advance(cursor, cursor.at + 1)) cursors.splice(i, 1);
      }
      continue;
    }
    const to = boundOf(first.part, first.at + 1, nextTime, nextOrdinal);
    yield { ...first.part, from: first.at, to };
    if (!advance(first, to)) cursors.splice(cursors.indexOf(first), 1);
  }
  const last = cursors[0];
  if (!last) return;
  do yield { ...last.part, from: last.at, to: last.part.to };
  while (advance(last, last.part.to));
}

/** The parts without the points in any of `ranges`. */
export function* withoutRanges<P extends Part>(parts: Iterable<P>, ranges: readonly Range[]): Generator<P> {
  if (ranges.length === 0) {
    yield* parts;
    return;
  }
  for (const part of parts) {
    let kept = [part];
    for (const { start, end } of ranges) {
      kept = kept.flatMap((one) => {
        const cutFrom = boundOf(one, one.from, start, 0);
        const cutTo = boundOf(one, cutFrom, end, 0);
        if (cutFrom === cutTo) return [one];
        return [
          { ...one, to: cutFrom },
          { ...one, from: cutTo },
        ].filter(({ from, to }) => from < to);
      });
    }
    yield* kept;
  }
}

/** The points in [start, end). */
export function* within<P extends Part>(parts: Iterable<P>, start: number, end: number): Generator<P> {
  for (const part of parts) {
    const from = boundOf(part, part.from, start, 0);
    const to = boundOf(part, from, end, 0);
    if (from < to) yield { ...part, from, to };
  }
}

/** The points in any of `ranges`, which ascend and do not overlap. */
export function* inRanges<P extends Part>(parts: Iterable<P>, ranges: readonly Range[]): Generator<P> {
  let next = 0;
  for (const part of parts) {
    let { from } = part;
    while (from < part.to) {
      while (next < ranges.length && ranges[next]!.end <= part.times[from]!) next++;
      const range = ranges[next];
      if (!range) return;
      from = boundOf(part, from, range.start, 0);
      const to = boundOf(part, from, range.end, 0);
      if (from < to) yield { ...part, from, to };
      from = to;
    }
  }
}

export interface Collected {
  times: Float64Array;
  ordinals: Uint32Array | null;
  columns: Float64Array[];
}

/** All points in arrays of their own. */
export function collect(parts: Iterable<Part>, width: number): Collected {
  const held = [...parts];
  let length = 0;
  let hasOrdinals = false;
  for (const { from, to, ordinals } of held) {
    length += to - from;
    hasOrdinals ||= ordinals !== null;
  }
  const times = new Float64Array(length);
  const columns = Array.from({ length: width }, () => new Float64Array(length));
  const ordinals = hasOrdinals ? new Uint32Array(length) : null;
  let at = 0;
  for (const part of held) {
    times.set(part.times.subarray(part.from, part.to), at);
    for (let i = 0; i < width; i++) columns[i]!.set(part.columns[i]!.subarray(part.from, part.to), at);
    if (ordinals && part.ordinals) ordinals.set(part.ordinals.subarray(part.from, part.to), at);
    at += part.to - part.from;
  }
  return { times, ordinals: ordinals?.some((ordinal) => ordinal > 0) ? ordinals : null, columns };
}

export function countOf(parts: Iterable<Part>): number {
  let count = 0;
  for (const { from, to } of parts) count += to - from;
  return count;
}

export const ordinalAt = (part: Pick<Part, "ordinals">, index: number): number => part.ordinals?.[index] ?? 0;

/** The first index from `from` on whose point does not stand before (time, ordinal). */
export function boundOf(part: Part, from: number, time: number, ordinal: number): number {
  const { times } = part;
  let low = from;
  let high = part.to;
  while (low < high) {
    const middle = (low + high) >> 1;
    const t = times[middle]!;
    if (t < time || (t === time && ordinalAt(part, middle) < ordinal)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first index in [from, to) of ascending numbers at which one is not below `least`; `to` where all are. */
export function firstFrom(ascending: Float64Array, from: number, to: number, least: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

function openCursor<P extends Part>(rest: Iterator<P>): Cursor<P> | null {
  for (;;) {
    const next = rest.next();
    if (next.done) return null;
    if (next.value.from < next.value.to) return { rest, part: next.value, at: next.value.from };
  }
}

/** False where the source has no more. */
function advance<P extends Part>(cursor: Cursor<P>, to: number): boolean {
  cursor.at = to;
  if (to < cursor.part.to) return true;
  const next = openCursor(cursor.rest);
  if (!next) return false;
  cursor.part = next.part;
  cursor.at = next.at;
  return true;
}

/** The cursor of the earliest point; of equals the last, which wins. */
function leastOf<P extends Part>(cursors: Cursor<P>[]): Cursor<P> {
  let least = cursors[0]!;
  for (let i = 1; i < cursors.length; i++) {
    const cursor = cursors[i]!;
    const time = cursor.part.times[cursor.at]!;
    const best = least.part.times[least.at]!;
    if (
      time < best ||
      (time === best && ordinalAt(cursor.part, cursor.at) <= ordinalAt(least.part, least.at))
    )
      least = cursor;
  }
  return least;
}
