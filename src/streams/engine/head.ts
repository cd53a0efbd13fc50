import { HeadSeries } from "./head-series";
import type { Part } from "./merge";
import { Slab } from "./slab";

/** The newest points of a stream, in memory, by series. */
export class Head {
  /** By id: of those there are not many more than series. */
  private series: (HeadSeries | undefined)[] = [];
  private slab = new Slab();

  /** What it takes in memory, about. */
  get bytes(): number {
    return this.slab.bytes;
  }

  has(id: number): boolean {
    return this.series[id] !== undefined;
  }

  /** Series with points here, ascending. */
  ids(): number[] {
    // Keys that are numbers come in their order, and holes have none.
    return Object.keys(this.series).map(Number);
  }

  /** Adds a point that the head does not hold. */
  add(id: number, time: number, ordinal: number, value: number): void {
    this.open(id).add(time, ordinal, value);
  }

  /** A series to add points to. */
  open(id: number): HeadSeries {
    const known = this.series[id];
    if (known) return known;
    const series = new HeadSeries(this.slab);
    this.series[id] = series;
    return series;
  }

  /** The value at this place, or undefined. */
  find(id: number, time: number, ordinal: number): number | undefined {
    return this.series[id]?.find(time, ordinal);
  }

  /** Overwrites a value that {@link find} found. */
  replace(id: number, time: number, ordinal: number, value: number): void {
    this.series[id]!.replace(time, ordinal, value);
  }

  /** The series' points in [start, end), in order; null where there are none. */
  part(id: number, start: number, end: number): Part | null {
    return this.series[id]?.part(start, end) ?? null;
  }

  /** All points of a series that {@link ids} named, good until the next call. */
  whole(id: number): Part {
    return this.series[id]!.whole();
  }

  removeRange(start: number, end: number): void {
    for (const id of this.ids()) {
      const series = this.series[id]!;
      series.removeRange(start, end);
      if (series.length > 0) continue;
      series.close();
      delete this.series[id];
    }
  }

  clear(): void {
    this.series = [];
    this.slab.close();
    this.slab = new Slab();
  }
}
