/** A text that is known by its bytes. */
export interface ByteEntry {
  /** Its text in the pool. */
  start: number;
  length: number;
  hash: number;
}

interface Place<E> {
  entry: E;
  /** With the same place in the table. */
  other: Place<E> | null;
}

const FIRST_PLACES = 64;

/** Entries by the bytes of their texts: a hash table over one pool of bytes. */
export class ByteTable<E extends ByteEntry> {
  private table: (Place<E> | null)[] = new Array(FIRST_PLACES).fill(null);
  size = 0;
  /** The texts one after the other: an array for each would take more than the text. */
  private pool = new Uint8Array(FIRST_PLACES * 8);
  /** Bytes of the pool that are taken. */
  used = 0;

  find(bytes: Uint8Array, start: number, length: number, hash: number): E | null {
    for (let place = this.table[this.placeOf(hash)]!; place; place = place.other!) {
      const { entry } = place;
      if (entry.hash === hash && entry.length === length && this.isAt(bytes, start, entry)) return entry;
    }
    return null;
  }

  /** Whether the entry's text stands in `bytes` at `at`. */
  isAt(bytes: Uint8Array, at: number, { start, length }: ByteEntry): boolean {
    const { pool } = this;
    for (let i = 0; i < length; i++) if (bytes[at + i] !== pool[start + i]) return false;
    return true;
  }

  /** `make` gets the place of the text in the pool. */
  add(text: Uint8Array, make: (start: number) => E): E {
    if (++this.size > this.table.length) this.grow();
    const entry = make(this.pooled(text));
    this.put({ entry, other: null });
    return entry;
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

  private put(place: Place<E>): void {
    const at = this.placeOf(place.entry.hash);
    place.other = this.table[at]!;
    this.table[at] = place;
  }

  private grow(): void {
    const before = this.table;
    this.table = new Array(before.length * 4).fill(null);
    for (const first of before) {
      for (let place = first; place; ) {
        const { other } = place;
        this.put(place);
        place = other;
      }
    }
  }

  private placeOf(hash: number): number {
    return (hash ^ (hash >>> 9)) & (this.table.length - 1);
  }
}
