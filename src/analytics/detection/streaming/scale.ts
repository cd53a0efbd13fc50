import { Head, type Layout, layoutOf } from "./layout";
import type { Settings } from "./settings";

/** Mean size of a normal error to its standard deviation. */
const TO_DEVIATION = 1.2533;
/** Readings that a bin's mean is at most thought to be made of when the last few are weighed in. */
const MOST_WEIGHT = 50;
/** Gains of the mean distance from the level, and of the mean size of errors of the whole. */
const SPREAD_GAIN = 0.002;
const WHOLE_GAIN = 0.002;
/** Mean sizes at which an error is cut before it enters the mean size of the whole, and from which reading on. */
const WHOLE_CUT = 12;
const CUT_FROM = 20;
/** The scale at one phase is no less than this share of that of all when errors are cut. */
const LEAST_CUT = 0.25;
/** Standard deviation of what has never varied, in shares of its level; and what is rounding in any case. */
const LEAST_OF_CONSTANT = 0.02;
const ROUNDING = 1e-9;
/** Standard deviations; behind it all are alike. */
const GREATEST_ERROR = 1e6;

/**
 * How large errors usually are: at this phase, weighed with the last few, for a volatile hour is expected to go on; and
 * of the whole series. All by means of sizes, which outliers move less than squares.
 */
export class Scale {
  /** Standard deviations expected of the reading that {@link look} was called for. */
  here = 0;
  whole = 0;
  /** Of errors at all phases, which no incident moves by much. */
  all = 0;
  /** Errors are learned up to this. */
  most = 0;
  private bin = 0;
  private state: Float64Array = new Float64Array(0);
  private layout!: Layout;

  constructor(private readonly settings: Settings) {}

  use(state: Float64Array): void {
    this.state = state;
    this.layout = layoutOf(state);
  }

  look(phase: number): void {
    const { state, settings, layout } = this;
    const phases = state[Head.shortPhases]!;
    this.bin = phases === 0 ? 0 : Math.floor((phase * Math.min(phases, layout.phaseBins)) / phases);
    const size = this.size();
    const least =
      state[Head.slow] === 0
        ? LEAST_OF_CONSTANT * Math.abs(state[Head.level]!)
        : Math.max(settings.leastOfSpread * state[Head.spread]!, ROUNDING * Math.abs(state[Head.level]!));
    this.here = Math.max(TO_DEVIATION * Math.max(size, settings.leastOfScale * state[Head.slow]!), least);
    this.whole = Math.max(TO_DEVIATION * state[Head.whole]!, least);
    this.all = Math.max(TO_DEVIATION * state[Head.slow]!, least);
    this.most = settings.learnedError * TO_DEVIATION * Math.max(size, LEAST_CUT * state[Head.slow]!);
  }

  /** `cutError` is the error as far as it is believed. To be called before the level is learned. */
  learn(scaled: number, error: number, cutError: number): void {
    const { state, settings } = this;
    const count = state[Head.count]!;
    const distance = Math.abs(scaled - state[Head.level]!);
    state[Head.spread]! += Math.max(SPREAD_GAIN, 1 / (count + 1)) * (distance - state[Head.spread]!);
    if (count === 0) return;
    const size = Math.abs(cutError);
    const { fast, slow, phase } = settings.scaleGain;
    state[Head.fast]! += Math.max(fast, 1 / count) * (size - state[Head.fast]!);
    state[Head.slow]! += Math.max(slow, 1 / (count + 1)) * (size - state[Head.slow]!);
    const most = count > CUT_FROM ? WHOLE_CUT * state[Head.whole]! : Number.POSITIVE_INFINITY;
    const whole = Math.min(Math.abs(error), most);
    state[Head.whole]! += Math.max(WHOLE_GAIN, 1 / (count + 1)) * (whole - state[Head.whole]!);
    const mean = this.layout.bins + this.bin;
    const seen = state[mean + this.layout.phaseBins]!;
    state[mean]! += Math.max(phase, 1 / (seen + 1)) * (size - state[mean]!);
    state[mean + this.layout.phaseBins] = Math.min(MOST_WEIGHT, seen + 1);
  }

  private size(): number {
    const { state } = this;
    const { fast, slow } = this.settings.scaleWeight;
    const mean = this.layout.bins + this.bin;
    const seen = state[mean + this.layout.phaseBins]!;
    if (seen < 1) return state[Head.slow]!;
    return (state[mean]! * seen + state[Head.fast]! * fast + state[Head.slow]! * slow) / (seen + fast + slow);
  }
}

/** Zero where there is no unit to measure in: a zero that has never varied. Huge ones are cut, for they enter sums. */
export const inDeviations = (error: number, deviation: number): number =>
  deviation > 0 ? Math.max(-GREATEST_ERROR, Math.min(GREATEST_ERROR, error / deviation)) : 0;
