/** What was used of late, of a size that is limited in all: what was not used for longest goes. */
export class Recent<K, V> {
  private readonly entries = new Map<K, { value: V; size: number }>();
  private size = 0;

  constructor(private readonly most: number) {}

  get(key: K): V | undefined {
    const entry = this.entries.get(key);
    if (!entry) return undefined;
    // The order of the map is that of use.
    this.entries.delete(key);
    this.entries.set(key, entry);
    return entry.value;
  }

  /** Puts a value in the place of what had the key before. What is too large by itself is not kept. */
  put(key: K, value: V, size: number): void {
    this.size += size - (this.entries.get(key)?.size ?? 0);
    this.entries.delete(key);
    this.entries.set(key, { value, size });
    for (const [oldest, entry] of this.entries) {
      if (this.size <= this.most) return;
      this.entries.delete(oldest);
      this.size -= entry.size;
    }
  }
}
