/** Texts kept of one column: past that a text is read for itself, as most of those do not come again. */
const MOST_ENTRIES = 16_384;
const FIRST_PLACES = 64;

interface Entry<T> {
  /** Its text in the pool. */
  start: number;
  length: number;
  hash: number;
  value: T;
  /** Whose turn it was after this one: sources go round their devices in a steady order. */
  after: Entry<T> | null;
  /** With the same place in the table. */
  other: Entry<T> | null;
}

/** What the texts of a column mean, by their bytes: a text that was met before is not decoded again. */
export class Dictionary<T> {
  private table: (Entry<T> | null)[] = new Array(FIRST_PLACES).fill(null);
  private entries = 0;
  /** The texts one after the other: an array for each would take more than the text. */
  private pool = new Uint8Array(FIRST_PLACES * 8);
  private used = 0;
  private last: Entry<T> | null = null;

  /** Where the closing quote of the text last read stands. */
  end = 0;

  constructor(private readonly meaning: (bytes: Uint8Array) => T) {}

  /** The meaning of the text after an opening quote; null where it does not stand there plainly. */
  read(bytes: Uint8Array, start: number): T | null {
    const guess = this.last?.after;
    if (guess && bytes[start + guess.length] === 34 && this.isAt(bytes, start, guess)) {
      this.end = start + guess.length;
      this.last = guess;
      return guess.value;
    }
    this.end = plainEnd(bytes, start);
    return this.end < 0 ? null : this.find(bytes, start, this.end);
  }

  private find(bytes: Uint8Array, start: number, end: number): T {
    let hash = end - start;
    for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + bytes[at]!) | 0;
    for (let entry = this.table[this.placeOf(hash)]!; entry; entry = entry.other!) {
      const hasLength = entry.length === end - start;
      if (hasLength && entry.hash === hash && this.isAt(bytes, start, entry)) return this.follow(entry);
    }
    const text = bytes.subarray(start, end);
    const value = this.meaning(text);
    if (this.entries === MOST_ENTRIES) return value;
    if (++this.entries > this.table.length) this.grow();
    const entry = { start: this.pooled(text), length: text.length, hash, value, after: null, other: null };
    this.put(entry);
    return this.follow(entry);
  }

  private pooled(text: Uint8Array): number {
    const start = this.used;
    this.used += text.length;
    if (this.used > this.pool.length) {
      const wider = new Uint8Array(Math.max(this.used, this.pool.length * 2));
      wider.set(this.pool);
      this.pool = wider;
    }
    this.pool.set(text, start);
    return start;
  }

  private isAt(bytes: Uint8Array, at: number, { start, length }: Entry<T>): boolean {
    const { pool } = this;
    for (let i = 0; i < length; i++) if (bytes[at + i] !== pool[start + i]) return false;
    return true;
  }

  private put(entry: Entry<T>): void {
    const place = this.placeOf(entry.hash);
    entry.other = this.table[place]!;
    this.table[place] = entry;
  }

  private grow(): void {
    const before = this.table;
    this.table = new Array(before.length * 4).fill(null);
    for (const first of before) {
      for (let entry = first; entry; ) {
        const { other } = entry;
        this.put(entry);
        entry = other;
      }
    }
  }

  private placeOf(hash: number): number {
    return (hash ^ (hash >>> 9)) & (this.table.length - 1);
  }

  private follow(entry: Entry<T>): T {
    if (this.last) this.last.after = entry;
    this.last = entry;
    return entry.value;
  }
}

/** Where the string closes whose text starts at `start`; -1 where an escape or what must not stand there comes before. */
export function plainEnd(bytes: Uint8Array, start: number): number {
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte === 34) return at;
    if (byte === 92 || byte < 32) return -1;
  }
  return -1;
}
