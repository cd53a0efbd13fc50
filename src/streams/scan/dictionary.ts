/** Texts kept of one column: past that a text is read for itself, as most of those do not come again. */
const MOST_ENTRIES = 16_384;
const FIRST_PLACES = 64;

interface Entry<T> {
  bytes: Uint8Array;
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
  private last: Entry<T> | null = null;

  /** Where the closing quote of the text last read stands. */
  end = 0;

  constructor(private readonly meaning: (bytes: Uint8Array) => T) {}

  /** The meaning of the text after an opening quote; null where it does not stand there plainly. */
  read(bytes: Uint8Array, start: number): T | null {
    const guess = this.last?.after;
    if (guess && bytes[start + guess.bytes.length] === 34 && isAt(bytes, start, guess.bytes)) {
      this.end = start + guess.bytes.length;
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
      const hasLength = entry.bytes.length === end - start;
      if (hasLength && entry.hash === hash && isAt(bytes, start, entry.bytes)) return this.follow(entry);
    }
    const own = bytes.slice(start, end);
    const value = this.meaning(own);
    if (this.entries === MOST_ENTRIES) return value;
    if (++this.entries > this.table.length) this.grow();
    const entry = { bytes: own, hash, value, after: null, other: null };
    this.put(entry);
    return this.follow(entry);
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

function isAt(bytes: Uint8Array, start: number, wanted: Uint8Array): boolean {
  for (let i = 0; i < wanted.length; i++) if (bytes[start + i] !== wanted[i]) return false;
  return true;
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
