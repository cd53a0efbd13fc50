/** A late point with its place in the index, about. */
const BYTES = 96;

/** Points that came late, in the order they came. */
export class Late {
  readonly times: number[] = [];
  readonly ordinals: number[] = [];
  readonly values: number[] = [];
  private readonly places = new Map<number | string, number>();

  get length(): number {
    return this.times.length;
  }

  get bytes(): number {
    return this.length * BYTES;
  }

  add(time: number, ordinal: number, value: number): void {
    this.places.set(placeOf(time, ordinal), this.times.length);
    this.times.push(time);
    this.ordinals.push(ordinal);
    this.values.push(value);
  }

  find(time: number, ordinal: number): number | undefined {
    const at = this.places.get(placeOf(time, ordinal));
    return at === undefined ? undefined : this.values[at];
  }

  replace(time: number, ordinal: number, value: number): void {
    this.values[this.places.get(placeOf(time, ordinal))!] = value;
  }

  inOrder(): number[] {
    const order = this.times.map((_, i) => i);
    return order.sort((a, b) => this.times[a]! - this.times[b]! || this.ordinals[a]! - this.ordinals[b]!);
  }
}

/** Nearly all ordinals are 0: those need no text as their key. */
const placeOf = (time: number, ordinal: number): number | string =>
  ordinal === 0 ? time : `${time}/${ordinal}`;
