/**
 * Values by key, where most keys are never looked for: a place in a map is made when the first one is. A scanner that keeps
 * its tag sets apart by itself asks for each of them once, and knows that no two of them have one key.
 */
export class KeyIndex<T> {
  private readonly map = new Map<string, T>();
  private readonly keys: string[] = [];
  private readonly values: T[] = [];
  private mapped = 0;
  /** Whose all the keys are; null: of several. */
  private owner: object | null = null;

  get size(): number {
    return this.keys.length;
  }

  /** The value that was added after `place` others. */
  at(place: number): T {
    return this.values[place]!;
  }

  /** `owner`, where it is not null, never asked for this key before. */
  find(key: string, owner: object | null): T | undefined {
    if (owner !== null && (this.size === 0 || owner === this.owner)) return undefined;
    for (; this.mapped < this.keys.length; this.mapped++)
      this.map.set(this.keys[this.mapped]!, this.values[this.mapped]!);
    return this.map.get(key);
  }

  /** A key that {@link find} did not find. */
  add(key: string, value: T, owner: object | null): void {
    if (this.size === 0) this.owner = owner;
    else if (this.owner !== owner) this.owner = null;
    this.keys.push(key);
    this.values.push(value);
  }
}
