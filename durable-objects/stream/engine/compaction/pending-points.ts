import { MAX_CHUNK_POINTS } from "../../../../src/streams/block/chunk";
import type { Part } from "../../../../src/streams/engine/merge";

/** A chunk that overlaps nothing and has this many points is taken as it is. */
export const GOOD_CHUNK_POINTS = MAX_CHUNK_POINTS / 2;

/** Points on their way into chunks of full length. */
export class PendingPoints {
  private readonly times = new Float64Array(MAX_CHUNK_POINTS);
  private readonly ordinals = new Uint32Array(MAX_CHUNK_POINTS);
  private readonly columns: Float64Array[];
  private length = 0;
  private hasOrdinals = false;

  put: (part: Part) => void = () => {};

  constructor(width: number) {
    this.columns = Array.from({ length: width }, () => new Float64Array(MAX_CHUNK_POINTS));
  }

  isGoodOrEmpty(): boolean {
    return this.length === 0 || this.length >= GOOD_CHUNK_POINTS / 2;
  }

  add(part: Part): void {
    for (let from = part.from; from < part.to; ) {
      const to = Math.min(part.to, from + MAX_CHUNK_POINTS - this.length);
      this.times.set(part.times.subarray(from, to), this.length);
      for (const [i, column] of this.columns.entries())
        column.set(part.columns[i]!.subarray(from, to), this.length);
      if (part.ordinals) {
        this.ordinals.set(part.ordinals.subarray(from, to), this.length);
        this.hasOrdinals = true;
      } else this.ordinals.fill(0, this.length, this.length + to - from);
      this.length += to - from;
      from = to;
      if (this.length === MAX_CHUNK_POINTS) this.flush();
    }
  }

  flush(): void {
    if (this.length === 0) return;
    const { times, columns, length } = this;
    const ordinals = this.hasOrdinals && this.ordinals.subarray(0, length).some((ordinal) => ordinal > 0);
    this.put({ times, columns, ordinals: ordinals ? this.ordinals : null, from: 0, to: length });
    this.length = 0;
    this.hasOrdinals = false;
  }
}
