import { type Severity, scoreOf, severityOf } from "./severity";
import { SortedWindow } from "./sorted-window";

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

/** One series' state: memory only, made again by replaying the last {@link DETECTOR_WINDOW} readings. */
export interface Detector {
  levels: SortedWindow;
  changes: SortedWindow;
  /** Distances in time: their median tells a gap. */
  steps: SortedWindow;
  lastTime: number;
  /** Last reading that was believed; NaN before the first and after a gap. */
  lastValue: number;
  /** Readings outside in a row, and their sum: what the level becomes when they last. */
  outside: number;
  outsideSum: number;
  /** Readings still quiet after an incident. */
  quiet: number;
}

export function createDetector(): Detector {
  return {
    levels: new SortedWindow(WINDOW),
    // Asked for only when a reading is away from the level.
    changes: new SortedWindow(WINDOW, "on demand"),
    steps: new SortedWindow(STEPS),
    lastTime: Number.NEGATIVE_INFINITY,
    lastValue: Number.NaN,
    outside: 0,
    outsideSum: 0,
    quiet: 0,
  };
}

/** Numbers that a detector's state comes to. */
export const DETECTOR_NUMBERS = 2 * (WINDOW + 2) + (STEPS + 2) + 5;

/** Writes a detector's whole state to `target` from `at` on: a fifth of what it takes as an object. */
export function saveDetector(detector: Detector, target: Float64Array, at: number): void {
  const { levels, changes, steps, lastTime, lastValue, outside, outsideSum, quiet } = detector;
  target[at] = lastTime;
  target[at + 1] = lastValue;
  target[at + 2] = outside;
  target[at + 3] = outsideSum;
  target[at + 4] = quiet;
  levels.save(target, at + 5);
  changes.save(target, at + 5 + WINDOW + 2);
  steps.save(target, at + 5 + 2 * (WINDOW + 2));
}

/** Makes `detector`, whatever it was, the one that {@link saveDetector} wrote. */
export function restoreDetector(detector: Detector, source: Float64Array, at: number): void {
  detector.lastTime = source[at]!;
  detector.lastValue = source[at + 1]!;
  detector.outside = source[at + 2]!;
  detector.outsideSum = source[at + 3]!;
  detector.quiet = source[at + 4]!;
  detector.levels.restore(source, at + 5);
  detector.changes.restore(source, at + 5 + WINDOW + 2);
  detector.steps.restore(source, at + 5 + 2 * (WINDOW + 2));
}

interface Band {
  centre: number;
  halfWidth: number;
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
  if (isNear(detector.levels, value)) return believe(detector, value);
  const outlook = outlookOf(detector);
  const ratio = ratioOf(outlook, detector.lastValue, value);
  if (ratio < 1) return believe(detector, value);
  const isNew = detector.outside === 0 && detector.quiet === 0;
  endure(detector, value);
  return isNew ? verdictOf(outlook, detector.lastValue, value, ratio) : null;
}

function believe(detector: Detector, value: number): null {
  if (detector.outside > 0) detector.quiet = QUIET_AFTER;
  else if (detector.quiet > 0) detector.quiet--;
  detector.outside = 0;
  detector.outsideSum = 0;
  return learn(detector, value);
}

/** Inside the level's band whatever the unit of the changes is. */
function isNear(levels: SortedWindow, value: number): boolean {
  const { centre, halfWidth } = bandOf(levels);
  return Math.abs(value - centre) < ALERT_Z * halfWidth;
}

/** True after a gap: then the last value says nothing about this one. */
function passTime(detector: Detector, timeMicros: number): boolean {
  const step = timeMicros - detector.lastTime;
  detector.lastTime = timeMicros;
  if (!Number.isFinite(step)) return false;
  const usual = detector.steps.quantile(0.5);
  detector.steps.push(step);
  return detector.steps.length > 5 && step > GAP_STEPS * usual;
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

/**
 * Median and standard deviation by quantiles: the quartiles, which nothing in the tails moves, or the 2.5 % ends where
 * they say more: readings that often jump are allowed to.
 */
function bandOf(window: SortedWindow): Band {
  const quartiles = (window.quantile(0.75) - window.quantile(0.25)) / 1.349;
  const ends = (window.quantile(0.975) - window.quantile(0.025)) / 3.92;
  return { centre: window.quantile(0.5), halfWidth: Math.max(quartiles, ends) };
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
