/** A seeded source of randomness (mulberry32), so that a case is the same whenever and wherever it is made. */
export class Random {
  #state;

  /** `seed` is any text: FNV-1a of it is where the sequence begins. */
  constructor(seed) {
    let hash = 0x811c9dc5;
    for (const byte of new TextEncoder().encode(seed)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
    this.#state = hash;
  }

  /** In [0, 1). */
  uniform() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** Whole, both ends included. */
  int(low, high) {
    return low + Math.floor(this.uniform() * (high - low + 1));
  }

  chance(probability) {
    return this.uniform() < probability;
  }

  /** Standard normal (Box and Muller 1958). */
  normal() {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }

  pick(list) {
    return list[this.int(0, list.length - 1)];
  }

  /** So many different ones, in random order. */
  sample(list, count) {
    const left = [...list];
    return Array.from({ length: Math.min(count, left.length) }, () =>
      left.splice(this.int(0, left.length - 1), 1).at(0),
    );
  }

  /** Small tables are as common as large ones: the logarithm is uniform. */
  size(low, high) {
    return Math.round(low * (high / low) ** this.uniform());
  }
}
