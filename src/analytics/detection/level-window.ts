import { rankOf, SlidingWindow } from "./sliding-window";

/** Median and half width of the middle of a window, in standard deviations. */
export interface Band {
  centre: number;
  halfWidth: number;
}

const LEAST = 0.025;
const MEDIAN = 0.5;
const MOST = 0.975;
/** Standard deviations of a normal between its quartiles, and between the 2.5 % ends. */
const BETWEEN = { quartiles: 1.349, ends: 3.92 };

/**
 * The band by quantiles: the quartiles, which nothing in the tails moves, or the 2.5 % ends where they say more: readings
 * that often jump are allowed to.
 */
export function bandOf(window: SlidingWindow): Band {
  const quartiles = (window.quantile(0.75) - window.quantile(0.25)) / BETWEEN.quartiles;
  const ends = (window.quantile(MOST) - window.quantile(LEAST)) / BETWEEN.ends;
  return { centre: window.quantile(MEDIAN), halfWidth: Math.max(quartiles, ends) };
}

/** So often the order by size is asked before the marks are set again. */
const MOST_MISSED = 32;
/** Ranks between a mark and the quantile that it bounds, when it is set: the first that would do for all that is held. */
const SLACKS = [20, 12, 6, 3];
// The marks, from the end of the window's stretch on, and how many values lie on the side of each that counts.
const LOW = 0;
const HIGH = 1;
const CENTRE_LOW = 2;
const CENTRE_HIGH = 3;
const BELOW_LOW = 4;
const ABOVE_HIGH = 5;
const ABOVE_CENTRE_LOW = 6;
const BELOW_CENTRE_HIGH = 7;
const MARKS = 8;

/**
 * The window of a series' level, which knows of most readings that they are near it without the order by size. Four marks
 * bound the quantiles from the side that matters while enough values lie on the right side of each; that is counted with
 * each value that comes or leaves. The band by the marks is never wider than the true one, so what is near is near.
 */
export class LevelWindow extends SlidingWindow {
  private readonly marks: number;
  private marksAt = 0;
  // How many values each mark must have on its side, of `ranked` values.
  private ranked = 0;
  private belowLow = 0;
  private aboveHigh = 0;
  private aboveCentre = 0;
  private belowCentre = 0;
  /** How often the marks did not do since they were set. */
  private missed = 0;

  /** A value is near within `most` standard deviations. */
  constructor(
    capacity: number,
    private readonly most: number,
  ) {
    super(capacity);
    this.marks = SlidingWindow.numbersOf(capacity);
  }

  static override numbersOf(capacity: number): number {
    return SlidingWindow.numbersOf(capacity) + MARKS;
  }

  override moveTo(data: Float64Array, start: number): void {
    super.moveTo(data, start);
    this.marksAt = start + this.marks;
  }

  /** Whether the value lies within `most` standard deviations of the median, as {@link bandOf} says. */
  isNear(value: number): boolean {
    if (this.holds() && this.isNearMarks(value)) return true;
    // With the order at hand it is as good as the marks: to set them again costs more than to ask it a few times.
    if (!this.isSorted || ++this.missed > MOST_MISSED) this.setMarks();
    const { centre, halfWidth } = bandOf(this);
    return Math.abs(value - centre) < this.most * halfWidth;
  }

  /** The median, by the marks: true only where they leave no other. */
  isCentre(value: number): boolean {
    const { data, marksAt } = this;
    return value === data[marksAt + CENTRE_LOW] && value === data[marksAt + CENTRE_HIGH] && this.holds();
  }

  override push(value: number): number {
    const oldest = super.push(value);
    if (value !== oldest) this.count(value, oldest);
    return oldest;
  }

  override shift(by: number): void {
    super.shift(by);
    this.data.fill(0, this.marksAt, this.marksAt + MARKS);
  }

  /** `value` came for `oldest`, which is on no side where it is NaN. */
  private count(value: number, oldest: number): void {
    const { data, marksAt } = this;
    const low = data[marksAt + LOW]!;
    const high = data[marksAt + HIGH]!;
    const centreLow = data[marksAt + CENTRE_LOW]!;
    const centreHigh = data[marksAt + CENTRE_HIGH]!;
    if (value <= low !== oldest <= low) data[marksAt + BELOW_LOW]! += value <= low ? 1 : -1;
    if (value >= high !== oldest >= high) data[marksAt + ABOVE_HIGH]! += value >= high ? 1 : -1;
    if (value >= centreLow !== oldest >= centreLow)
      data[marksAt + ABOVE_CENTRE_LOW]! += value >= centreLow ? 1 : -1;
    if (value <= centreHigh !== oldest <= centreHigh)
      data[marksAt + BELOW_CENTRE_HIGH]! += value <= centreHigh ? 1 : -1;
  }

  /** Whether each mark still bounds its quantile. */
  private holds(): boolean {
    const { data, marksAt, length } = this;
    if (length !== this.ranked) this.rank(length);
    return (
      data[marksAt + BELOW_LOW]! >= this.belowLow &&
      data[marksAt + ABOVE_HIGH]! >= this.aboveHigh &&
      data[marksAt + ABOVE_CENTRE_LOW]! >= this.aboveCentre &&
      data[marksAt + BELOW_CENTRE_HIGH]! >= this.belowCentre
    );
  }

  private rank(length: number): void {
    this.ranked = length;
    this.belowLow = rankOf(LEAST, length) + 1;
    this.aboveHigh = length - rankOf(MOST, length);
    this.aboveCentre = length - rankOf(MEDIAN, length);
    this.belowCentre = rankOf(MEDIAN, length) + 1;
  }

  /** Rounding keeps the order of differences, quotients and products: what holds of the marks holds of the quantiles. */
  private isNearMarks(value: number): boolean {
    const { data, marksAt } = this;
    const reach = this.most * ((data[marksAt + HIGH]! - data[marksAt + LOW]!) / BETWEEN.ends);
    return value - data[marksAt + CENTRE_LOW]! < reach && data[marksAt + CENTRE_HIGH]! - value < reach;
  }

  private setMarks(): void {
    this.missed = 0;
    const { data, marksAt, length } = this;
    const sorted = this.inOrder();
    const low = rankOf(LEAST, length);
    const median = rankOf(MEDIAN, length);
    const high = rankOf(MOST, length);
    for (const slack of SLACKS) {
      if (median - slack < 0 || median + slack >= length) continue;
      data[marksAt + LOW] = sorted[low + slack]!;
      data[marksAt + HIGH] = sorted[high - slack]!;
      data[marksAt + CENTRE_LOW] = sorted[median - slack]!;
      data[marksAt + CENTRE_HIGH] = sorted[median + slack]!;
      const isConstant = data[marksAt + CENTRE_LOW] === data[marksAt + CENTRE_HIGH];
      if (isConstant || (this.isNearMarks(sorted[0]!) && this.isNearMarks(sorted[length - 1]!))) break;
    }
    data[marksAt + BELOW_LOW] = this.countUpTo(data[marksAt + LOW]!);
    data[marksAt + ABOVE_HIGH] = length - this.countBelow(data[marksAt + HIGH]!);
    data[marksAt + ABOVE_CENTRE_LOW] = length - this.countBelow(data[marksAt + CENTRE_LOW]!);
    data[marksAt + BELOW_CENTRE_HIGH] = this.countUpTo(data[marksAt + CENTRE_HIGH]!);
  }
}
