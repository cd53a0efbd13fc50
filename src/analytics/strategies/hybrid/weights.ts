/** How often weights follow errors; days and weeks are those of UTC, a week begins on Monday. */
export const FREQUENCIES = ["hourly", "daily", "weekly", "never"] as const;
export type Frequency = (typeof FREQUENCIES)[number];

/** Of something for each member. */
export interface Pair {
  arima: number;
  ma: number;
}

/** An origin whose horizon has come: absolute errors, means over the horizon, in any one unit. */
export interface OriginErrors {
  /** How many values were known. */
  origin: number;
  errors: Pair;
}

/** Weights from a moment on. */
export interface Rebalanced {
  timeMicros: number;
  weights: Pair;
  /** Recent mean errors they follow. */
  errors: Pair;
  /** Origins that had come by then. */
  origins: number;
}

/** The power of the errors' ratio in that of the weights (Bates and Granger 1969 take 2, of variances). */
const POWER = 4;
/** Origins that weigh as much as what was given. */
const PRIOR_ORIGINS = 6;
/** An error counts half as much when so many origins have come after it. */
const HALF_LIFE_ORIGINS = 10;
/** One member is not trusted to be better than the other by more than this. */
const LARGEST_RATIO = 10;

const HOUR_MICROS = 3_600_000_000;
const DAY_MICROS = 24 * HOUR_MICROS;
/** 1970-01-01 was a Thursday. */
const MONDAY_MICROS = 3 * DAY_MICROS;

/**
 * The weights in force at each of the ascending `moments` (numbers of known values): those given until the first period
 * of the frequency begins in which an error is known, then following the recent errors whenever a new period begins. An
 * error counts from the moment on at which its horizon has come, so no weight knows what came later.
 */
export function weightsAt(
  moments: readonly number[],
  given: Pair,
  frequency: Frequency,
  { times, horizon, trials }: { times: Float64Array; horizon: number; trials: readonly OriginErrors[] },
): { inForce: Pair[]; history: Rebalanced[] } {
  const prior = scaled(given);
  const history: Rebalanced[] = [];
  let current = prior;
  let since: number | null = null;
  const inForce = moments.map((known) => {
    const timeMicros = times[known - 1]!;
    const period = periodOf(timeMicros, frequency);
    const come = trials.filter(({ origin }) => origin + horizon <= known);
    if (come.length > 0 && period !== null && period !== since) {
      const errors = recent(come);
      current = following(prior, errors, come.length);
      since = period;
      history.push({ timeMicros, weights: current, errors, origins: come.length });
    }
    return current;
  });
  return { inForce, history };
}

function periodOf(timeMicros: number, frequency: Frequency): number | null {
  switch (frequency) {
    case "hourly":
      return Math.floor(timeMicros / HOUR_MICROS);
    case "daily":
      return Math.floor(timeMicros / DAY_MICROS);
    case "weekly":
      return Math.floor((timeMicros + MONDAY_MICROS) / (7 * DAY_MICROS));
    case "never":
      return null;
  }
}

const scaled = ({ arima, ma }: Pair): Pair => ({ arima: arima / (arima + ma), ma: ma / (arima + ma) });

/** Means that forget: the newest error has the largest weight. */
function recent(come: readonly OriginErrors[]): Pair {
  const sums = { arima: 0, ma: 0, weights: 0 };
  come.forEach(({ errors }, k) => {
    const weight = 0.5 ** ((come.length - 1 - k) / HALF_LIFE_ORIGINS);
    sums.arima += weight * errors.arima;
    sums.ma += weight * errors.ma;
    sums.weights += weight;
  });
  return { arima: sums.arima / sums.weights, ma: sums.ma / sums.weights };
}

/** What was given, times the errors' ratio as far as the origins are many. */
function following(prior: Pair, errors: Pair, origins: number): Pair {
  const trust = origins / (origins + PRIOR_ORIGINS);
  const merit = ratioOf(errors.ma, errors.arima) ** (POWER * trust);
  return scaled({ arima: prior.arima * merit, ma: prior.ma });
}

function ratioOf(one: number, other: number): number {
  if (one === other) return 1;
  return Math.min(LARGEST_RATIO, Math.max(1 / LARGEST_RATIO, one / other));
}
