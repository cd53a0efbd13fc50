import { type Band, bandOf, LevelWindow } from "./level-window";
import { type Severity, scoreOf, severityOf } from "./severity";
import { SlidingWindow } from "./sliding-window";

/** Readings to replay into a new detector so that it judges like the one that was lost. */
export const DETECTOR_WINDOW = 256;

/** Values that make up the level and the changes. */
const WINDOW = 96;
/** Distances in time that make up the usual one. */
const STEPS = 15;
/** Readings before the first judgement: quantiles of fewer are noise themselves. */
const WARM_UP = 32;
/** Robust standard deviations to the alert level: one in 10^8 of normal noise, and real noise has longer tails. */
const ALERT_Z = 6;
/** Readings outside in a row after which the new level is the normal one. */
const ADOPT_AFTER = 24;
/** Readings inside after an incident during which another one counts as its continuation. */
const QUIET_AFTER = 8;
/** Steps before there is a usual one. */
const LEAST_STEPS = 5;
/** A gap of this many usual steps breaks the connection of one reading with the next. */
const GAP_STEPS = 12;
/** What has never varied has no unit: a change below this share of the level is then no anomaly. */
const LEAST_CHANGE_OF_CONSTANT = 0.1;

/** A reading outside its band. */
export interface Verdict {
  value: number;
  expected: number;
  lower: number;
  upper: number;
  /** In [0.5, 1]: 0.5 is the alert level. */
  score: number;
  severity: Severity;
  kind: "spike" | "dip";
  message: string;
}

// A detector's numbers: these, then the windows.
const LAST_TIME = 0;
const LAST_VALUE = 1;
const OUTSIDE = 2;
const OUTSIDE_SUM = 3;
const QUIET = 4;
const LEAST_STEP = 5;
const LAST_STEP = 6;
const SAME_STEPS = 7;
const LEVELS_AT = 8;
const CHANGES_AT = LEVELS_AT + LevelWindow.numbersOf(WINDOW);
const STEPS_AT = CHANGES_AT + SlidingWindow.numbersOf(WINDOW);

/** Numbers that a series' state comes to. */
export const DETECTOR_NUMBERS = STEPS_AT + SlidingWindow.numbersOf(STEPS);

/**
 * One series' state: memory only, made again by replaying the last {@link DETECTOR_WINDOW} readings. It lies in a stretch
 * of a larger array; one detector serves the series of a stream one after the other ({@link moveTo}).
 */
export class Detector {
  readonly levels = new LevelWindow(WINDOW, ALERT_Z);
  readonly changes = new SlidingWindow(WINDOW);
  /** Distances in time: their median tells a gap. */
  readonly steps = new SlidingWindow(STEPS);
  private data: Float64Array = new Float64Array(0);
  private start = 0;

  /** The series whose state is in the DETECTOR_NUMBERS from `start` on; {@link clear} makes one. */
  moveTo(data: Float64Array, start: number): void {
    this.data = data;
    this.start = start;
    this.levels.moveTo(data, start + LEVELS_AT);
    this.changes.moveTo(data, start + CHANGES_AT);
    this.steps.moveTo(data, start + STEPS_AT);
  }

  /** A series that had no reading. */
  clear(): void {
    this.data.fill(0, this.start, this.start + DETECTOR_NUMBERS);
    this.lastTime = Number.NEGATIVE_INFINITY;
    this.lastValue = Number.NaN;
    this.leastStep = Number.POSITIVE_INFINITY;
  }

  get lastTime(): number {
    return this.data[this.start + LAST_TIME]!;
  }
  set lastTime(micros: number) {
    this.data[this.start + LAST_TIME] = micros;
  }

  /** Last reading that was believed; NaN before the first and after a gap. */
  get lastValue(): number {
    return this.data[this.start + LAST_VALUE]!;
  }
  set lastValue(value: number) {
    this.data[this.start + LAST_VALUE] = value;
  }

  /** Readings outside in a row, and their sum: what the level becomes when they last. */
  get outside(): number {
    return this.data[this.start + OUTSIDE]!;
  }
  set outside(readings: number) {
    this.data[this.start + OUTSIDE] = readings;
  }

  get outsideSum(): number {
    return this.data[this.start + OUTSIDE_SUM]!;
  }
  set outsideSum(sum: number) {
    this.data[this.start + OUTSIDE_SUM] = sum;
  }

  /** Readings still quiet after an incident. */
  get quiet(): number {
    return this.data[this.start + QUIET]!;
  }
  set quiet(readings: number) {
    this.data[this.start + QUIET] = readings;
  }

  /** No step of the window is shorter. */
  get leastStep(): number {
    return this.data[this.start + LEAST_STEP]!;
  }
  set leastStep(micros: number) {
    this.data[this.start + LEAST_STEP] = micros;
  }

  /** Counts a step; true where it is that of the whole window, which then stays as it is. */
  isUsual(step: number): boolean {
    const { data, start } = this;
    if (step !== data[start + LAST_STEP]) {
      data[start + LAST_STEP] = step;
      data[start + SAME_STEPS] = 1;
      return false;
    }
    return ++data[start + SAME_STEPS]! > STEPS;
  }
}

/** A detector of one series. */
export function createDetector(): Detector {
  const detector = new Detector();
  detector.moveTo(new Float64Array(DETECTOR_NUMBERS), 0);
  detector.clear();
  return detector;
}

/**
 * Takes the next reading of a series and returns a verdict where an incident begins. Null while warming up, inside the
 * band, during an incident and its quiet time, and for a reading that is not later than the last.
 *
 * A reading is outside only if it is so twice: against the level of the window, and, as a change, against the changes
 * of the window. A trend or a daily cycle leaves the first but not the second, a jitter the second but not the first.
 */
export function observe(detector: Detector, timeMicros: number, value: number): Verdict | null {
  if (!(timeMicros > detector.lastTime) || !Number.isFinite(value)) return null;
  const isAfterGap = passTime(detector, timeMicros);
  if (Number.isNaN(detector.lastValue) || isAfterGap) return begin(detector, value);
  if (detector.levels.length < WARM_UP) return learn(detector, value);
  // Most readings are near the level, and then nothing else matters: it must be outside of both.
  const { levels } = detector;
  if (levels.isCentre(value) || levels.isNear(value)) return believe(detector, value);
  const outlook = outlookOf(detector);
  const ratio = ratioOf(outlook, detector.lastValue, value);
  if (ratio < 1) return believe(detector, value);
  const isNew = detector.outside === 0 && detector.quiet === 0;
  endure(detector, value);
  return isNew ? verdictOf(outlook, detector.lastValue, value, ratio) : null;
}

function believe(detector: Detector, value: number): null {
  if (detector.outside > 0) {
    detector.quiet = QUIET_AFTER;
    detector.outside = 0;
    detector.outsideSum = 0;
  } else if (detector.quiet > 0) detector.quiet--;
  return learn(detector, value);
}

/** True after a gap: then the last value says nothing about this one. */
function passTime(detector: Detector, timeMicros: number): boolean {
  const { steps } = detector;
  const step = timeMicros - detector.lastTime;
  detector.lastTime = timeMicros;
  if (!Number.isFinite(step) || detector.isUsual(step)) return false;
  let isGap = false;
  // Hardly ever: then no order by size is needed.
  if (steps.length >= LEAST_STEPS && step > GAP_STEPS * detector.leastStep) {
    isGap = step > GAP_STEPS * steps.quantile(0.5);
    detector.leastStep = steps.inOrder()[0]!;
  }
  steps.push(step);
  if (step < detector.leastStep) detector.leastStep = step;
  return isGap;
}

function begin(detector: Detector, value: number): null {
  detector.lastValue = value;
  detector.levels.push(value);
  detector.outside = 0;
  detector.outsideSum = 0;
  return null;
}

function learn(detector: Detector, value: number): null {
  detector.changes.push(value - detector.lastValue);
  detector.levels.push(value);
  detector.lastValue = value;
  return null;
}

/** An incident's readings stay out of the windows; if they last, the whole level moves to them. */
function endure(detector: Detector, value: number): void {
  detector.outside++;
  detector.outsideSum += value;
  if (detector.outside < ADOPT_AFTER) return;
  const mean = detector.outsideSum / detector.outside;
  detector.levels.shift(mean - detector.levels.quantile(0.5));
  detector.lastValue = value;
  detector.outside = 0;
  detector.outsideSum = 0;
  detector.quiet = QUIET_AFTER;
}

function outlookOf({ levels, changes }: Detector): { level: Band; change: Band } {
  const level = bandOf(levels);
  const change = bandOf(changes);
  // Steps of a quantised reading are its unit: a wiggle of a few is nothing.
  let least = changes.smallestStep();
  if (least === 0) least = (LEAST_CHANGE_OF_CONSTANT * Math.abs(level.centre)) / ALERT_Z;
  return {
    level: { centre: level.centre, halfWidth: ALERT_Z * Math.max(level.halfWidth, least) },
    change: { centre: change.centre, halfWidth: ALERT_Z * Math.max(change.halfWidth, least) },
  };
}

/** Distance in units of the alert level: the smaller of the two, for it must be outside of both. */
function ratioOf({ level, change }: { level: Band; change: Band }, last: number, value: number): number {
  // A zero that never varied: no size to measure against, so this reading is learned, not judged.
  if (level.halfWidth === 0 || change.halfWidth === 0) return 0;
  const fromLevel = (value - level.centre) / level.halfWidth;
  const fromLast = (value - last - change.centre) / change.halfWidth;
  return Math.sign(fromLevel) === Math.sign(fromLast) ? Math.min(Math.abs(fromLevel), Math.abs(fromLast)) : 0;
}

function verdictOf(
  outlook: { level: Band; change: Band },
  last: number,
  value: number,
  ratio: number,
): Verdict {
  const { level, change } = outlook;
  const isSpike = value > level.centre;
  const expected = last + change.centre;
  const lower = Math.min(level.centre - level.halfWidth, expected - change.halfWidth);
  const upper = Math.max(level.centre + level.halfWidth, expected + change.halfWidth);
  const bound = isSpike ? `at most ${shown(upper)}` : `at least ${shown(lower)}`;
  return {
    value,
    expected,
    lower,
    upper,
    score: scoreOf(ratio),
    severity: severityOf(ratio),
    kind: isSpike ? "spike" : "dip",
    message: `${shown(value)} is a ${isSpike ? "spike" : "dip"}: ${bound} was expected`,
  };
}

const shown = (value: number): string => String(Number(value.toPrecision(6)));
