import { autoregressionNumbers, INPUTS } from "./autoregression";
import { type Excesses, fadingExcesses, lastExcesses } from "./excesses";

/**
 * The state of a detector: one block of numbers, stored and loaded as it is. What every form has alike comes first, so
 * that its place is the same for every series; then what is longer in one form; the profiles, as long as the seasons,
 * come last.
 */
export const VERSION = 3;

/** `compact`: one coarse season, and tails that fade instead of remembering; one length from the first reading on. */
export type Form = "full" | "compact";

/** Readings from which the sampling step, and so the season, is taken. */
export const BEGINNING = 12;

/** Errors that are remembered for sums and means over the last few, which are of no more. */
export const RECENT = 24;

/** Alerts that are remembered, so that a person's word on them finds what they were about. */
export const ALERTS = 3;
export const ALERT_NUMBERS = 3;

/** What a person called expected: a size for each thing that is alerted at. */
export const ACCEPTED_NUMBERS = 9;

/** Lags at which the season is looked for when readings are out of step with it. */
export const LAGS = 3;

/** Cumulative sums of what values and steps are off the season: upwards, downwards, and one for each lag. */
const SEASON_SUMS = 2 + LAGS;

/** Statistics with a tail each, and what a tail is beside its excesses. */
export const CHANNELS = 7;
const TAIL_HEAD = 4;

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
  /** 1 for the compact form, which the block says of itself so that whoever loads it need not know. */
  form: HEAD + 31,
  /** Statistics that the tails have learned from. */
  judged: HEAD + 32,
  /** 1 while the present silence has been told. */
  silenceTold: HEAD + 33,
  /** Readings that were an expected spike or dip more than that were none, lately. */
  expectedRun: HEAD + 34,
  /** How far the last three values were from what the profiles or the level said. */
  away: HEAD + 35,
  away2: HEAD + 36,
  away3: HEAD + 37,
  /** The least and the greatest value so far, and records beyond them lately. */
  least: HEAD + 38,
  greatest: HEAD + 39,
  records: HEAD + 40,
  /** Mean sizes of what values, and steps from one to the next, are off the profile. */
  awaySize: HEAD + 41,
  stepSize: HEAD + 42,
} as const;

const HEAD_NUMBERS = 43;

/** Where is what every form has alike. */
export const Place = {
  alerts: HEAD_NUMBERS,
  accepted: HEAD_NUMBERS + ALERTS * ALERT_NUMBERS,
  rest: HEAD_NUMBERS + ALERTS * ALERT_NUMBERS + ACCEPTED_NUMBERS,
} as const;

/** Where is what the forms have in different lengths. */
export interface Layout {
  /** Groups of phases with a scale each. */
  phaseBins: number;
  bins: number;
  /** Of the autoregression, the first so many. */
  inputs: number;
  autoregression: number;
  /** Statistics, whose places are those in {@link statisticsOf}: errors in deviations need no more than single precision. */
  isSingle: boolean;
  recent: number;
  recentWhole: number;
  seasonSums: number;
  tails: number;
  tailNumbers: number;
  excesses: Excesses;
  /** Also the length of a state without profiles. */
  profiles: number;
}

type Shape = Pick<Layout, "phaseBins" | "inputs" | "isSingle" | "excesses">;

function layout(shape: Shape): Layout {
  const bins = Place.rest;
  const autoregression = bins + 2 * shape.phaseBins;
  const packing = shape.isSingle ? 2 : 1;
  const recent = packing * (autoregression + autoregressionNumbers(shape.inputs));
  const seasonSums = recent + 2 * RECENT;
  const tails = seasonSums + SEASON_SUMS;
  const tailNumbers = TAIL_HEAD + shape.excesses.numbers;
  const profiles = Math.ceil((tails + CHANNELS * tailNumbers) / packing);
  return {
    ...shape,
    bins,
    autoregression,
    recent,
    recentWhole: recent + RECENT,
    seasonSums,
    tails,
    tailNumbers,
    profiles,
  };
}

/** A day of minutes has no scale for each of 1,440 phases. */
const FULL = layout({ phaseBins: 24, inputs: INPUTS, isSingle: false, excesses: lastExcesses });
/** Without a long season the last two inputs say nothing. */
const COMPACT = layout({ phaseBins: 1, inputs: INPUTS - 2, isSingle: true, excesses: fadingExcesses });

/** The numbers of a block among which its statistics are. */
export type Numbers = Float64Array | Float32Array;
export const statisticsOf = (state: Float64Array, { isSingle }: Layout): Numbers =>
  isSingle ? new Float32Array(state.buffer, state.byteOffset, 2 * state.length) : state;

/** Phases of a compact profile: those of a day of hours, or else so many that none is longer known than it lasts. */
const COMPACT_PHASES = 24;
const COARSE_PHASES = 12;
export const compactPhases = (phases: number): number => (phases <= COMPACT_PHASES ? phases : COARSE_PHASES);

export const isCompact = (state: Float64Array): boolean => state[Head.form] === 1;
export const layoutOf = (state: Float64Array): Layout => (isCompact(state) ? COMPACT : FULL);

/** Numbers of a compact state, at every time. */
export const COMPACT_NUMBERS = COMPACT.profiles + COMPACT_PHASES;

/** While the beginning is collected the block holds only that: times and values in turn behind the head. */
export const BEGINNING_NUMBERS = HEAD_NUMBERS + 2 * BEGINNING;

/** Numbers of a full state whose seasons have so many phases (0: none). */
export const fullNumbers = (shortPhases: number, longPhases: number): number =>
  FULL.profiles + shortPhases + longPhases;
