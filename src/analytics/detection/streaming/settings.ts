import type { ExcessPrior } from "../evt";

/** What the detector assumes: one setting for every series. docs/detection.md says on what it was chosen, and how it holds. */
export interface Settings {
  /** Surprise, -log10 of a probability a reading, from which a reading is an anomaly. */
  alertSurprise: number;
  /**
   * Records: beyond which share of the range; readings for which they count; how much its size adds to a record's
   * surprise, and how much of that to the surprise of its error, which is not independent.
   */
  record: { tolerance: number; memory: number; size: number; weight: number };
  /**
   * Sums of distances from the season, and of how much better another time's steps fit, in usual sizes: cut at how many,
   * less which allowance, and the factor that brings the sum, by the root of the season's readings, to the scale of the
   * other statistics.
   */
  away: { cut: number; allowance: number; factor: number };
  lag: { cut: number; allowance: number; factor: number };
  /** No surprise counts for more: behind it a tail is extrapolated from nothing. */
  greatestSurprise: number;
  /** Of the autoregression's memory, a reading. */
  forgetting: number;
  /** Weight of the newest cycle in the seasonal profiles. */
  profileGain: { short: number; long: number };
  /** Standard deviations to which an error is cut before it is learned. */
  learnedError: number;
  /** Standard deviations to which an error is cut before it enters a sum of errors. */
  summedError: number;
  /** Readings whose errors are summed: what a lasting shift takes to show. */
  sumOver: number;
  /** Readings whose sizes of errors are averaged: what a change of variance takes to show. */
  spreadOver: number;
  /** Gains of the mean size of errors: of the last few, of all, of one phase. */
  scaleGain: { fast: number; slow: number; phase: number };
  /** Readings that the scale of the last few, and of all, count for beside those of the phase. */
  scaleWeight: { fast: number; slow: number };
  /** The least scale of a phase in shares of the whole: a phase that was always alike is not so for ever. */
  leastOfScale: number;
  /** The least scale in shares of the mean distance from the level: less is the rounding of a line or a square wave. */
  leastOfSpread: number;
  /** Share of readings above the threshold of a tail, and the least threshold in standard deviations. */
  tail: { share: number; leastThreshold: number; clusterGap: number; prior: ExcessPrior };
  /** Quiet time after an alert, in seasons, and in readings where there is no season or a short one. */
  quietSeasons: number;
  leastSeason: number;
  /** An incident's surprise counts for so much at most when another must be greater. */
  greatestPeak: number;
  /** Readings after an alert without another, whatever comes: so long the sums of errors hold what was alerted at. */
  silence: number;
  /** By how much more surprising another reading must be to be alerted at right after an alert. */
  escalation: number;
}

export const SETTINGS: Settings = {
  alertSurprise: 3.95,
  record: { tolerance: 0.05, memory: 1500, size: 0.5, weight: 0.6 },
  away: { cut: 6, allowance: 1.5, factor: 0.34 },
  lag: { cut: 3, allowance: 0.5, factor: 1.8 },
  greatestSurprise: 8,
  forgetting: 0.998,
  profileGain: { short: 0.4, long: 0.6 },
  learnedError: 2,
  summedError: 6,
  sumOver: 6,
  spreadOver: 16,
  scaleGain: { fast: 0.2, slow: 0.005, phase: 0.01 },
  scaleWeight: { fast: 8, slow: 0 },
  leastOfScale: 0.6,
  leastOfSpread: 0.04,
  tail: {
    share: 0.02,
    leastThreshold: 1.8,
    clusterGap: 2,
    prior: { weight: 5, mean: 0.7, shape: 0.2, leastShape: -0.1, greatestShape: 0.5 },
  },
  quietSeasons: 2,
  leastSeason: 50,
  greatestPeak: 6,
  silence: 36,
  escalation: 3,
};
