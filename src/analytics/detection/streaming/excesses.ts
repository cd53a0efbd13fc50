import { type ExcessLaw, type ExcessPrior, excessAt, fitExcesses, lawOf } from "../evt";
import type { Numbers } from "./layout";

/** Which share of the excesses is left when the threshold is raised by the lower quarter of them. */
const LEFT = 0.75;

/** What is known of the excesses over a threshold, in `numbers` numbers of a block. All zero, nothing is. */
export interface Excesses {
  readonly numbers: number;
  keep(block: Numbers, at: number, excess: number): void;
  /** To be called after {@link keep}, once for several. */
  learn(block: Numbers, at: number, prior: ExcessPrior): void;
  law(block: Numbers, at: number, prior: ExcessPrior): ExcessLaw;
  /** How many are known of. */
  count(block: Numbers, at: number): number;
  /** Raises the threshold by the lower quarter of the excesses: by how much, and which share is left above. */
  raise(block: Numbers, at: number, prior: ExcessPrior): { rise: number; left: number };
}

/** Excesses that are kept: the tail is that of the last so many exceedances. */
const KEPT = 64;
const KEPT_NOW = 0;
const NEXT = 1;
const SHAPE = 2;
const SCALE = 3;
const RING = 4;

const law: ExcessLaw = { shape: 0, scale: 1 };

/** The last excesses themselves. */
export const lastExcesses: Excesses = {
  numbers: RING + KEPT,

  keep(block, at, excess) {
    block[at + RING + block[at + NEXT]!] = excess;
    block[at + NEXT] = (block[at + NEXT]! + 1) % KEPT;
    block[at + KEPT_NOW] = Math.min(KEPT, block[at + KEPT_NOW]! + 1);
  },

  learn(block, at, prior) {
    const { shape, scale } = fitExcesses(block, at + RING, block[at + KEPT_NOW]!, prior);
    block[at + SHAPE] = shape;
    block[at + SCALE] = scale;
  },

  law(block, at) {
    law.shape = block[at + SHAPE]!;
    law.scale = block[at + SCALE]!;
    return law;
  },

  count: (block, at) => block[at + KEPT_NOW]!,

  raise(block, at) {
    const kept = block[at + KEPT_NOW]!;
    const sorted = block.slice(at + RING, at + RING + kept).sort();
    const rise = sorted[kept >> 2]!;
    let left = 0;
    for (const excess of sorted) if (excess > rise) block[at + RING + left++] = excess - rise;
    block[at + KEPT_NOW] = left;
    block[at + NEXT] = left % KEPT;
    return { rise, left: left / kept };
  },
};

const WEIGHT = 0;
const MEAN = 1;
const VARIANCE = 2;
/** Excesses that the moments are at most thought to be made of: older ones fade. */
const MOST_WEIGHT = 64;

const momentsOf = (block: Numbers, at: number) => {
  const count = block[at + WEIGHT]!;
  const variance = count > 1 ? (block[at + VARIANCE]! * count) / (count - 1) : 0;
  return { count, sum: count * block[at + MEAN]!, variance };
};

/** Mean and variance of the excesses, of which old ones fade: all that the fit asks for, in place of a ring. */
export const fadingExcesses: Excesses = {
  numbers: 4,

  keep(block, at, excess) {
    const weight = Math.min(MOST_WEIGHT, block[at + WEIGHT]! + 1);
    const gain = 1 / weight;
    const distance = excess - block[at + MEAN]!;
    block[at + WEIGHT] = weight;
    block[at + MEAN]! += gain * distance;
    block[at + VARIANCE] = (1 - gain) * (block[at + VARIANCE]! + gain * distance * distance);
  },

  learn() {},

  law: (block, at, prior) => lawOf(momentsOf(block, at), prior),

  count: (block, at) => block[at + WEIGHT]!,

  /** By the law: above a higher threshold the shape is the same and the scale grows along a line (Pickands 1975). */
  raise(block, at, prior) {
    const { shape, scale } = this.law(block, at, prior);
    const rise = excessAt({ shape, scale }, Math.log(LEFT));
    const growth = (scale + shape * rise) / scale;
    block[at + WEIGHT]! *= LEFT;
    block[at + MEAN]! *= growth;
    block[at + VARIANCE]! *= growth * growth;
    return { rise, left: LEFT };
  },
};
