import type { JsonObject } from "../../core/json";
import type { Calibration, CalibrationLine } from "./calibrations";
import type { Direction } from "./signal";

/** What an answer says of a move, and how probable its model holds it. */
export interface Stated {
  direction: Direction;
  strength: number;
}

/** One rolling origin: what was stated there, and whether it came true. */
export interface Trial extends Stated {
  right: boolean;
}

export interface Confidence {
  /** In [0.01, 0.99]. */
  value: number;
  /** Its terms. */
  explain: JsonObject;
}

/** How many trials it takes until a series' own record weighs as much as that of all series: they overlap. */
const PRIOR_TRIALS = 100;
/** Trials that are taken to have gone as stated, so that no record is a certainty. */
const PSEUDO_TRIALS = 2;
/** No sample of this size proves a certainty. */
const CEILING = 0.99;
const FLOOR = 0.01;

/**
 * The stated probability after calibration on rolling origins, on the scale of log odds: first by the line that was
 * fitted to the strategy's answers on many series (Platt 1999), then moved by how often its answers of the same kind (with
 * a direction, or without) came true on this series, as far as they are many. `horizon`: steps ahead that were judged.
 */
export function calibrate(
  { direction, strength }: Stated,
  trials: readonly Trial[],
  { calibration, horizon }: { calibration: Calibration; horizon: number },
): Confidence {
  const line = lineFor(direction, calibration);
  const alike = trials.filter((trial) => lineFor(trial.direction, calibration) === line);
  const right = alike.filter((trial) => trial.right).length;
  const ofAll = onLine(strength, line);
  const expected = alike.length > 0 ? mean(alike.map((trial) => onLine(trial.strength, line))) : null;
  const value = expected === null ? ofAll : shifted(ofAll, { expected, right, trials: alike.length });
  return {
    value,
    explain: {
      method:
        "the model's own probability, calibrated on rolling origins of many series, then on those of this one",
      stated: strength,
      calibrated: ofAll,
      line: { ...line },
      origins: trials.length,
      alike: alike.length,
      right,
      expectedRight: expected === null ? null : expected * alike.length,
      horizon,
    },
  };
}

const lineFor = (direction: Direction, { directed, flat }: Calibration): CalibrationLine =>
  direction === "flat" ? flat : directed;

function shifted(
  probability: number,
  { expected, right, trials }: { expected: number; right: number; trials: number },
): number {
  const rate = (right + PSEUDO_TRIALS * expected) / (trials + PSEUDO_TRIALS);
  const weight = trials / (trials + PRIOR_TRIALS);
  return bounded(logistic(logit(probability) + weight * (logit(bounded(rate)) - logit(expected))));
}

const onLine = (strength: number, { intercept, slope }: CalibrationLine): number =>
  bounded(logistic(intercept + slope * logit(bounded(strength))));

const bounded = (probability: number): number => Math.min(CEILING, Math.max(FLOOR, probability));
const logit = (probability: number): number => Math.log(probability / (1 - probability));
const logistic = (odds: number): number => 1 / (1 + Math.exp(-odds));
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
