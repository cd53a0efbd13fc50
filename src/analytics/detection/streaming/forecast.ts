import { INPUTS, learn, predict } from "./autoregression";
import { Head, type Layout, layoutOf } from "./layout";
import { phaseAt } from "./seasons";
import type { Settings } from "./settings";

/** Readings before which the forecast is the last value, and before which there is nothing to regress on. */
const FORECAST_FROM = 12;
const LEARN_FROM = 4;
/** Gain of the slow mean of the values. */
const LEVEL_GAIN = 0.002;
/** In units of the first values: beyond, squares are no numbers. */
const GREATEST = 1e60;

/**
 * One step ahead: an autoregression on three values before and on what two seasonal profiles say, whose weights tell
 * whether there is a season at all. Profiles are means by phase in which old cycles fade.
 */
export class Forecast {
  /** What is expected of the reading that {@link look} was called for. */
  value = 0;
  phase = 0;
  /** What the season says of the change since the last reading. */
  step = 0;
  private longPhase = 0;
  private shortGain = 0;
  private readonly inputs = new Float64Array(INPUTS);
  private state: Float64Array = new Float64Array(0);
  private layout!: Layout;

  constructor(private readonly settings: Settings) {}

  use(state: Float64Array): void {
    this.state = state;
    this.layout = layoutOf(state);
    this.shortGain = gainOf(state, this.settings.profileGain.short);
  }

  look(timeMicros: number): void {
    const { state, inputs, layout } = this;
    const level = state[Head.level]!;
    const since = timeMicros - state[Head.firstTime]!;
    this.phase = phaseOf(state, Head.shortMicros, since);
    this.longPhase = phaseOf(state, Head.longMicros, since);
    const short = this.profile(this.phase, Head.shortPhases, layout.profiles, level);
    const long = this.profile(this.longPhase, Head.longPhases, this.longProfile(), short);
    inputs[0] = 1;
    inputs[1] = state[Head.last]! - level;
    inputs[2] = state[Head.last2]! - level;
    inputs[3] = state[Head.last3]! - level;
    inputs[4] = short - level;
    inputs[5] = state[Head.lastShort]! - level;
    inputs[6] = long - short;
    inputs[7] = state[Head.lastLong]! - state[Head.lastShort]!;
    this.step = short - state[Head.lastShort]!;
    state[Head.lastShort] = short;
    state[Head.lastLong] = long;
    const forecast = level + predict(state, layout.autoregression, inputs, layout.inputs);
    // Coefficients may be wild where one value was by many orders greater than the others.
    const isSane = state[Head.count]! >= FORECAST_FROM && Math.abs(forecast) <= GREATEST;
    this.value = isSane ? forecast : state[Head.last]!;
  }

  /** What the season says of a moment, or else the level; {@link phase} is then that of the moment. */
  usualAt(timeMicros: number): number {
    const { state, layout } = this;
    this.phase = phaseOf(state, Head.shortMicros, timeMicros - state[Head.firstTime]!);
    return this.profile(this.phase, Head.shortPhases, layout.profiles, state[Head.level]!);
  }

  /** After a gap the values before it say nothing: the profiles alone are left. */
  forgetLast(scaled: number): void {
    const { state } = this;
    state[Head.last] = state[Head.last2] = state[Head.last3] = scaled;
  }

  /** Whether a season has shown about this value before at this phase. */
  isSeasonal(scaled: number, within: number): boolean {
    const { state } = this;
    return (
      Math.abs(scaled - state[Head.lastShort]!) <= within ||
      Math.abs(scaled - state[Head.lastLong]!) <= within
    );
  }

  /** `believed` is the value as far as it is believed. Frozen, only what was never known is learned. */
  learn(scaled: number, believed: number, isFrozen: boolean): void {
    const { state, settings, layout } = this;
    const count = state[Head.count]!;
    const level = state[Head.level]!;
    if (count >= LEARN_FROM && !isFrozen) {
      const memory = {
        forgetting: Math.min(settings.forgetting, 1 - 1 / (count + 1)),
        count,
        size: layout.inputs,
      };
      learn(state, layout.autoregression, this.inputs, believed - level, memory);
    }
    state[Head.level] = level + Math.max(LEVEL_GAIN, 1 / (count + 1)) * (believed - level);
    if (state[Head.shortPhases]! > 0)
      this.mix(layout.profiles + this.phase, scaled, believed, isFrozen ? 0 : this.shortGain);
    if (state[Head.longPhases]! > 0)
      this.mix(
        this.longProfile() + this.longPhase,
        scaled,
        believed,
        isFrozen ? 0 : settings.profileGain.long,
      );
    state[Head.last3] = state[Head.last2]!;
    state[Head.last2] = state[Head.last]!;
    state[Head.last] = scaled;
  }

  private longProfile = (): number => this.layout.profiles + this.state[Head.shortPhases]!;

  private profile(phase: number, phases: number, at: number, otherwise: number): number {
    if (this.state[phases] === 0) return otherwise;
    const known = this.state[at + phase]!;
    return Number.isNaN(known) ? otherwise : known;
  }

  private mix(at: number, scaled: number, believed: number, gain: number): void {
    const known = this.state[at]!;
    this.state[at] = Number.isNaN(known) ? scaled : known + gain * (believed - known);
  }
}

function phaseOf(state: Float64Array, season: number, since: number): number {
  const phases = state[season + 1]!;
  return phases === 0 ? 0 : phaseAt({ micros: state[season]!, phases }, since);
}

/** Where a phase of a coarse profile is many readings, they have the weight of one among them. */
function gainOf(state: Float64Array, gain: number): number {
  const readings = Math.round(state[Head.shortMicros]! / state[Head.step]!) / state[Head.shortPhases]!;
  return readings > 1 ? 1 - (1 - gain) ** (1 / readings) : gain;
}

/** A value in units of the first ones. */
export const scaledBy = (state: Float64Array, value: number): number =>
  Math.max(-GREATEST, Math.min(GREATEST, value / state[Head.unit]!));
