/** When the order by size is kept: with every value, or when it is asked for. The first suits quantiles of each moment. */
export type Order = "kept" | "on demand";

/** The last `capacity` values, in order of time and in order of size: quantiles at once, a change in O(capacity). */
export class SortedWindow {
  private readonly ring: Float64Array;
  private readonly sorted: Float64Array;
  private next = 0;
  /** Values came since the order by size was made. */
  private isStale = false;
  length = 0;

  constructor(
    readonly capacity: number,
    private readonly order: Order = "kept",
  ) {
    this.ring = new Float64Array(capacity);
    this.sorted = new Float64Array(capacity);
  }

  /** Adds a value; the oldest leaves when the window is full. */
  push(value: number): void {
    const oldest = this.ring[this.next]!;
    this.ring[this.next] = value;
    this.next = this.next + 1 === this.capacity ? 0 : this.next + 1;
    if (this.order === "on demand") {
      if (this.length < this.capacity) this.length++;
      this.isStale = true;
      return;
    }
    // Steps of one length are the same as the one that leaves.
    if (value === oldest && this.length === this.capacity) return;
    const { sorted } = this;
    const place = this.placeOf(value);
    if (this.length < this.capacity) {
      sorted.copyWithin(place + 1, place, this.length);
      sorted[place] = value;
      this.length++;
      return;
    }
    // What lies between the one that leaves and the one that comes moves by one place.
    const gone = this.placeOf(oldest);
    if (place > gone) {
      sorted.copyWithin(gone, gone + 1, place);
      sorted[place - 1] = value;
    } else {
      sorted.copyWithin(place + 1, place, gone);
      sorted[place] = value;
    }
  }

  /** The value below which a `share` of the others lie: nearest rank. Zero of nothing. */
  quantile(share: number): number {
    if (this.isStale) this.sort();
    return this.sorted[Math.round(share * (this.length - 1))] ?? 0;
  }

  /** The smallest distance from zero that is not zero, or zero. */
  smallestStep(): number {
    if (this.isStale) this.sort();
    const place = this.placeOf(0);
    let above = place;
    while (above < this.length && this.sorted[above] === 0) above++;
    const up = above < this.length ? this.sorted[above]! : Number.POSITIVE_INFINITY;
    const down = place > 0 ? -this.sorted[place - 1]! : Number.POSITIVE_INFINITY;
    const step = Math.min(up, down);
    return Number.isFinite(step) ? step : 0;
  }

  /** Moves every value: the order stays. */
  shift(by: number): void {
    for (let i = 0; i < this.length; i++) {
      this.ring[i]! += by;
      this.sorted[i]! += by;
    }
    // Rounding may let two neighbours of the ring and the sorted copy differ: they are computed alike, so they do not.
  }

  /** Its state as {@link restore} takes it: `capacity` + 2 numbers from `at` on. */
  save(target: Float64Array, at: number): void {
    target[at] = this.length;
    target[at + 1] = this.next;
    target.set(this.ring, at + 2);
  }

  restore(source: Float64Array, at: number): void {
    this.length = source[at]!;
    this.next = source[at + 1]!;
    // Loops here and in sort: a view for each would be more garbage than the state itself.
    for (let i = 0; i < this.capacity; i++) this.ring[i] = source[at + 2 + i]!;
    this.isStale = true;
    if (this.order === "kept") this.sort();
  }

  private sort(): void {
    this.sorted.set(this.ring);
    // A window that is not full has its values at the ring's start; behind them nothing is greater than all.
    if (this.length < this.capacity) this.sorted.fill(Number.POSITIVE_INFINITY, this.length);
    this.sorted.sort();
    this.isStale = false;
  }

  /** The first place whose value is not below. */
  private placeOf(value: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.sorted[middle]! < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
