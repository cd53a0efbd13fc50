import { isAcceptedPart, isAcceptedSum } from "./accepted";
import { Thing } from "./alerts";
import { CHANNELS, Head, type Layout, layoutOf, type Numbers, RECENT, statisticsOf } from "./layout";
import { SeasonSums } from "./season-sums";
import type { Settings } from "./settings";
import { Tail } from "./tail";
import type { Kind } from "./verdict";

/** Readings over which the drift sums: a forecast that is off in one direction for so long has lost the trend. */
const DRIFT_OVER = 24;

/** One error of a forecast, in standard deviations of its phase and of the whole series. */
export interface StandardError {
  here: number;
  whole: number;
}

const UP = 0;
const DOWN = 1;
const SHIFT = 2;
const DRIFT = 3;
const SPREAD = 4;
const AWAY = 5;
const PHASE = 6;
/** What a record is no evidence of: its error is among the sizes already, and a season out of step stays within. */
const isOfRecords = (channel: number): boolean => channel !== SPREAD && channel !== PHASE;
const CHANNEL_OF: Partial<Record<Thing, number>> = {
  [Thing.up]: UP,
  [Thing.down]: DOWN,
  [Thing.shiftUp]: SHIFT,
  [Thing.shiftDown]: SHIFT,
  [Thing.driftUp]: DRIFT,
  [Thing.driftDown]: DRIFT,
  [Thing.spread]: SPREAD,
  [Thing.phase]: PHASE,
};

/**
 * The statistics that are judged, each with its own tail: an error upwards, one downwards, the sum of the last few
 * errors, that of many, the mean size of the last few, and two sums of what the season says otherwise. What the tails
 * have seen decides what is unusual, so no law of the errors is assumed.
 */
export class Channels {
  readonly season: SeasonSums;
  private readonly tails: Tail[];
  private readonly statistics = new Float64Array(CHANNELS);
  private shiftBefore = 0;
  private driftBefore = 0;
  private spreadBefore = 0;
  /** The channel that was most surprised last. */
  private strongest = UP;
  /** Of the sums, what surprised last but was called expected before. */
  accepted: Thing | null = null;

  private block: Float64Array = new Float64Array(0);
  private layout!: Layout;
  private errors: Numbers = this.block;

  constructor(private readonly settings: Settings) {
    this.season = new SeasonSums(settings);
    this.tails = Array.from({ length: CHANNELS }, (_, i) => new Tail(i, settings));
  }

  use(block: Float64Array): void {
    this.block = block;
    this.layout = layoutOf(block);
    this.errors = statisticsOf(block, this.layout);
    this.season.use(block);
    for (const tail of this.tails) tail.use(block, this.errors, this.layout);
  }

  /** The greatest surprise of all channels at this error, and what the value is surprising for `beyond` its error. */
  surpriseOf(error: StandardError, beyond: number): number {
    const { errors, layout, settings, statistics } = this;
    const now = this.block[Head.count]! % RECENT;
    const here = cut(error.here, settings.summedError);
    errors[layout.recent + now] = here;
    errors[layout.recentWhole + now] = error.whole;
    this.shiftBefore = this.sum(layout.recent, now, settings.sumOver);
    this.driftBefore = this.sum(layout.recentWhole, now, DRIFT_OVER);
    this.spreadBefore = this.sizes(now, settings.spreadOver);
    statistics[UP] = error.here;
    statistics[DOWN] = -error.here;
    statistics[SHIFT] = Math.abs(this.shiftBefore + here) / settings.sumOver;
    statistics[DRIFT] = Math.abs(this.driftBefore + error.whole) / DRIFT_OVER;
    statistics[SPREAD] = (this.spreadBefore + Math.abs(here)) / settings.spreadOver;
    statistics[AWAY] = this.season.away;
    statistics[PHASE] = this.season.outOfStep;
    let greatest = 0;
    this.accepted = null;
    for (let i = 0; i < CHANNELS; i++) {
      const surprise = this.tails[i]!.surpriseOf(statistics[i]!) + (isOfRecords(i) ? beyond : 0);
      if (surprise <= greatest) continue;
      if (surprise >= settings.alertSurprise && this.isAccepted(i)) continue;
      greatest = surprise;
      this.strongest = i;
    }
    return greatest;
  }

  /** What the most surprised channel is about. */
  get alerted(): Thing {
    return this.thingOf(this.strongest);
  }

  /** Whether what surprised most is a matter of this value, and not of the season that those before are off. */
  get isOfValue(): boolean {
    return this.strongest !== AWAY && this.strongest !== PHASE;
  }

  /** The present statistic of a thing, where a channel is about that. */
  sizeOf(thing: number): number {
    for (let i = 0; i < CHANNELS; i++) if (this.thingOf(i) === thing) return this.statistics[i]!;
    return 0;
  }

  /** How surprising an error in standard deviations is by itself. */
  surpriseOfError(error: number): number {
    return this.tails[error > 0 ? UP : DOWN]!.surpriseOf(Math.abs(error));
  }

  /** The statistic at which a thing is so surprising; infinite where it is not known. */
  statisticAt(thing: Thing, surprise: number): number {
    const channel = CHANNEL_OF[thing];
    return channel === undefined ? Number.POSITIVE_INFINITY : this.tails[channel]!.statisticAt(surprise);
  }

  /** What a person would call what {@link surpriseOf} saw. */
  kindOf(error: StandardError): Kind {
    if (this.strongest === SHIFT || this.strongest === AWAY) return "level_shift";
    if (this.strongest === DRIFT) return "trend_break";
    if (this.strongest === SPREAD) return "variance";
    if (this.strongest === PHASE) return "phase";
    return error.here > 0 ? "spike" : "dip";
  }

  /**
   * The errors, in standard deviations here and of the whole, between which no channel is so surprised; `beyond` is what
   * a record adds.
   */
  band(surprise: number, beyond: number): { lower: StandardError; upper: StandardError } {
    const { settings } = this;
    const statisticAt = (channel: number): number =>
      this.tails[channel]!.statisticAt(isOfRecords(channel) ? surprise - beyond : surprise);
    const shift = statisticAt(SHIFT) * settings.sumOver;
    const drift = statisticAt(DRIFT) * DRIFT_OVER;
    const spread = statisticAt(SPREAD) * settings.spreadOver - this.spreadBefore;
    // A sum that takes more than the cut error cannot be reached by this reading.
    const reachable = (error: number): number =>
      Math.abs(error) < settings.summedError ? error : Math.sign(error) * Number.POSITIVE_INFINITY;
    return {
      lower: {
        here: Math.max(-statisticAt(DOWN), reachable(-shift - this.shiftBefore), reachable(-spread)),
        whole: -drift - this.driftBefore,
      },
      upper: {
        here: Math.min(statisticAt(UP), reachable(shift - this.shiftBefore), reachable(spread)),
        whole: drift - this.driftBefore,
      },
    };
  }

  /** Statistics enter their tails cut at what is as good as impossible: one incident is not the norm of the next. */
  learn(surprise: number): void {
    for (let i = 0; i < CHANNELS; i++) {
      const tail = this.tails[i]!;
      const statistic = this.statistics[i]!;
      // Most are inside, and there is nothing to cut.
      tail.learn(tail.isBelow(statistic) ? statistic : Math.min(statistic, tail.statisticAt(surprise)));
    }
    this.block[Head.judged]!++;
  }

  /** Sums begin anew: what was alerted at is not told again by what it left in them. */
  forget(): void {
    const { recent, recentWhole } = this.layout;
    this.errors.fill(0, recent, recent + RECENT);
    this.errors.fill(0, recentWhole, recentWhole + RECENT);
    this.season.forget();
  }

  private isAccepted(channel: number): boolean {
    const { block, settings } = this;
    const statistic = this.statistics[channel]!;
    if (channel === UP || channel === DOWN) return isAcceptedPart(block, channel === UP, statistic, settings);
    const thing = this.thingOf(channel);
    // A level that shifts shows in the other sums as well, where it is not so large that it shows in its own.
    const shift = this.thingOf(SHIFT);
    const isShift = channel !== DRIFT || (thing === Thing.driftUp) === (shift === Thing.shiftUp);
    if (isAcceptedSum(block, thing, statistic)) this.accepted = thing;
    else if (isShift && isAcceptedSum(block, shift, statistic)) this.accepted = shift;
    else return false;
    return true;
  }

  private thingOf(channel: number): Thing {
    const { errors, layout, shiftBefore, driftBefore } = this;
    const now = this.block[Head.count]! % RECENT;
    if (channel === SHIFT)
      return shiftBefore + errors[layout.recent + now]! > 0 ? Thing.shiftUp : Thing.shiftDown;
    if (channel === DRIFT)
      return driftBefore + errors[layout.recentWhole + now]! > 0 ? Thing.driftUp : Thing.driftDown;
    if (channel === SPREAD) return Thing.spread;
    if (channel === AWAY) return this.season.isAbove ? Thing.shiftUp : Thing.shiftDown;
    if (channel === PHASE) return Thing.phase;
    return channel === UP ? Thing.up : Thing.down;
  }

  private sizes(now: number, over: number): number {
    let sum = 0;
    for (let back = 1; back < over; back++)
      sum += Math.abs(this.errors[this.layout.recent + ((now - back + RECENT) % RECENT)]!);
    return sum;
  }

  /** Of the errors before the one at `now`. */
  private sum(at: number, now: number, over: number): number {
    let sum = 0;
    for (let back = 1; back < over; back++) sum += this.errors[at + ((now - back + RECENT) % RECENT)]!;
    return sum;
  }
}

const cut = (value: number, most: number): number => Math.max(-most, Math.min(most, value));
