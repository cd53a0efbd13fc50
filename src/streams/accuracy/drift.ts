/** Blocks that are new, and those before them that they are held against. */
const RECENT = 12;
const EARLIER = { least: 16, most: 48 } as const;
/** Standard errors. Without any change, 2 series in 100 seem to drift at some time in 1,000 blocks: it is looked at after each. */
const LEAST_T = 4.5;
/** A smaller loss of gain matters to nobody. */
const LEAST_DROP = 0.1;

/** Gains that {@link driftOf} looks at: older ones need not be kept. */
export const KEPT_GAINS = RECENT + EARLIER.most;

/** The rule, as an answer states it. */
export const DRIFT_RULE =
  "the mean gain over the naive forecast of the newest 12 blocks is below that of the 16 to 48 before them by 0.1 and by 4.5 standard errors (Student's test of two samples); a block is as long as a horizon";

export interface Drift {
  detected: boolean;
  /** Mean gain over the naive forecast of the earlier blocks, and of the newest; in [-1, 1]. */
  before: number;
  recent: number;
}

/** Whether forecasts have become worse beside the naive one, by {@link DRIFT_RULE}. Null while there are too few blocks. */
export function driftOf(gains: readonly number[]): Drift | null {
  const earlier = gains.slice(-KEPT_GAINS, -RECENT);
  if (earlier.length < EARLIER.least) return null;
  const newest = gains.slice(-RECENT);
  const [before, recent] = [meanOf(earlier), meanOf(newest)];
  const degrees = earlier.length + newest.length - 2;
  const variance = (squares(earlier, before) + squares(newest, recent)) / degrees;
  const error = Math.sqrt(variance * (1 / earlier.length + 1 / newest.length));
  const drop = before - recent;
  return { detected: drop >= LEAST_DROP && drop > LEAST_T * error, before, recent };
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const squares = (values: readonly number[], mean: number): number =>
  values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
