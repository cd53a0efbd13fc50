import { INPUTS } from "./autoregression";
import { TAIL_NUMBERS } from "./tail";

/**
 * The state of a detector: one block of numbers, stored and loaded as it is. The parts of one length come first, so
 * that their places are the same for every series; the profiles, as long as the seasons, come last.
 */
export const VERSION = 1;

/** Readings from which the sampling step, and so the season, is taken. */
export const BEGINNING = 12;

/** Errors that are remembered for sums and means over the last few; a power of two. */
export const RECENT = 32;

/** Groups of phases with a scale each: a day of minutes has no 1,440 of them. */
export const PHASE_BINS = 24;

/** Statistics with a tail each. */
export const CHANNELS = 5;

const HEAD = 0;
export const Head = {
  version: HEAD,
  /** Finite readings so far. */
  count: HEAD + 1,
  firstTime: HEAD + 2,
  lastTime: HEAD + 3,
  /** By which values are divided: squares of huge or tiny ones would not be numbers. */
  unit: HEAD + 4,
  /** Readings' usual distance in time. */
  step: HEAD + 5,
  shortMicros: HEAD + 6,
  shortPhases: HEAD + 7,
  longMicros: HEAD + 8,
  longPhases: HEAD + 9,
  /** Slow mean of the values, and of their distance from it. */
  level: HEAD + 10,
  spread: HEAD + 11,
  /** The last three values and what the profiles said for the last one. */
  last: HEAD + 12,
  last2: HEAD + 13,
  last3: HEAD + 14,
  lastShort: HEAD + 15,
  lastLong: HEAD + 16,
  /** Mean sizes of errors: of the last few, of all, and of all without cutting much. */
  fast: HEAD + 17,
  slow: HEAD + 18,
  whole: HEAD + 19,
  /** Readings that are quiet yet, how many they were, and the greatest surprise since the alert. */
  quiet: HEAD + 20,
  quietLength: HEAD + 21,
  peak: HEAD + 22,
  /** Equal readings in a row after the first, and whether they were alerted at. */
  run: HEAD + 23,
  runDone: HEAD + 24,
  /** Of the runs that ended: the longest, transitions, equal ones, and the same after a first equal one. */
  longestRun: HEAD + 25,
  transitions: HEAD + 26,
  equals: HEAD + 27,
  transitionsInRun: HEAD + 28,
  equalsInRun: HEAD + 29,
  /** In usual steps. */
  longestGap: HEAD + 30,
} as const;

const HEAD_NUMBERS = 32;

export const Place = {
  autoregression: HEAD_NUMBERS,
  bins: HEAD_NUMBERS + INPUTS * (INPUTS + 2),
  recent: HEAD_NUMBERS + INPUTS * (INPUTS + 2) + 2 * PHASE_BINS,
  recentWhole: HEAD_NUMBERS + INPUTS * (INPUTS + 2) + 2 * PHASE_BINS + RECENT,
  tails: HEAD_NUMBERS + INPUTS * (INPUTS + 2) + 2 * PHASE_BINS + 2 * RECENT,
  profiles: HEAD_NUMBERS + INPUTS * (INPUTS + 2) + 2 * PHASE_BINS + 2 * RECENT + CHANNELS * TAIL_NUMBERS,
} as const;

/** While the beginning is collected the block holds only that: times and values in turn behind the head. */
export const BEGINNING_NUMBERS = HEAD_NUMBERS + 2 * BEGINNING;

/** Numbers of a series' state whose seasons have so many phases (0: none). */
export const stateNumbers = (shortPhases: number, longPhases: number): number =>
  Place.profiles + shortPhases + longPhases;
