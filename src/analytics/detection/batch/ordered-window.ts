import { SIGMA_BY_MAD } from "./order-statistics";

/** The last values in order of size. */
export class OrderedWindow {
  readonly #ring: Float64Array;
  readonly #sorted: Float64Array;
  #next = 0;
  length = 0;

  constructor(readonly capacity: number) {
    this.#ring = new Float64Array(capacity);
    this.#sorted = new Float64Array(capacity);
  }

  push(value: number): void {
    if (this.length === this.capacity) {
      const gone = this.#placeOf(this.#ring[this.#next]!);
      this.#sorted.copyWithin(gone, gone + 1, this.length);
      this.length--;
    }
    const place = this.#placeOf(value);
    this.#sorted.copyWithin(place + 1, place, this.length);
    this.#sorted[place] = value;
    this.length++;
    this.#ring[this.#next] = value;
    this.#next = (this.#next + 1) % this.capacity;
  }

  median(): number {
    const middle = this.length >> 1;
    if (this.length % 2 === 1) return this.#sorted[middle]!;
    return this.#sorted[middle - 1]! / 2 + this.#sorted[middle]! / 2;
  }

  /** By the median absolute deviation: the nearest half of the values lies around the centre, found from both ends. */
  spread(centre: number): number {
    const sorted = this.#sorted;
    let low = 0;
    let high = this.length - 1;
    for (let further = this.length - 1; further > this.length >> 1; further--) {
      if (centre - sorted[low]! > sorted[high]! - centre) low++;
      else high--;
    }
    const deviation = SIGMA_BY_MAD * Math.max(centre - sorted[low]!, sorted[high]! - centre);
    return deviation > 0 ? deviation : this.#rootMeanSquare(centre);
  }

  #rootMeanSquare(centre: number): number {
    let squares = 0;
    for (let i = 0; i < this.length; i++) squares += (this.#sorted[i]! - centre) ** 2;
    return Math.sqrt(squares / this.length);
  }

  #placeOf(value: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#sorted[middle]! < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
