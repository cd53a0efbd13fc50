import { type Severity, scoreOf, severityOf } from "../severity";
import { INPUTS, learn, predict } from "./autoregression";
import { Channels, type Kind } from "./channels";
import { countRun, flatSurprise } from "./flat-line";
import { alertLevel, beginQuiet, isSilent, passQuiet } from "./incident";
import { BEGINNING, BEGINNING_NUMBERS, Head, Place, stateNumbers, VERSION } from "./layout";
import { binOf, learnSize, meanSize, TO_DEVIATION } from "./scale";
import { phaseAt, type Season, seasonsOf } from "./seasons";
import { SETTINGS, type Settings } from "./settings";

/** Readings before which errors are those of a forecast that is only being learned. */
const TAILS_FROM = 32;
/** Readings before which nothing is called an anomaly but a flat line, and before which nothing at all is. */
export const WARM_UP = 60;
/** Readings before which the forecast is the last value, and before which an error is learned as it is. */
const FORECAST_FROM = 12;
const LEARN_FROM = 4;
const CUT_FROM = 20;
/** Surprise at which statistics are cut before they enter a tail. */
const LEARNED_SURPRISE = 5;
/** Gains of the slow means of level, distance and change. */
const LEVEL_GAIN = 0.002;
const WHOLE_GAIN = 0.002;
/** Mean sizes at which an error is cut before it enters the mean size of the whole. */
const WHOLE_CUT = 12;
/** The last few's scale alone is no less than this share of that of all when errors are cut. */
const LEAST_CUT = 0.25;
/** Standard deviation of what has never varied, in shares of its level; and what is rounding in any case. */
const LEAST_OF_CONSTANT = 0.02;
const ROUNDING = 1e-9;
/** Standard deviations; behind it all are alike. */
const GREATEST_ERROR = 1e6;
/** In units of the first values: beyond, squares are no numbers. */
const GREATEST = 1e60;

/** An anomaly, for a person: what was there, what was expected, and by how much it is beyond that. */
export interface StreamingVerdict {
  kind: Kind;
  value: number;
  expected: number;
  /** Between these no reading would have been an anomaly here; null where it is not the value that is judged. */
  lower: number | null;
  upper: number | null;
  /** In [0.5, 1]. */
  score: number;
  severity: Severity;
}

/** A new series' state. It grows once, when the sampling step is known. */
export function createState(): Float64Array {
  return new Float64Array(BEGINNING_NUMBERS);
}

/**
 * Judges the readings of one series as they come. All that it knows of the past is `state`, a block of numbers: stored
 * and loaded at any moment, the verdicts are the same. One detector may serve many series in turn.
 */
export class StreamingDetector {
  private readonly channels: Channels;
  private readonly inputs = new Float64Array(INPUTS);
  private readonly error = { here: 0, whole: 0 };
  private forecast = 0;
  private deviation = 0;
  private wholeDeviation = 0;
  private level = 0;
  private ratio = 0;
  private value = 0;
  private isFlat = false;
  private phaseShort = 0;
  private phaseLong = 0;

  constructor(
    public state: Float64Array = createState(),
    private readonly settings: Settings = SETTINGS,
  ) {
    this.channels = new Channels(settings);
    this.use(state);
  }

  /** Goes on with another series, or with this one as it was stored. */
  use(state: Float64Array): void {
    this.state = state;
    this.ratio = 0;
    if (state[Head.version] === VERSION) this.channels.use(state);
  }

  /**
   * The score of the next reading, in [0, 1]: 0.5 is the alert level. Zero for a reading that is not later than the last
   * or no number, and while warming up.
   */
  observe(timeMicros: number, value: number): number {
    this.ratio = 0;
    if (!Number.isFinite(value) || !Number.isFinite(timeMicros)) return 0;
    if (this.state[Head.version] !== VERSION) return this.begin(timeMicros, value);
    if (!(timeMicros > this.state[Head.lastTime]!)) return 0;
    return this.judge(timeMicros, value);
  }

  /** What to tell of the last reading; null unless it is an anomaly. */
  verdict(): StreamingVerdict | null {
    if (this.ratio < 1) return null;
    const common = { value: this.value, score: scoreOf(this.ratio), severity: severityOf(this.ratio) };
    const unit = this.state[Head.unit]!;
    if (this.isFlat)
      return { ...common, kind: "flat_line", expected: this.forecast * unit, lower: null, upper: null };
    const band = this.channels.band(this.level);
    const at = ({ here, whole }: { here: number; whole: number }, nearer: (a: number, b: number) => number) =>
      this.forecast + nearer(here * this.deviation, whole * this.wholeDeviation);
    const lower = at(band.lower, Math.max) * unit;
    const upper = at(band.upper, Math.min) * unit;
    const expected = Math.max(lower, Math.min(upper, this.forecast * unit));
    return { ...common, kind: this.channels.kindOf(this.error), expected, lower, upper };
  }

  /** Collects the first readings; with the last of them the step is known, and they are judged one after the other. */
  private begin(timeMicros: number, value: number): number {
    const { state } = this;
    const count = state[Head.count]!;
    if (count > 0 && !(timeMicros > state[Head.lastTime]!)) return 0;
    const first = BEGINNING_NUMBERS - 2 * BEGINNING;
    state[first + 2 * count] = timeMicros;
    state[first + 2 * count + 1] = value;
    state[Head.lastTime] = timeMicros;
    state[Head.count] = count + 1;
    if (count + 1 < BEGINNING) return 0;
    const readings = state.subarray(first);
    this.use(preparedState(readings));
    for (let i = 0; i < BEGINNING; i++) this.judge(readings[2 * i]!, readings[2 * i + 1]!);
    return 0;
  }

  private judge(timeMicros: number, value: number): number {
    const { state } = this;
    this.value = value;
    const scaled = Math.max(-GREATEST, Math.min(GREATEST, value / state[Head.unit]!));
    const count = state[Head.count]!;
    if (count === 0) start(state, scaled);
    this.look(timeMicros);
    this.compare(scaled);
    const surprise = this.surprise(scaled, count);
    this.level = alertLevel(state, this.settings);
    this.ratio = count < WARM_UP ? 0 : surprise / this.level;
    passQuiet(state, surprise);
    if (this.ratio >= 1) beginQuiet(state, this.settings);
    this.learn(scaled, count);
    if (isSilent(state, this.settings)) this.channels.forget();
    state[Head.lastTime] = timeMicros;
    state[Head.count] = count + 1;
    return scoreOf(this.ratio);
  }

  /** The phases of this reading and the inputs of its forecast. */
  private look(timeMicros: number): void {
    const { state, inputs } = this;
    const level = state[Head.level]!;
    const since = timeMicros - state[Head.firstTime]!;
    this.phaseShort = phaseOf(state, Head.shortMicros, since);
    this.phaseLong = phaseOf(state, Head.longMicros, since);
    const short = this.profile(Place.profiles, Head.shortPhases, this.phaseShort, level);
    const long = this.profile(
      Place.profiles + state[Head.shortPhases]!,
      Head.longPhases,
      this.phaseLong,
      short,
    );
    inputs[0] = 1;
    inputs[1] = state[Head.last]! - level;
    inputs[2] = state[Head.last2]! - level;
    inputs[3] = state[Head.last3]! - level;
    inputs[4] = short - level;
    inputs[5] = state[Head.lastShort]! - level;
    inputs[6] = long - short;
    inputs[7] = state[Head.lastLong]! - state[Head.lastShort]!;
    state[Head.lastShort] = short;
    state[Head.lastLong] = long;
  }

  private profile(at: number, phases: number, phase: number, otherwise: number): number {
    if (this.state[phases] === 0) return otherwise;
    const known = this.state[at + phase]!;
    return Number.isNaN(known) ? otherwise : known;
  }

  /** The error of the forecast in standard deviations. */
  private compare(scaled: number): void {
    const { state, settings } = this;
    const isLearned = state[Head.count]! >= FORECAST_FROM;
    const learned = state[Head.level]! + predict(state, Place.autoregression, this.inputs);
    // Coefficients may be wild where one value was by a hundred orders greater than the others.
    this.forecast = isLearned && Math.abs(learned) <= GREATEST ? learned : state[Head.last]!;
    const least =
      state[Head.slow] === 0
        ? LEAST_OF_CONSTANT * Math.abs(state[Head.level]!)
        : Math.max(settings.leastOfSpread * state[Head.spread]!, ROUNDING * Math.abs(state[Head.level]!));
    this.deviation = Math.max(
      TO_DEVIATION * Math.max(this.meanSize(), settings.leastOfScale * state[Head.slow]!),
      least,
    );
    this.wholeDeviation = Math.max(TO_DEVIATION * state[Head.whole]!, least);
    const error = scaled - this.forecast;
    this.error.here = inDeviations(error, this.deviation);
    this.error.whole = inDeviations(error, this.wholeDeviation);
  }

  private meanSize(): number {
    const { state, settings } = this;
    const means = { fast: state[Head.fast]!, slow: state[Head.slow]! };
    return meanSize(state, Place.bins, this.bin(), means, settings.scaleWeight);
  }

  private bin = (): number => binOf(this.phaseShort, this.state[Head.shortPhases]!);

  private surprise(scaled: number, count: number): number {
    const { state, settings } = this;
    let surprise = this.channels.surpriseOf(this.error);
    this.isFlat = false;
    if (count > 0) {
      countRun(state, scaled === state[Head.last]!);
      const flat = (flatSurprise(state) * settings.alertSurprise) / settings.flatSurprise;
      if (count > WARM_UP && flat >= settings.alertSurprise) {
        state[Head.runDone] = 1;
        if (flat > surprise) {
          surprise = Math.min(flat, settings.alertSurprise + 2);
          this.isFlat = true;
        }
      }
    }
    return Math.min(surprise, settings.greatestSurprise);
  }

  /** Errors are learned cut: an anomaly moves what is normal a little, and a lasting one in time all the way. */
  private learn(scaled: number, count: number): void {
    const { state, settings, forecast, inputs } = this;
    const error = scaled - forecast;
    const most =
      settings.learnedError * TO_DEVIATION * Math.max(this.meanSize(), LEAST_CUT * state[Head.slow]!);
    // What the season has shown before is no anomaly, however badly it was forecast.
    const isSeasonal =
      Math.min(Math.abs(scaled - state[Head.lastShort]!), Math.abs(scaled - state[Head.lastLong]!)) <= most;
    const isLearnedWhole = count < CUT_FROM || isSeasonal;
    const cutError = isLearnedWhole ? error : Math.max(-most, Math.min(most, error));
    const cutValue = forecast + cutError;
    if (count >= TAILS_FROM) this.channels.learn(LEARNED_SURPRISE);
    const level = state[Head.level]!;
    if (count >= LEARN_FROM) {
      const forgetting = Math.min(settings.forgetting, 1 - 1 / (count + 1));
      const memory = { forgetting, count };
      learn(state, Place.autoregression, inputs, (count < CUT_FROM ? scaled : cutValue) - level, memory);
    }
    if (count > 0) this.learnScale(error, cutError, count);
    const gain = Math.max(LEVEL_GAIN, 1 / (count + 1));
    state[Head.spread]! += gain * (Math.abs(scaled - level) - state[Head.spread]!);
    state[Head.level]! += gain * ((count < CUT_FROM ? scaled : cutValue) - level);
    this.learnProfiles(scaled, cutValue);
    state[Head.last3] = state[Head.last2]!;
    state[Head.last2] = state[Head.last]!;
    state[Head.last] = scaled;
  }

  private learnScale(error: number, cutError: number, count: number): void {
    const { state, settings } = this;
    const size = Math.abs(cutError);
    const { fast, slow, phase } = settings.scaleGain;
    state[Head.fast]! += Math.max(fast, 1 / count) * (size - state[Head.fast]!);
    state[Head.slow]! += Math.max(slow, 1 / (count + 1)) * (size - state[Head.slow]!);
    const whole =
      count > CUT_FROM ? Math.min(Math.abs(error), WHOLE_CUT * state[Head.whole]!) : Math.abs(error);
    state[Head.whole]! += Math.max(WHOLE_GAIN, 1 / (count + 1)) * (whole - state[Head.whole]!);
    learnSize(state, Place.bins, this.bin(), size, phase);
  }

  private learnProfiles(scaled: number, cutValue: number): void {
    const { state, settings } = this;
    const { short, long } = settings.profileGain;
    const first = Place.profiles;
    if (state[Head.shortPhases]! > 0) mix(state, first + this.phaseShort, scaled, cutValue, short);
    if (state[Head.longPhases]! > 0)
      mix(state, first + state[Head.shortPhases]! + this.phaseLong, scaled, cutValue, long);
  }
}

/** Zero where there is no unit to measure in: a zero that has never varied. Huge ones are cut, for they enter sums. */
const inDeviations = (error: number, deviation: number): number =>
  deviation > 0 ? Math.max(-GREATEST_ERROR, Math.min(GREATEST_ERROR, error / deviation)) : 0;

function mix(state: Float64Array, at: number, scaled: number, cutValue: number, gain: number): void {
  const known = state[at]!;
  state[at] = Number.isNaN(known) ? scaled : known + gain * (cutValue - known);
}

function phaseOf(state: Float64Array, season: number, since: number): number {
  const phases = state[season + 1]!;
  return phases === 0 ? 0 : phaseAt({ micros: state[season]!, phases }, since);
}

function start(state: Float64Array, scaled: number): void {
  for (const at of [Head.level, Head.last, Head.last2, Head.last3, Head.lastShort, Head.lastLong])
    state[at] = scaled;
}

/** The block for a series that began so: `readings` are times and values in turn. */
function preparedState(readings: Float64Array): Float64Array {
  const steps = new Float64Array(BEGINNING - 1);
  for (let i = 0; i < steps.length; i++) steps[i] = readings[2 * i + 2]! - readings[2 * i]!;
  const step = steps.sort()[steps.length >> 1]!;
  const { short, long } = seasonsOf(step);
  const state = new Float64Array(stateNumbers(short?.phases ?? 0, long?.phases ?? 0));
  state.fill(Number.NaN, Place.profiles);
  state[Head.version] = VERSION;
  state[Head.firstTime] = readings[0]!;
  state[Head.step] = step;
  state[Head.unit] = unitOf(readings);
  write(state, Head.shortMicros, short);
  write(state, Head.longMicros, long);
  return state;
}

function write(state: Float64Array, at: number, season: Season | null): void {
  state[at] = season?.micros ?? 0;
  state[at + 1] = season?.phases ?? 0;
}

/** A power of two near the greatest of the first values, so that dividing is exact. */
function unitOf(readings: Float64Array): number {
  let greatest = 0;
  for (let i = 1; i < readings.length; i += 2) greatest = Math.max(greatest, Math.abs(readings[i]!));
  return greatest > 0 ? 2 ** Math.max(-1_000, Math.floor(Math.log2(greatest))) : 1;
}
