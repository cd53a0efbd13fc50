import { excessAt, logSurvival } from "../evt";
import type { Excesses } from "./excesses";
import { Head, type Layout, type Numbers } from "./layout";
import type { Settings } from "./settings";

/** Statistics before the tail is known at all, and how many of them are above the first threshold or at it. */
export const TAIL_WARM_UP = 40;
const FIRST = 4;
/** How often the threshold is looked at, and with how many excesses at least. */
const REVIEW_EVERY = 50;
const LEAST_TO_REVIEW = 20;

const EXCEEDED = 0;
const THRESHOLD = 1;
const CLUSTER_MAX = 2;
const SINCE = 3;
/** While warming up the greatest statistics, in their order, are where the excesses are afterwards. */
const EXCESSES = 4;

const LN10 = Math.LN10;

/**
 * The upper tail of one statistic: peaks over a threshold that streams (SPOT of Siffer, Fouque, Termier and Largouet
 * 2017), with clusters of exceedances taken as one (runs declustering): a probability is then that of an incident.
 */
export class Tail {
  private readonly settings: Settings["tail"];
  private state: Float64Array = new Float64Array(0);
  private block: Numbers = this.state;
  private at = 0;
  private excesses!: Excesses;

  constructor(
    private readonly index: number,
    settings: Settings,
  ) {
    this.settings = settings.tail;
  }

  /** `block`: those of the state's numbers among which the tails are. */
  use(state: Float64Array, block: Numbers, { tails, tailNumbers, excesses }: Layout): void {
    this.state = state;
    this.block = block;
    this.at = tails + this.index * tailNumbers;
    this.excesses = excesses;
  }

  /** -log10 of the probability of so much or more at one reading; zero while warming up. */
  surpriseOf(statistic: number): number {
    const { block, at } = this;
    const count = this.state[Head.judged]!;
    if (count < TAIL_WARM_UP) return 0;
    const threshold = block[at + THRESHOLD]!;
    if (statistic <= threshold) return 0;
    return -(Math.log(this.rate(count)) + logSurvival(this.law(), statistic - threshold)) / LN10;
  }

  /** At or below the threshold, and so not a matter of the tail. */
  isBelow(statistic: number): boolean {
    return statistic <= this.block[this.at + THRESHOLD]!;
  }

  /** The statistic whose surprise is this one; infinite while warming up. */
  statisticAt(surprise: number): number {
    const { block, at } = this;
    const count = this.state[Head.judged]!;
    if (count < TAIL_WARM_UP) return Number.POSITIVE_INFINITY;
    const logProbability = -surprise * LN10 - Math.log(this.rate(count));
    return block[at + THRESHOLD]! + excessAt(this.law(), Math.min(0, logProbability));
  }

  /** To be called for all tails before their common count goes on. */
  learn(statistic: number): void {
    const { block, at } = this;
    const count = this.state[Head.judged]!;
    if (count < TAIL_WARM_UP) {
      this.collect(statistic, count);
      return;
    }
    const threshold = block[at + THRESHOLD]!;
    if (statistic > threshold) {
      block[at + CLUSTER_MAX] = Math.max(block[at + CLUSTER_MAX]!, statistic - threshold);
      block[at + SINCE] = 0;
    } else if (block[at + CLUSTER_MAX]! > 0) {
      block[at + SINCE]!++;
      if (block[at + SINCE]! >= this.settings.clusterGap) this.closeCluster();
    }
    const learned = count + 1;
    if ((learned - TAIL_WARM_UP) % REVIEW_EVERY === 0) this.review(learned);
  }

  /** Keeps the greatest of the first statistics: no others can be above the first threshold. */
  private collect(statistic: number, count: number): void {
    const { block } = this;
    const first = this.at + EXCESSES;
    const known = Math.min(count, FIRST);
    if (known < FIRST || statistic > block[first]!) {
      // From the least on, whose place is free or given up, up to the first that is greater.
      if (known < FIRST) block.copyWithin(first + 1, first, first + known);
      let place = 0;
      const others = Math.min(known, FIRST - 1);
      for (; place < others && block[first + place + 1]! < statistic; place++)
        block[first + place] = block[first + place + 1]!;
      block[first + place] = statistic;
    }
    if (count + 1 === TAIL_WARM_UP) this.begin();
  }

  private begin(): void {
    const { block, at } = this;
    const first = block.slice(at + EXCESSES, at + EXCESSES + FIRST);
    const threshold = Math.max(this.settings.leastThreshold, first[0]!);
    block[at + THRESHOLD] = threshold;
    block.fill(0, at + EXCESSES, at + EXCESSES + FIRST);
    for (const statistic of first) if (statistic > threshold) this.keep(statistic - threshold);
    this.excesses.learn(block, at + EXCESSES, this.settings.prior);
  }

  private closeCluster(): void {
    const { block, at } = this;
    this.keep(block[at + CLUSTER_MAX]!);
    block[at + CLUSTER_MAX] = 0;
    this.excesses.learn(block, at + EXCESSES, this.settings.prior);
  }

  private keep(excess: number): void {
    this.block[this.at + EXCEEDED]!++;
    this.excesses.keep(this.block, this.at + EXCESSES, excess);
  }

  /** Raises the threshold while too many readings are above it. */
  private review(count: number): void {
    const { block, at, excesses, settings } = this;
    if (excesses.count(block, at + EXCESSES) < LEAST_TO_REVIEW) return;
    if (this.rate(count) < 1.3 * settings.share) return;
    const { rise, left } = excesses.raise(block, at + EXCESSES, settings.prior);
    block[at + THRESHOLD]! += rise;
    block[at + EXCEEDED]! *= left;
    block[at + CLUSTER_MAX] = Math.max(0, block[at + CLUSTER_MAX]! - rise);
    excesses.learn(block, at + EXCESSES, settings.prior);
  }

  /** Incidents a reading. */
  private rate(count: number): number {
    return (this.block[this.at + EXCEEDED]! + 0.5) / (count + 1);
  }

  private law() {
    return this.excesses.law(this.block, this.at + EXCESSES, this.settings.prior);
  }
}
