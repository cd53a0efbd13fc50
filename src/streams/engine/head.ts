import type { Part } from "./merge";

/** Estimates for the budget: a point in arrays that grow by half, a late one with its place in an index, an empty series. */
const BYTES = { point: 24, late: 96, series: 240 };

/**
 * The newest points of a stream, in memory, by series. Points come mostly in order: those go to the end of plain arrays;
 * late ones stand aside, indexed, until someone reads them.
 */
export class Head {
  private series = new Map<number, HeadSeries>();
  points = 0;
  /** What it takes in memory, about. */
  bytes = 0;

  get isEmpty(): boolean {
    return this.points === 0;
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
    this.bytes += this.open(id).add(time, ordinal, value) ? BYTES.point : BYTES.late;
    this.points++;
  }

  /** A series for {@link HeadSeries.push}, which does not count: {@link pushed} does. */
  open(id: number): HeadSeries {
    const known = this.series.get(id);
    if (known) return known;
    const series = new HeadSeries();
    this.series.set(id, series);
    this.bytes += BYTES.series;
    return series;
  }

  pushed(points: number): void {
    this.points += points;
    this.bytes += points * BYTES.point;
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
      const removed = series.removeRange(start, end);
      this.points -= removed;
      this.bytes = Math.max(0, this.bytes - removed * BYTES.point);
      if (series.length === 0) {
        this.series.delete(id);
        this.bytes = Math.max(0, this.bytes - BYTES.series);
      }
    }
  }

  clear(): void {
    this.series = new Map();
    this.points = 0;
    this.bytes = 0;
  }
}

export class HeadSeries {
  private times: number[] = [];
  private values: number[] = [];
  /** null: all 0. */
  private ordinals: number[] | null = null;
  private late: Late | null = null;

  get length(): number {
    return this.times.length + (this.late?.length ?? 0);
  }

  /** A point of ordinal 0 later than all that the series ever had. */
  push(time: number, value: number): void {
    this.times.push(time);
    this.values.push(value);
    this.ordinals?.push(0);
  }

  /** True where the point came in order. */
  add(time: number, ordinal: number, value: number): boolean {
    const last = this.times.length - 1;
    const lastTime = this.times[last] ?? Number.NEGATIVE_INFINITY;
    if (time < lastTime || (time === lastTime && ordinal <= (this.ordinals?.[last] ?? 0))) {
      this.late ??= new Late();
      this.late.add(time, ordinal, value);
      return false;
    }
    if (ordinal > 0 && !this.ordinals) this.ordinals = this.times.map(() => 0);
    this.times.push(time);
    this.values.push(value);
    this.ordinals?.push(ordinal);
    return true;
  }

  find(time: number, ordinal: number): number | undefined {
    const at = this.indexOf(time, ordinal);
    return at >= 0 ? this.values[at] : this.late?.find(time, ordinal);
  }

  replace(time: number, ordinal: number, value: number): void {
    const at = this.indexOf(time, ordinal);
    if (at >= 0) this.values[at] = value;
    else this.late!.replace(time, ordinal, value);
  }

  part(start: number, end: number): Part | null {
    this.settle();
    const from = this.lowerBound(start, 0);
    const to = this.lowerBound(end, 0);
    if (from >= to) return null;
    const slice = <T extends Float64Array | Uint32Array>(
      array: number[],
      make: new (values: number[]) => T,
    ): T => new make(from === 0 && to === array.length ? array : array.slice(from, to));
    return {
      times: slice(this.times, Float64Array),
      columns: [slice(this.values, Float64Array)],
      ordinals: this.ordinals && slice(this.ordinals, Uint32Array),
      from: 0,
      to: to - from,
    };
  }

  removeRange(start: number, end: number): number {
    this.settle();
    const from = this.lowerBound(start, 0);
    const to = this.lowerBound(end, 0);
    this.times.splice(from, to - from);
    this.values.splice(from, to - from);
    this.ordinals?.splice(from, to - from);
    return to - from;
  }

  /** Takes the late points into the arrays. */
  private settle(): void {
    const { late } = this;
    if (!late) return;
    this.late = null;
    const order = late.inOrder();
    const { times, values, ordinals } = this;
    const length = times.length + order.length;
    const needsOrdinals = ordinals !== null || late.ordinals.some((ordinal) => ordinal > 0);
    const merged = {
      times: new Array<number>(length),
      values: new Array<number>(length),
      ordinals: needsOrdinals ? new Array<number>(length) : null,
    };
    let a = 0;
    let b = 0;
    for (let i = 0; i < length; i++) {
      const l = order[b];
      const isMain =
        l === undefined ||
        (a < times.length &&
          (times[a]! < late.times[l]! ||
            (times[a] === late.times[l] && (ordinals?.[a] ?? 0) < late.ordinals[l]!)));
      if (isMain) {
        merged.times[i] = times[a]!;
        merged.values[i] = values[a]!;
        if (merged.ordinals) merged.ordinals[i] = ordinals?.[a] ?? 0;
        a++;
      } else {
        merged.times[i] = late.times[l]!;
        merged.values[i] = late.values[l]!;
        if (merged.ordinals) merged.ordinals[i] = late.ordinals[l]!;
        b++;
      }
    }
    Object.assign(this, merged);
  }

  private indexOf(time: number, ordinal: number): number {
    const at = this.lowerBound(time, ordinal);
    return this.times[at] === time && (this.ordinals?.[at] ?? 0) === ordinal ? at : -1;
  }

  private lowerBound(time: number, ordinal: number): number {
    const { times, ordinals } = this;
    let low = 0;
    let high = times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const t = times[middle]!;
      if (t < time || (t === time && (ordinals?.[middle] ?? 0) < ordinal)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Points that came late, in the order they came. */
class Late {
  readonly times: number[] = [];
  readonly ordinals: number[] = [];
  readonly values: number[] = [];
  private readonly places = new Map<number | string, number>();

  get length(): number {
    return this.times.length;
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
