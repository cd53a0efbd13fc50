/**
 * Places of one series, or of one tag set, that are looked for together: in the order of time and ordinal, so that one
 * walk over what is stored, which has that order too, answers for all of them.
 */
export class Places {
  /** The numbers of those that are still looked for, in order; the first {@link left} of them. */
  private readonly open: Uint32Array;
  private readonly isFound: Uint8Array;
  left: number;

  /** `times` and `ordinals` (null: all 0) ascend; `marks` are what the caller knows each by. */
  constructor(
    readonly id: number,
    readonly times: Float64Array,
    readonly ordinals: Uint32Array | null,
    private readonly marks: readonly number[],
  ) {
    this.open = Uint32Array.from(times, (_, i) => i);
    this.isFound = new Uint8Array(times.length);
    this.left = times.length;
  }

  markOf(k: number): number {
    return this.marks[this.open[k]!]!;
  }

  timeOf(k: number): number {
    return this.times[this.open[k]!]!;
  }

  ordinalOf(k: number): number {
    return this.ordinals === null ? 0 : this.ordinals[this.open[k]!]!;
  }

  /** The first open one from `from` on that is at `time` or later. */
  firstFrom(time: number, from = 0): number {
    let low = from;
    let high = this.left;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.timeOf(middle) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The `k`-th open one is looked for no longer, after the next {@link close}. */
  found(k: number): void {
    this.isFound[this.open[k]!] = 1;
  }

  wasFound(k: number): boolean {
    return this.isFound[this.open[k]!] === 1;
  }

  close(): void {
    let left = 0;
    for (let k = 0; k < this.left; k++) {
      const at = this.open[k]!;
      if (this.isFound[at] === 0) this.open[left++] = at;
    }
    this.left = left;
  }
}

/** Places in order: `marks`, which are sorted by it, name them. `ordinalOf` null: all are 0. */
export function placesOf(
  id: number,
  marks: number[],
  timeOf: (mark: number) => number,
  ordinalOf: ((mark: number) => number) | null,
): Places {
  const order = (a: number, b: number): number =>
    timeOf(a) - timeOf(b) || (ordinalOf === null ? 0 : ordinalOf(a) - ordinalOf(b));
  // Mostly they are in order: a frame's rows come by time.
  if (marks.some((mark, i) => i > 0 && order(marks[i - 1]!, mark) > 0)) marks.sort(order);
  return new Places(
    id,
    Float64Array.from(marks, timeOf),
    ordinalOf && Uint32Array.from(marks, ordinalOf),
    marks,
  );
}
