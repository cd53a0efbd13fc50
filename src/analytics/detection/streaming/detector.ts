import { scoreOf, severityOf } from "../severity";
import { isAcceptedError } from "./accepted";
import { growAlert, isFlatAlert, noteAlert, Thing } from "./alerts";
import { type Band, bandAround, bandOfRecord } from "./band";
import { collect, createState, hasBegun, preparedState } from "./beginning";
import { Channels } from "./channels";
import { countRun, flatSurprise } from "./flat-line";
import { Forecast, scaledBy } from "./forecast";
import { gapBefore } from "./gap";
import { alertLevel, beginQuiet, isSilent, passQuiet } from "./incident";
import { BEGINNING, Head } from "./layout";
import { distance, moveLevel, noteDistance } from "./level";
import { acceptMark, type Mark, type Parts, takeLevel } from "./marks";
import { countRecord, recordSurprise } from "./record";
import { inDeviations, Scale } from "./scale";
import { SETTINGS, type Settings } from "./settings";
import { noteSilence } from "./silence";
import { type Kind, messageOf, type StreamingVerdict } from "./verdict";
import { WARM_UP } from "./warm-up";

export { keepAccepted } from "./accepted";
export { createState } from "./beginning";
export { expectedFalseAlarmsPerWeek } from "./false-alarms";
export { COMPACT_NUMBERS, type Form } from "./layout";
export type { Mark } from "./marks";
export { silenceFrom } from "./silence";
export type { Kind, StreamingVerdict } from "./verdict";
export { isWarmingUp, warmUpLeft } from "./warm-up";

/** Readings before which errors are those of a forecast that knows nothing: no tail learns from them. */
const TAILS_FROM = 32;
/** Readings before which values are believed as they are. */
const BELIEVED_UNTIL = 20;
/** Surprise at which statistics are cut before they enter a tail: one monster does not make the tail. */
const LEARNED_SURPRISE = 5;
/** A run or a gap is judged by a count, whose surprise beyond the alert says little. */
const GREATEST_BEYOND = 2;

/**
 * Judges the readings of one series as they come. All that it knows of the past is `state`, a block of numbers: stored
 * and loaded at any moment, the verdicts are the same. One detector may serve many series in turn.
 */
export class StreamingDetector {
  /** The anomaly that the last reading is, or null. */
  verdict: StreamingVerdict | null = null;
  private readonly channels: Channels;
  private readonly forecast: Forecast;
  private readonly scale: Scale;
  private readonly parts: Parts;
  private readonly error = { here: 0, whole: 0, all: 0 };
  /** How surprising it is that the last reading is a record; zero where it is none. */
  private beyond = 0;
  /** Whether the last reading is a spike or dip that was called expected. */
  private isExpected = false;

  constructor(
    public state: Float64Array = createState(),
    private readonly settings: Settings = SETTINGS,
  ) {
    this.channels = new Channels(settings);
    this.forecast = new Forecast(settings);
    this.scale = new Scale(settings);
    this.parts = { channels: this.channels, forecast: this.forecast, scale: this.scale, settings };
    this.use(state);
  }

  /** Goes on with another series, or with this one as it was stored. */
  use(state: Float64Array): void {
    this.state = state;
    this.verdict = null;
    if (!hasBegun(state)) return;
    this.channels.use(state);
    this.forecast.use(state);
    this.scale.use(state);
  }

  /**
   * The score of the next reading, in [0, 1]: 0.5 is the alert level. Zero for a reading that is not later than the last
   * or no number, and while warming up. `state` may be another block afterwards.
   */
  observe(timeMicros: number, value: number): number {
    this.verdict = null;
    if (!Number.isFinite(value) || !Number.isFinite(timeMicros)) return 0;
    if (hasBegun(this.state))
      return timeMicros > this.state[Head.lastTime]! ? this.judge(timeMicros, value) : 0;
    const readings = collect(this.state, timeMicros, value);
    if (readings === null) return 0;
    this.use(preparedState(this.state, readings));
    for (let i = 0; i < BEGINNING; i++) this.judge(readings[2 * i]!, readings[2 * i + 1]!);
    return 0;
  }

  /**
   * Takes an anomaly for usual from now on: the same thing, in the same direction and about as large, is not alerted at
   * again. A level that shifted is normal at once. Nothing happens for what is no longer understood, or not yet.
   */
  accept(mark: Mark): void {
    const isUnderstood =
      hasBegun(this.state) && Number.isFinite(mark.timeMicros) && Number.isFinite(mark.value);
    if (isUnderstood && mark.expected !== false) acceptMark(this.state, this.parts, mark);
  }

  /** The anomaly that no reading since the last one is, told once a gap; else null. Judged as by the reading that ends it. */
  noteSilence(nowMicros: number): StreamingVerdict | null {
    return hasBegun(this.state) ? noteSilence(this.state, nowMicros) : null;
  }

  private judge(timeMicros: number, value: number): number {
    const { state, settings, forecast, scale } = this;
    const count = state[Head.count]!;
    const scaled = scaledBy(state, value);
    const gap = gapBefore(state, timeMicros);
    const isTold = gap === "longest" && state[Head.silenceTold] === 1;
    state[Head.silenceTold] = 0;
    if (gap !== "none") forecast.forgetLast(scaled);
    forecast.look(timeMicros);
    scale.look(forecast.phase);
    this.beyond = recordSurprise(state, scaled, settings);
    this.lookAt(scaled - forecast.value);
    const { surprise, kind } = this.surprise(scaled, gap === "longest");
    const level = alertLevel(state, settings, this.beyond > 0);
    const ratio = count < WARM_UP ? 0 : surprise / level;
    if (ratio >= 1 && !isTold) {
      this.verdict = this.verdictOf(value, kind, level, ratio);
      this.noteAlert(timeMicros, kind);
    }
    passQuiet(state, surprise);
    if (ratio >= 1) beginQuiet(state, settings);
    this.learn(scaled);
    state[Head.lastTime] = timeMicros;
    state[Head.count] = count + 1;
    return isTold ? 0 : scoreOf(ratio);
  }

  /** A spike or dip that was called expected is judged as if the reading were as forecast. */
  private lookAt(error: number): void {
    const { state, scale, settings } = this;
    const here = inDeviations(error, scale.here);
    this.error.all = inDeviations(error, scale.all);
    // Once it has begun, less is part of it: the rest would come back in the sums.
    const least = settings.alertSurprise / (state[Head.expectedRun]! > 0 ? 2 : 1);
    this.isExpected =
      isAcceptedError(state, this.error.all) &&
      !isSilent(state, settings) &&
      this.channels.surpriseOfError(here) + this.beyond >= least;
    if (this.isExpected) this.beyond = 0;
    this.error.here = this.isExpected ? 0 : here;
    this.error.whole = this.isExpected ? 0 : inDeviations(error, scale.whole);
  }

  private noteAlert(timeMicros: number, kind: Kind | null): void {
    const { state } = this;
    if (kind === "gap") noteAlert(state, timeMicros, Thing.gap, state[Head.longestGap]!);
    else if (kind === "flat_line") noteAlert(state, timeMicros, Thing.flat, state[Head.run]!);
    else noteAlert(state, timeMicros, this.channels.alerted, this.sizeOf(this.channels.alerted));
  }

  /** How large a thing is now. Spikes are measured by all errors: their phases have scales that come and go. */
  private sizeOf(thing: number): number {
    if (thing === Thing.up) return this.error.all;
    return thing === Thing.down ? -this.error.all : this.channels.sizeOf(thing);
  }

  /** The greatest of all tests' surprises, and what it is about: null where the channels know it. */
  private surprise(scaled: number, isGap: boolean): { surprise: number; kind: Kind | null } {
    const { state, settings } = this;
    const { alertSurprise, greatestSurprise } = settings;
    this.channels.season.look(this.forecast, this.isExpected ? state[Head.lastShort]! : scaled);
    const surprise = Math.min(this.channels.surpriseOf(this.error, this.beyond), greatestSurprise);
    if (state[Head.count] === 0) return { surprise, kind: null };
    if (isGap) return { surprise: alertSurprise, kind: "gap" };
    countRun(state, scaled === state[Head.last]!);
    const flat = flatSurprise(state);
    if (flat < alertSurprise || state[Head.count]! < WARM_UP) return { surprise, kind: null };
    state[Head.runDone] = 1;
    const most = Math.min(flat, alertSurprise + GREATEST_BEYOND);
    return most > surprise ? { surprise: most, kind: "flat_line" } : { surprise, kind: null };
  }

  private verdictOf(value: number, kind: Kind | null, level: number, ratio: number): StreamingVerdict {
    const unit = this.state[Head.unit]!;
    const expected = Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, this.forecast.value * unit));
    const common = { value, score: scoreOf(ratio), severity: severityOf(ratio) };
    const known = kind ?? this.channels.kindOf(this.error);
    const band = kind === null && this.channels.isOfValue ? this.band(value / unit, level) : null;
    if (band === null) return withMessage({ ...common, kind: known, expected, lower: null, upper: null });
    const [lower, upper] = [band.lower * unit, band.upper * unit];
    const inside = Math.max(lower, Math.min(upper, expected));
    return withMessage({ ...common, kind: known, expected: inside, lower, upper });
  }

  /** What the reading could have been without an alert; null where the readings before had made a sum too large already. */
  private band(scaled: number, level: number): Band | null {
    const { state, settings, beyond, forecast, scale, channels } = this;
    const at = (surprise: number, beyond: number): Band =>
      bandAround(forecast.value, scale, channels.band(surprise, beyond));
    const band =
      beyond > 0
        ? bandOfRecord(state, scaled, at(level, beyond), at(alertLevel(state, settings), 0), settings)
        : at(level, 0);
    return band.lower <= band.upper && Number.isFinite((band.upper - band.lower) * state[Head.unit]!)
      ? band
      : null;
  }

  private learn(scaled: number): void {
    const { state, settings, channels } = this;
    noteDistance(state, scaled);
    countRecord(state, scaled, settings);
    if (isFlatAlert(state)) growAlert(state, () => state[Head.run]!);
    else if (isSilent(state, settings)) growAlert(state, (thing) => this.sizeOf(thing));
    if (this.isExpected) this.passExpected(scaled);
    else {
      state[Head.expectedRun] = Math.max(0, state[Head.expectedRun]! - 1);
      this.learnError(scaled);
    }
    if (channels.accepted !== null) takeLevel(state, this.parts, channels.accepted);
  }

  /** What was called expected is no part of the course, until it lasts so long that it must be the new one. */
  private passExpected(scaled: number): void {
    const { state, settings, forecast } = this;
    forecast.learn(forecast.value, forecast.value, true);
    state[Head.expectedRun]!++;
    if (state[Head.expectedRun]! < settings.quietSeasons * settings.leastSeason) return;
    state[Head.expectedRun] = 0;
    moveLevel(state, distance(state));
    forecast.forgetLast(scaled);
  }

  /** Errors are learned cut: an anomaly moves what is normal a little, and a lasting one in time all the way. */
  private learnError(scaled: number): void {
    const { state, settings, forecast, scale } = this;
    const count = state[Head.count]!;
    const error = scaled - forecast.value;
    // What the season has shown before is no anomaly, however badly it was forecast.
    const isSeasonal = forecast.isSeasonal(scaled, scale.most);
    const isBelieved = count < BELIEVED_UNTIL || isSeasonal;
    const cutError = isBelieved ? error : Math.max(-scale.most, Math.min(scale.most, error));
    const isQuiet = isSilent(state, settings);
    if (count >= TAILS_FROM) this.channels.learn(LEARNED_SURPRISE);
    if (isQuiet) this.channels.forget();
    scale.learn(scaled, error, cutError);
    // What an anomaly taught a profile would come back as an echo a season later.
    const isFrozen = isQuiet && !(isSeasonal && Math.abs(error) > scale.most);
    forecast.learn(scaled, count < BELIEVED_UNTIL ? scaled : forecast.value + cutError, isFrozen);
  }
}

const withMessage = (verdict: Omit<StreamingVerdict, "message">): StreamingVerdict => ({
  ...verdict,
  message: messageOf(verdict),
});
