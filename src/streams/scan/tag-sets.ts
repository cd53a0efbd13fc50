import type { SharedTagSet } from "../frame-builder";

/** Sets kept; rows of further ones are read in the general way. */
const MOST_SETS = 16_384;
const MOST_BYTES = 2_000_000;
const FIRST_SETS = 16;
const QUOTE = 34;

/** The tag sets that a program met, by the bytes of their texts one after the other, each with its closing quote. */
export class TagSetTable {
  readonly sets: SharedTagSet[] = [];
  // Of each set. Integers, as the program's loop reads them for every row.
  /** Where its texts start in `pool`. */
  starts = new Int32Array(FIRST_SETS);
  /** Its index in the frame that is filled, -1 where it is not in it yet. */
  indices = new Int32Array(FIRST_SETS);
  /** The id of its times, where it is in the frame. */
  ids = new Int32Array(FIRST_SETS);
  /** Whose turn it was after it: sources go round their devices in a steady order. */
  after = new Int32Array(FIRST_SETS).fill(-1);
  private hashes = new Int32Array(FIRST_SETS);

  pool = new Uint8Array(FIRST_SETS * 16);
  /** Of the longest. */
  bytes = 0;
  private used = 0;
  /** Open addressing: one more than the set's index; 0: free. */
  private places = new Int32Array(FIRST_SETS * 2);

  /** The set whose texts start at `texts` in `bytes`, where each ends before a quote; -1: it was not met. */
  find(bytes: Uint8Array, texts: Int32Array): number {
    const hash = hashOf(bytes, texts);
    const mask = this.places.length - 1;
    for (let place = spread(hash) & mask; this.places[place]! > 0; place = (place + 1) & mask) {
      const set = this.places[place]! - 1;
      if (this.hashes[set] === hash && this.isAt(set, bytes, texts)) return set;
    }
    return -1;
  }

  /** The index of a set that {@link find} does not know; -1 where there is no room for another one. */
  add(tagSet: SharedTagSet, bytes: Uint8Array, texts: Int32Array): number {
    const set = this.sets.length;
    if (set === MOST_SETS || this.used > MOST_BYTES) return -1;
    if (set === this.starts.length) this.grow();
    this.starts[set] = this.used;
    for (const start of texts) this.putText(bytes.subarray(start, bytes.indexOf(QUOTE, start) + 1));
    this.hashes[set] = hashOf(bytes, texts);
    this.indices[set] = -1;
    this.after[set] = -1;
    this.sets.push(tagSet);
    this.bytes = Math.max(this.bytes, tagSet.bytes);
    this.place(set);
    return set;
  }

  /** Another frame has other indices. */
  leaveFrame(): void {
    this.indices.fill(-1, 0, this.sets.length);
  }

  private putText(text: Uint8Array): void {
    const end = this.used + text.length;
    if (end > this.pool.length) {
      const wider = new Uint8Array(Math.max(end, this.pool.length * 4));
      wider.set(this.pool);
      this.pool = wider;
    }
    this.pool.set(text, this.used);
    this.used = end;
  }

  private grow(): void {
    this.starts = wider(this.starts);
    this.indices = wider(this.indices);
    this.ids = wider(this.ids);
    this.after = wider(this.after);
    this.hashes = wider(this.hashes);
    this.places = new Int32Array(this.hashes.length * 2);
    for (let set = 0; set < this.sets.length; set++) this.place(set);
  }

  private place(set: number): void {
    const mask = this.places.length - 1;
    let place = spread(this.hashes[set]!) & mask;
    while (this.places[place]! > 0) place = (place + 1) & mask;
    this.places[place] = set + 1;
  }

  private isAt(set: number, bytes: Uint8Array, texts: Int32Array): boolean {
    const { pool } = this;
    let from = this.starts[set]!;
    for (let text = 0; text < texts.length; text++) {
      let at = texts[text]!;
      for (;;) {
        const byte = pool[from++]!;
        if (bytes[at++] !== byte) return false;
        if (byte === QUOTE) break;
      }
    }
    return true;
  }
}

function wider(column: Int32Array): Int32Array<ArrayBuffer> {
  const out = new Int32Array(column.length * 4);
  out.set(column);
  return out;
}

function hashOf(bytes: Uint8Array, texts: Int32Array): number {
  let hash = 0;
  for (let text = 0; text < texts.length; text++) {
    for (let at = texts[text]!; ; at++) {
      const byte = bytes[at]!;
      hash = (Math.imul(hash, 31) + byte) | 0;
      if (byte === QUOTE) break;
    }
  }
  return hash;
}

const spread = (hash: number): number => hash ^ (hash >>> 7) ^ (hash >>> 15);
