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

/**
 * Buckets of `width` microseconds of points, or of buckets of a finer tier (then `parts` have their columns), added to
 * `list`.
 */
export function bucketsOf(parts: Iterable<Part>, width: number, isRaw: boolean, list: BucketList): void {
  const open = new OpenBucket(list, width);
  for (const part of parts) {
    if (isRaw) open.points(part);
    else open.buckets(part);
  }
  open.close();
}

/** The bucket that is being filled. */
class OpenBucket {
  private start = 0;
  private end = Number.NEGATIVE_INFINITY;
  private count = 0;
  private sum = 0;
  private min = 0;
  private max = 0;
  private first = 0;
  private last = 0;

  constructor(
    private readonly list: BucketList,
    private readonly width: number,
  ) {}

  /** A loop of its own: it sees every point that is sealed. */
  points({ times, columns, from, to }: Part): void {
    const values = columns[0]!;
    for (let i = from; i < to; i++) {
      const value = values[i]!;
      if (times[i]! >= this.end) this.begin(times[i]!, value);
      this.count++;
      this.sum += value;
      if (value < this.min) this.min = value;
      if (value > this.max) this.max = value;
      this.last = value;
    }
  }

  buckets({ times, columns, from, to }: Part): void {
    const [counts, sums, mins, maxs, firsts, lasts] = columns;
    for (let i = from; i < to; i++) {
      if (times[i]! >= this.end) this.begin(times[i]!, firsts![i]!);
      this.count += counts![i]!;
      this.sum += sums![i]!;
      if (mins![i]! < this.min) this.min = mins![i]!;
      if (maxs![i]! > this.max) this.max = maxs![i]!;
      this.last = lasts![i]!;
    }
  }

  close(): void {
    if (this.count === 0) return;
    this.list.add(this.start, [this.count, this.sum, this.min, this.max, this.first, this.last]);
    this.count = 0;
  }

  private begin(time: number, first: number): void {
    this.close();
    this.start = Math.floor(time / this.width) * this.width;
    this.end = this.start + this.width;
    this.sum = 0;
    this.min = Number.POSITIVE_INFINITY;
    this.max = Number.NEGATIVE_INFINITY;
    this.first = first;
  }
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
