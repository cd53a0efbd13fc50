/** One rolling origin: the probability that was stated there, and whether it came true. */
export interface Trial {
  strength: number;
  right: boolean;
}

/** How many trials it takes until they weigh as much as the model's own word. */
const PRIOR_TRIALS = 8;
/** No sample of this size proves a certainty. */
const CEILING = 0.99;
const FLOOR = 0.01;

/**
 * The stated probability after calibration on rolling origins: lowered, on the scale of log odds, by what was stated
 * there on average above what came true, (hits + 1) / (trials + 2), as far as the trials are many. It is never raised:
 * on 630 real series that made the answers less true (README), for a lucky stretch is no promise.
 */
export function calibrate(strength: number, trials: readonly Trial[]): number {
  const stated = Math.min(CEILING, Math.max(FLOOR, strength));
  if (trials.length === 0) return stated;
  const hits = trials.filter((trial) => trial.right).length;
  const rate = (hits + 1) / (trials.length + 2);
  const meanStated = trials.reduce((sum, trial) => sum + trial.strength, 0) / trials.length;
  const shift = Math.min(0, logit(rate) - logit(Math.min(CEILING, Math.max(FLOOR, meanStated))));
  const weight = trials.length / (trials.length + PRIOR_TRIALS);
  const odds = logit(stated) + weight * shift;
  return Math.min(CEILING, Math.max(FLOOR, 1 / (1 + Math.exp(-odds))));
}

/** What stands in `explain` about it. */
export function explainTrials(trials: readonly Trial[], horizon: number) {
  return {
    method:
      trials.length === 0
        ? "the model's own probability: there was no check on rolling origins"
        : "the model's own probability, calibrated on rolling origins",
    origins: trials.length,
    right: trials.filter((trial) => trial.right).length,
    horizon,
  };
}

const logit = (probability: number): number => Math.log(probability / (1 - probability));
