import { Head, LAGS, type Layout, layoutOf, type Numbers, statisticsOf } from "./layout";
import type { Settings } from "./settings";

/** Gain of the mean size of what values and steps are off the profile, and the sizes at which one is cut for that. */
const SIZE_GAIN = 0.005;
const MOST_LEARNED = 6;
/** Seasons that a profile is learned from before it is believed. */
const SEASONS = 2;

const UP = 0;
const DOWN = 1;
const LATE = 2;

/**
 * Cumulative sums (Page 1954) of how the last readings are off the season. The forecast follows a level that shifts and
 * a day that comes late, and so hides them from its own errors; the season does not.
 */
export class SeasonSums {
  /** How far and for how long values have been away from what the season says. */
  away = 0;
  isAbove = false;
  /** How much better the last steps fit the season of another time than that of theirs. */
  outOfStep = 0;
  private state: Float64Array = new Float64Array(0);
  private layout!: Layout;
  private sums: Numbers = this.state;

  constructor(private readonly settings: Settings) {}

  use(state: Float64Array): void {
    this.state = state;
    this.layout = layoutOf(state);
    this.sums = statisticsOf(state, this.layout);
  }

  /** `step`: what the season says of the change since the last reading. */
  look({ phase, step }: { phase: number; step: number }, scaled: number): void {
    this.away = this.outOfStep = 0;
    if (this.state[Head.shortPhases] === 0) return;
    this.lookAway(scaled - this.state[Head.lastShort]!);
    // A coarse profile has no steps from reading to reading.
    const isFine = 1.1 * this.state[Head.shortPhases]! > this.season;
    if (isFine && this.season > LAGS) this.lookLate(phase, step, scaled - this.state[Head.last]!);
  }

  forget(): void {
    const { seasonSums } = this.layout;
    this.sums.fill(0, seasonSums, seasonSums + LATE + LAGS);
  }

  private lookAway(off: number): void {
    const { sums, layout } = this;
    const { cut, allowance, factor } = this.settings.away;
    const size = this.known(Head.awaySize);
    if (size > 0) {
      const distance = Math.max(-cut, Math.min(cut, off / size));
      const [up, down] = [layout.seasonSums + UP, layout.seasonSums + DOWN];
      sums[up] = Math.max(0, sums[up]! + distance - allowance);
      sums[down] = Math.max(0, sums[down]! - distance - allowance);
      this.isAbove = sums[up]! > sums[down]!;
      this.away = (factor * Math.max(sums[up]!, sums[down]!)) / this.root;
    }
    this.learn(Head.awaySize, Math.abs(off));
  }

  /** For each lag the log likelihood ratio of Laplace errors. Of steps, because those of a shifted level are the same. */
  private lookLate(phase: number, usual: number, step: number): void {
    const { state, sums, layout } = this;
    const { cut, allowance, factor } = this.settings.lag;
    const phases = state[Head.shortPhases]!;
    const size = this.known(Head.stepSize);
    const own = Math.abs(step - usual);
    for (let k = 0; size > 0 && k < LAGS; k++) {
      const late = Math.floor(((k + 1) * phases) / (LAGS + 1));
      const at = phase < late ? phase + phases - late : phase - late;
      const then = state[layout.profiles + at]! - state[layout.profiles + (at === 0 ? phases : at) - 1]!;
      const better = Math.min(cut, own / size) - Math.min(cut, Math.abs(step - then) / size);
      const place = layout.seasonSums + LATE + k;
      const sum = Math.max(0, sums[place]! + better - allowance);
      // Not a number where a phase has never been seen.
      sums[place] = Number.isNaN(sum) ? 0 : sum;
      this.outOfStep = Math.max(this.outOfStep, (factor * sums[place]!) / this.root);
    }
    this.learn(Head.stepSize, own);
  }

  /** What chance leaves in a sum grows with the root of its readings, while a shift of a day leaves what they are. */
  private get root(): number {
    return Math.sqrt(this.season);
  }

  /** Readings in a season. */
  private get season(): number {
    return this.state[Head.shortMicros]! / this.state[Head.step]!;
  }

  /** A mean size; zero while the profile is new. */
  private known(at: number): number {
    return this.state[Head.count]! > SEASONS * this.season ? this.state[at]! : 0;
  }

  private learn(at: number, size: number): void {
    const mean = this.state[at]!;
    const known = this.known(at);
    const learned = known > 0 ? Math.min(size, MOST_LEARNED * known) : size;
    this.state[at] = mean + Math.max(SIZE_GAIN, 1 / (this.state[Head.count]! + 1)) * (learned - mean);
  }
}
