/** The order by size is kept up through so many values that nobody asks for it at: to sort anew costs about as much. */
const KEPT_FOR = 48;

/**
 * The last `capacity` values of a series. They lie in a stretch of a larger array, and {@link moveTo} goes from one series
 * to another: thousands of windows need no object each. A value costs O(1); the order by size is made where it is asked for.
 */
export class SlidingWindow {
  protected data: Float64Array = new Float64Array(0);
  private start = 0;
  private readonly sorted: Float64Array;
  /** Whether the order by size is at hand. */
  protected isSorted = false;
  /** Values since the order was asked for. */
  private unasked = 0;

  constructor(private readonly capacity: number) {
    this.sorted = new Float64Array(capacity);
  }

  /** Length of the stretch: how many values, where the next one goes, the values. All 0: an empty window. */
  static numbersOf(capacity: number): number {
    return capacity + 2;
  }

  moveTo(data: Float64Array, start: number): void {
    this.data = data;
    this.start = start;
    this.isSorted = false;
  }

  get length(): number {
    return this.data[this.start]!;
  }

  /** Adds a value. The one that leaves for it, NaN while none does. */
  push(value: number): number {
    const { data, start, capacity } = this;
    const length = data[start]!;
    const next = data[start + 1]!;
    const place = start + 2 + next;
    const isFull = length === capacity;
    const oldest = isFull ? data[place]! : Number.NaN;
    data[place] = value;
    data[start + 1] = next + 1 === capacity ? 0 : next + 1;
    if (!isFull) data[start] = length + 1;
    if (this.isSorted && value !== oldest) this.keepSorted(value, oldest, length);
    return oldest;
  }

  /** The value below which a `share` of the others lie: nearest rank. Zero of nothing. */
  quantile(share: number): number {
    const { length } = this;
    return length === 0 ? 0 : this.inOrder()[rankOf(share, length)]!;
  }

  /** The smallest distance from zero that is not zero, or zero. */
  smallestStep(): number {
    const { length } = this;
    const sorted = this.inOrder();
    const place = this.countBelow(0);
    const above = this.countUpTo(0);
    const up = above < length ? sorted[above]! : Number.POSITIVE_INFINITY;
    const down = place > 0 ? -sorted[place - 1]! : Number.POSITIVE_INFINITY;
    const step = Math.min(up, down);
    return Number.isFinite(step) ? step : 0;
  }

  /** Moves every value. */
  shift(by: number): void {
    const from = this.start + 2;
    for (let at = from; at < from + this.length; at++) this.data[at]! += by;
    this.isSorted = false;
  }

  /** The values in the order of size, as far as the window is long; valid until the next change. */
  inOrder(): Float64Array {
    this.unasked = 0;
    if (!this.isSorted) this.sort();
    return this.sorted;
  }

  /** How many values are less. */
  countBelow(value: number): number {
    this.inOrder();
    return this.placeOf(value, this.length);
  }

  /** How many values are not greater. */
  countUpTo(value: number): number {
    const { length } = this;
    const sorted = this.inOrder();
    let low = 0;
    let high = length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle]! <= value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private sort(): void {
    const { data, start, sorted, length } = this;
    // A loop: a view of the stretch would be garbage for each.
    for (let i = 0; i < length; i++) sorted[i] = data[start + 2 + i]!;
    // A window that is not full has its values at the start; behind them nothing is greater than all.
    if (length < this.capacity) sorted.fill(Number.POSITIVE_INFINITY, length);
    sorted.sort();
    this.isSorted = true;
  }

  /** `length` is that before `value` came; `oldest` leaves, where it is not NaN. */
  private keepSorted(value: number, oldest: number, length: number): void {
    if (++this.unasked > KEPT_FOR) {
      this.isSorted = false;
      return;
    }
    const { sorted } = this;
    const place = this.placeOf(value, length);
    if (Number.isNaN(oldest)) {
      sorted.copyWithin(place + 1, place, length);
      sorted[place] = value;
      return;
    }
    // What lies between the one that leaves and the one that comes moves by one place.
    const gone = this.placeOf(oldest, length);
    if (place > gone) {
      sorted.copyWithin(gone, gone + 1, place);
      sorted[place - 1] = value;
    } else {
      sorted.copyWithin(place + 1, place, gone);
      sorted[place] = value;
    }
  }

  /** The first place whose value is not below. */
  private placeOf(value: number, length: number): number {
    let low = 0;
    let high = length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.sorted[middle]! < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The place of a quantile in the order of `length` values: the nearest rank. */
export const rankOf = (share: number, length: number): number => Math.round(share * (length - 1));
