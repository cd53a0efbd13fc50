/**
 * How a series of any length lies in spans: 4 points each at first, then two of 8, two of 16, and so on, from 512 points on
 * 256 each. So at most a third of what a series takes is empty (beyond its first points), none of it moves when it grows,
 * and which span a point lies in is known from its index.
 */

/** Points from which on all spans have {@link MOST}, and how many spans are before those. */
const EVEN = { points: 512, spans: 14 };
const MOST_BITS = 8;
const MOST = 2 ** MOST_BITS;

/** The span that the point of this index lies in. */
export function spanOf(index: number): number {
  if (index < 16) return index >> 2;
  if (index >= EVEN.points) return EVEN.spans + ((index - EVEN.points) >> MOST_BITS);
  const doublings = 27 - Math.clz32(index);
  return 4 + 2 * doublings + ((index >> (3 + doublings)) & 1);
}

/** The index of a span's first point. */
export function startOf(span: number): number {
  if (span < 4) return 4 * span;
  if (span >= EVEN.spans) return EVEN.points + (span - EVEN.spans) * MOST;
  return (16 + 8 * (span & 1)) << ((span - 4) >> 1);
}

/** The points of a span. */
export function sizeOf(span: number): number {
  if (span < 4) return 4;
  return span >= EVEN.spans ? MOST : 8 << ((span - 4) >> 1);
}
