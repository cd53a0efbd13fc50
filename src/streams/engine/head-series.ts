import { Late } from "./late";
import type { Part } from "./merge";
import { offsetOf, type Slab } from "./slab";
import { sizeOf, spanOf, startOf } from "./spans";

/** About: an empty series, with its entry among the others; a point's ordinal, where a series has some. */
const BYTES = { series: 240, ordinal: 8 };
/** Doubles of a point: its time, and beside it its value. */
const WIDTH = 2;
const NOTHING = new Float64Array(0);

interface Columns {
  times: Float64Array;
  values: Float64Array;
}

const columnsOf = (points: number): Columns => ({
  times: new Float64Array(points),
  values: new Float64Array(points),
});

const SCRATCH_POINTS = 2_048;
const scratch = columnsOf(SCRATCH_POINTS);

/**
 * The newest points of one series. Points come mostly in order: those lie in spans of a slab; late ones stand aside, indexed,
 * until someone reads them.
 */
export class HeadSeries {
  /** Where each span lies in the slab. */
  private readonly places: number[] = [];
  /** The page of the last span, where on it the next point goes, and where the span ends. */
  private page: Float64Array = NOTHING;
  private next = 0;
  private end = 0;
  /** null: all 0. */
  private ordinals: number[] | null = null;
  private late: Late | null = null;

  constructor(private readonly slab: Slab) {
    slab.bytes += BYTES.series;
  }

  get length(): number {
    return this.inOrder + (this.late?.length ?? 0);
  }

  /** Points but for the late ones. */
  private get inOrder(): number {
    return startOf(this.places.length) - (this.end - this.next) / WIDTH;
  }

  /**
   * The points `from` to `to` of `rows` that have a value: of ordinal 0, ascending, and later than all that the series ever
   * had. Gives how many there are.
   */
  push(times: Float64Array, values: Float64Array, rows: Uint32Array, from: number, to: number): number {
    let points = 0;
    for (let k = from; k < to; k++) {
      const row = rows[k]!;
      const value = values[row]!;
      if (Number.isNaN(value)) continue;
      if (this.next === this.end) this.grow();
      this.page[this.next++] = times[row]!;
      this.page[this.next++] = value;
      points++;
    }
    if (this.ordinals) for (let i = 0; i < points; i++) this.pushOrdinal(0);
    return points;
  }

  /** A point that the series does not have. */
  add(time: number, ordinal: number, value: number): void {
    const last = this.inOrder - 1;
    if (last >= 0 && this.isBefore(time, ordinal, last)) {
      this.late ??= new Late();
      this.slab.bytes -= this.late.bytes;
      this.late.add(time, ordinal, value);
      this.slab.bytes += this.late.bytes;
      return;
    }
    if (ordinal > 0) this.keepOrdinals();
    if (this.next === this.end) this.grow();
    this.page[this.next++] = time;
    this.page[this.next++] = value;
    if (this.ordinals) this.pushOrdinal(ordinal);
  }

  find(time: number, ordinal: number): number | undefined {
    const at = this.indexOf(time, ordinal);
    return at >= 0 ? this.valueAt(at) : this.late?.find(time, ordinal);
  }

  replace(time: number, ordinal: number, value: number): void {
    const at = this.indexOf(time, ordinal);
    if (at >= 0) this.put(at, time, value);
    else this.late!.replace(time, ordinal, value);
  }

  /** A copy: what is read later does not change with the series. */
  part(start: number, end: number): Part | null {
    this.settle();
    const from = this.lowerBound(start, 0);
    const to = this.lowerBound(end, 0);
    return from < to ? this.copied(from, to, columnsOf(to - from)) : null;
  }

  /** All points, good until the next call for any series: a seal goes through thousands, and keeps none. */
  whole(): Part {
    this.settle();
    const length = this.inOrder;
    return this.copied(0, length, length <= SCRATCH_POINTS ? scratch : columnsOf(length));
  }

  removeRange(start: number, end: number): void {
    this.settle();
    const from = this.lowerBound(start, 0);
    const to = this.lowerBound(end, 0);
    if (from === to) return;
    const length = this.inOrder;
    for (let i = to; i < length; i++) this.put(from + i - to, this.timeAt(i), this.valueAt(i));
    this.resize(length - (to - from));
    if (!this.ordinals) return;
    this.ordinals.splice(from, to - from);
    this.slab.bytes -= (to - from) * BYTES.ordinal;
  }

  private copied(from: number, to: number, { times, values }: Columns): Part {
    let at = 0;
    for (let span = spanOf(from), index = from; index < to; span++) {
      const page = this.slab.pageOf(this.places[span]!);
      const stop = Math.min(to, startOf(span + 1));
      let i = offsetOf(this.places[span]!) + (index - startOf(span)) * WIDTH;
      for (; index < stop; index++, at++, i += WIDTH) {
        times[at] = page[i]!;
        values[at] = page[i + 1]!;
      }
    }
    const ordinals = this.ordinals && Uint32Array.from(this.ordinals.slice(from, to));
    return { times, columns: [values], ordinals, from: 0, to: to - from };
  }

  /** Nothing is left in it, and it goes. */
  close(): void {
    this.slab.bytes -= BYTES.series;
  }

  /** Takes the late points in, from the last on: only what is later than the first of them moves. */
  private settle(): void {
    const { late } = this;
    if (!late) return;
    this.late = null;
    this.slab.bytes -= late.bytes;
    const order = late.inOrder();
    if (late.ordinals.some((ordinal) => ordinal > 0)) this.keepOrdinals();
    let main = this.inOrder - 1;
    let to = main + order.length;
    this.resize(to + 1);
    if (this.ordinals) for (let i = 0; i < order.length; i++) this.pushOrdinal(0);
    for (let k = order.length - 1; k >= 0; to--) {
      const at = order[k]!;
      if (main >= 0 && this.isBefore(late.times[at]!, late.ordinals[at]!, main)) {
        this.put(to, this.timeAt(main), this.valueAt(main));
        if (this.ordinals) this.ordinals[to] = this.ordinals[main]!;
        main--;
      } else {
        this.put(to, late.times[at]!, late.values[at]!);
        if (this.ordinals) this.ordinals[to] = late.ordinals[at]!;
        k--;
      }
    }
  }

  private keepOrdinals(): void {
    if (this.ordinals) return;
    this.ordinals = [];
    for (let i = this.inOrder; i > 0; i--) this.pushOrdinal(0);
  }

  private pushOrdinal(ordinal: number): void {
    this.ordinals!.push(ordinal);
    this.slab.bytes += BYTES.ordinal;
  }

  private grow(): void {
    this.resize(startOf(this.places.length) + 1);
    this.next -= WIDTH;
  }

  /** Room for so many points, and no span more. */
  private resize(length: number): void {
    const spans = length === 0 ? 0 : spanOf(length - 1) + 1;
    while (this.places.length > spans)
      this.slab.release(this.places.pop()!, sizeOf(this.places.length) * WIDTH);
    while (this.places.length < spans) this.places.push(this.slab.take(sizeOf(this.places.length) * WIDTH));
    if (spans === 0) {
      this.next = this.end;
      return;
    }
    const last = spans - 1;
    const place = this.places[last]!;
    const start = offsetOf(place);
    this.page = this.slab.pageOf(place);
    this.next = start + (length - startOf(last)) * WIDTH;
    this.end = start + sizeOf(last) * WIDTH;
  }

  /** Whether a place stands before the one of this index, or is it. */
  private isBefore(time: number, ordinal: number, index: number): boolean {
    const other = this.timeAt(index);
    return time < other || (time === other && ordinal <= (this.ordinals?.[index] ?? 0));
  }

  private indexOf(time: number, ordinal: number): number {
    const at = this.lowerBound(time, ordinal);
    const isHere = at < this.inOrder && this.timeAt(at) === time && (this.ordinals?.[at] ?? 0) === ordinal;
    return isHere ? at : -1;
  }

  /** The first index whose point does not stand before this place. */
  private lowerBound(time: number, ordinal: number): number {
    const span = this.spanBefore(time, ordinal);
    if (span < 0) return 0;
    const start = startOf(span);
    const page = this.slab.pageOf(this.places[span]!);
    const offset = offsetOf(this.places[span]!) - start * WIDTH;
    let low = start;
    let high = Math.min(startOf(span + 1), this.inOrder);
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = page[offset + middle * WIDTH]!;
      if (other < time || (other === time && (this.ordinals?.[middle] ?? 0) < ordinal)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The last span whose first point stands before this place, or -1. What is asked for is mostly new: in the last one. */
  private spanBefore(time: number, ordinal: number): number {
    let low = 0;
    let high = this.places.length;
    let middle = high - 1;
    while (low < high) {
      const place = this.places[middle]!;
      const first = this.slab.pageOf(place)[offsetOf(place)]!;
      const isAt = first === time && (this.ordinals?.[startOf(middle)] ?? 0) >= ordinal;
      if (first > time || isAt) high = middle;
      else low = middle + 1;
      middle = (low + high) >> 1;
    }
    return low - 1;
  }

  private placeOf(index: number): number {
    const span = spanOf(index);
    return this.places[span]! + (index - startOf(span)) * WIDTH;
  }

  private timeAt(index: number): number {
    const place = this.placeOf(index);
    return this.slab.pageOf(place)[offsetOf(place)]!;
  }

  private valueAt(index: number): number {
    const place = this.placeOf(index);
    return this.slab.pageOf(place)[offsetOf(place) + 1]!;
  }

  private put(index: number, time: number, value: number): void {
    const place = this.placeOf(index);
    const page = this.slab.pageOf(place);
    page[offsetOf(place)] = time;
    page[offsetOf(place) + 1] = value;
  }
}
