import { type ByteEntry, ByteTable } from "./byte-table";

/** Texts kept of one column: past that a text is read for itself, as most of those do not come again. */
const MOST_ENTRIES = 16_384;

interface Entry<T> extends ByteEntry {
  value: T;
  /** Whose turn it was after this one: sources go round their devices in a steady order. */
  after: Entry<T> | null;
}

/** What the texts of a column mean, by their bytes: a text that was met before is not decoded again. */
export class Dictionary<T> {
  private readonly known = new ByteTable<Entry<T>>();
  private last: Entry<T> | null = null;

  /** Where the closing quote of the text last read stands. */
  end = 0;

  constructor(private readonly meaning: (bytes: Uint8Array) => T) {}

  /** The meaning of the text after an opening quote; null where it does not stand there plainly. */
  read(bytes: Uint8Array, start: number): T | null {
    const guess = this.last?.after;
    if (guess && bytes[start + guess.length] === 34 && this.known.isAt(bytes, start, guess)) {
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
    const found = this.known.find(bytes, start, end - start, hash);
    if (found) return this.follow(found);
    const text = bytes.subarray(start, end);
    const value = this.meaning(text);
    if (this.known.size === MOST_ENTRIES) return value;
    return this.follow(
      this.known.add(text, (at) => ({ start: at, length: text.length, hash, value, after: null })),
    );
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
