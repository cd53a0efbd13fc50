import type { Part, Range } from "./merge";

/** The columns of a rollup chunk, in this order. */
export const BUCKET_COLUMNS = ["count", "sum", "min", "max", "first", "last"] as const;
export const BUCKET_WIDTH = BUCKET_COLUMNS.length;

/** Grows bucket by bucket. */
export class BucketList {
  readonly times: number[] = [];
  private readonly columns: number[][] = BUCKET_COLUMNS.map(() => []);

  add(time: number, values: readonly number[]): void {
    this.times.push(time);
    for (let i = 0; i < BUCKET_WIDTH; i++) this.columns[i]!.push(values[i]!);
  }

  part(): Part {
    return {
      times: Float64Array.from(this.times),
      ordinals: null,
      columns: this.columns.map((column) => Float64Array.from(column)),
      from: 0,
      to: this.times.length,
    };
  }
}

/** Buckets of `width` microseconds of points, or of buckets of a finer tier: then `parts` have their columns. */
export function bucketsOf(parts: Iterable<Part>, width: number, isRaw: boolean): BucketList {
  const list = new BucketList();
  let bucket = Number.NaN;
  let end = Number.NEGATIVE_INFINITY;
  let [count, sum, min, max, first, last] = [0, 0, 0, 0, 0, 0];
  for (const part of parts) {
    const [counts, sums, mins, maxs, firsts, lasts] = isRaw
      ? [null, ...Array<Float64Array>(5).fill(part.columns[0]!)]
      : part.columns;
    for (let i = part.from; i < part.to; i++) {
      const time = part.times[i]!;
      if (!(time < end)) {
        if (count > 0) list.add(bucket, [count, sum, min, max, first, last]);
        bucket = Math.floor(time / width) * width;
        end = bucket + width;
        count = 0;
        sum = 0;
        min = Number.POSITIVE_INFINITY;
        max = Number.NEGATIVE_INFINITY;
        first = firsts![i]!;
      }
      count += counts ? counts[i]! : 1;
      sum += sums![i]!;
      if (mins![i]! < min) min = mins![i]!;
      if (maxs![i]! > max) max = maxs![i]!;
      last = lasts![i]!;
    }
  }
  if (count > 0) list.add(bucket, [count, sum, min, max, first, last]);
  return list;
}

/** Ranges of whole buckets in which the part's points lie, adjacent ones as one. */
export function touchedBy(part: Part | null, width: number): Range[] {
  const ranges: Range[] = [];
  if (!part) return ranges;
  let last: Range | null = null;
  for (let i = part.from; i < part.to; i++) {
    const time = part.times[i]!;
    if (last && time < last.end) continue;
    const start = Math.floor(time / width) * width;
    if (last && start === last.end) last.end += width;
    else {
      last = { start, end: start + width };
      ranges.push(last);
    }
  }
  return ranges;
}

/** The same ranges in order, those that touch as one. */
export function joined(ranges: Range[]): Range[] {
  const out: Range[] = [];
  for (const range of [...ranges].sort((a, b) => a.start - b.start)) {
    const last = out.at(-1);
    if (last && range.start <= last.end) last.end = Math.max(last.end, range.end);
    else out.push({ ...range });
  }
  return out;
}
