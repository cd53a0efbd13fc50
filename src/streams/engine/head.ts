import { HeadSeries } from "./head-series";
import type { Part } from "./merge";
import { Slab } from "./slab";

/** The newest points of a stream, in memory, by series. */
export class Head {
  private series = new Map<number, HeadSeries>();
  private slab = new Slab();

  /** What it takes in memory, about. */
  get bytes(): number {
    return this.slab.bytes;
  }

  has(id: number): boolean {
    return this.series.has(id);
  }

  /** Series with points here, ascending. */
  ids(): number[] {
    return [...this.series.keys()].sort((a, b) => a - b);
  }

  /** Adds a point that the head does not hold. */
  add(id: number, time: number, ordinal: number, value: number): void {
    this.open(id).add(time, ordinal, value);
  }

  /** A series to add points to. */
  open(id: number): HeadSeries {
    const known = this.series.get(id);
    if (known) return known;
    const series = new HeadSeries(this.slab);
    this.series.set(id, series);
    return series;
  }

  /** The value at this place, or undefined. */
  find(id: number, time: number, ordinal: number): number | undefined {
    return this.series.get(id)?.find(time, ordinal);
  }

  /** Overwrites a value that {@link find} found. */
  replace(id: number, time: number, ordinal: number, value: number): void {
    this.series.get(id)!.replace(time, ordinal, value);
  }

  /** The series' points in [start, end), in order; null where there are none. */
  part(id: number, start: number, end: number): Part | null {
    return this.series.get(id)?.part(start, end) ?? null;
  }

  removeRange(start: number, end: number): void {
    for (const [id, series] of this.series) {
      series.removeRange(start, end);
      if (series.length > 0) continue;
      series.close();
      this.series.delete(id);
    }
  }

  clear(): void {
    this.series = new Map();
    this.slab.close();
    this.slab = new Slab();
  }
}
