import { type ExcessLaw, excessAt, fitExcesses, logSurvival } from "../evt";
import type { Settings } from "./settings";

/** Excesses that are kept: the tail is that of the last so many exceedances. */
const KEPT = 64;
/** Statistics before the tail is known at all, and the share of them above the first threshold. */
export const TAIL_WARM_UP = 40;
const FIRST_SHARE = 0.1;
/** How often the threshold is looked at, and with how many excesses at least. */
const REVIEW_EVERY = 50;
const LEAST_TO_REVIEW = 20;

const COUNT = 0;
const EXCEEDED = 1;
const THRESHOLD = 2;
const SHAPE = 3;
const SCALE = 4;
const KEPT_NOW = 5;
const NEXT = 6;
const CLUSTER_MAX = 7;
const SINCE = 8;
const REVIEW = 9;
const RING = 10;

/** Numbers of a tail's state. */
export const TAIL_NUMBERS = RING + KEPT;

const LN10 = Math.LN10;
const law: ExcessLaw = { shape: 0, scale: 1 };

/**
 * The upper tail of one statistic: peaks over a threshold that streams (SPOT of Siffer, Fouque, Termier and Largouet
 * 2017), with clusters of exceedances taken as one (runs declustering): a probability is then that of an incident.
 */
export class Tail {
  private readonly settings: Settings["tail"];
  private block: Float64Array = new Float64Array(0);

  constructor(
    private readonly at: number,
    settings: Settings,
  ) {
    this.settings = settings.tail;
  }

  use(block: Float64Array): void {
    this.block = block;
  }

  /** -log10 of the probability of so much or more at one reading; zero while warming up. */
  surpriseOf(statistic: number): number {
    const { block, at } = this;
    if (block[at + COUNT]! < TAIL_WARM_UP) return 0;
    const threshold = block[at + THRESHOLD]!;
    if (statistic <= threshold) return 0;
    return -(Math.log(this.rate()) + logSurvival(this.law(), statistic - threshold)) / LN10;
  }

  /** At or below the threshold, and so not a matter of the tail. */
  isBelow(statistic: number): boolean {
    return statistic <= this.block[this.at + THRESHOLD]!;
  }

  /** The statistic whose surprise is this one; infinite while warming up. */
  statisticAt(surprise: number): number {
    const { block, at } = this;
    if (block[at + COUNT]! < TAIL_WARM_UP) return Number.POSITIVE_INFINITY;
    const logProbability = -surprise * LN10 - Math.log(this.rate());
    return block[at + THRESHOLD]! + excessAt(this.law(), Math.min(0, logProbability));
  }

  learn(statistic: number): void {
    const { block, at } = this;
    const count = block[at + COUNT]!;
    block[at + COUNT] = count + 1;
    if (count < TAIL_WARM_UP) {
      block[at + RING + count] = statistic;
      if (count + 1 === TAIL_WARM_UP) this.begin();
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
    block[at + REVIEW]!++;
    if (block[at + REVIEW]! >= REVIEW_EVERY) this.review();
  }

  private begin(): void {
    const { block, at } = this;
    const first = block.slice(at + RING, at + RING + TAIL_WARM_UP).sort();
    const quantile = first[Math.floor(TAIL_WARM_UP * (1 - FIRST_SHARE))]!;
    const threshold = Math.max(this.settings.leastThreshold, quantile);
    block[at + THRESHOLD] = threshold;
    for (const statistic of first) if (statistic > threshold) this.keep(statistic - threshold);
    this.fit();
  }

  private closeCluster(): void {
    const { block, at } = this;
    this.keep(block[at + CLUSTER_MAX]!);
    block[at + CLUSTER_MAX] = 0;
    this.fit();
  }

  private keep(excess: number): void {
    const { block, at } = this;
    block[at + EXCEEDED]!++;
    block[at + RING + block[at + NEXT]!] = excess;
    block[at + NEXT] = (block[at + NEXT]! + 1) % KEPT;
    block[at + KEPT_NOW] = Math.min(KEPT, block[at + KEPT_NOW]! + 1);
  }

  /** Raises the threshold by the lower quarter of the excesses while too many readings are above it. */
  private review(): void {
    const { block, at } = this;
    block[at + REVIEW] = 0;
    const kept = block[at + KEPT_NOW]!;
    if (kept < LEAST_TO_REVIEW || this.rate() < 1.3 * this.settings.share) return;
    const sorted = block.slice(at + RING, at + RING + kept).sort();
    const rise = sorted[kept >> 2]!;
    block[at + THRESHOLD]! += rise;
    let left = 0;
    for (const excess of sorted) if (excess > rise) block[at + RING + left++] = excess - rise;
    block[at + EXCEEDED]! *= left / kept;
    block[at + KEPT_NOW] = left;
    block[at + NEXT] = left % KEPT;
    block[at + CLUSTER_MAX] = Math.max(0, block[at + CLUSTER_MAX]! - rise);
    this.fit();
  }

  private fit(): void {
    const { block, at } = this;
    const { shape, scale } = fitExcesses(block, at + RING, block[at + KEPT_NOW]!, this.settings.prior);
    block[at + SHAPE] = shape;
    block[at + SCALE] = scale;
  }

  /** Incidents a reading. */
  private rate(): number {
    const { block, at } = this;
    return (block[at + EXCEEDED]! + 0.5) / (block[at + COUNT]! + 1);
  }

  private law(): ExcessLaw {
    law.shape = this.block[this.at + SHAPE]!;
    law.scale = this.block[this.at + SCALE]!;
    return law;
  }
}
