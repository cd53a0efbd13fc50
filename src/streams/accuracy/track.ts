import { symmetricError } from "../../core/symmetric-error";
import { KEPT_GAINS } from "./drift";

/** A predicted value beside what came: in the units of the series. */
export interface Comparison {
  /** What it was predicted for, µs. */
  targetMicros: number;
  actual: number;
  predicted: number;
  /** The last value that was known, which costs nothing to predict. */
  naive: number;
  isWithin: boolean;
}

/** Mean absolute errors of a forecast and of the naive one. */
export interface Errors {
  own: number;
  naive: number;
}

/** How the forecasts of one series by one strategy have turned out. Means, for sums might leave the range of a double. */
export interface Track {
  /** Predicted values that were compared, and those in whose place no reading came. */
  compared: number;
  missed: number;
  /** Mean of 1 - {@link symmetricError}. */
  accuracy: number;
  errors: Errors;
  /** Share of the values within the prediction interval, and what it should be. */
  within: number;
  level: number;
  /**
   * Gains over the naive forecast, (naive - own) / (naive + own), of blocks as long as a horizon: forecasts overlap, and
   * their errors follow each other; those of blocks hardly do (batch means, Law and Carson 1979). The newest last.
   */
  gains: number[];
  /** The block that is being filled. */
  block: { endMicros: number; compared: number; errors: Errors } | null;
}

export interface SeriesTrack {
  field: string;
  tags: Record<string, string>;
  strategyId: string;
  track: Track;
}

export const newTrack = (): Track => ({
  compared: 0,
  missed: 0,
  accuracy: 0,
  errors: { own: 0, naive: 0 },
  within: 0,
  level: 0,
  gains: [],
  block: null,
});

/** The track with one comparison more. Targets come in order, but for those of forecasts that came late. */
export function extend(
  track: Track,
  comparison: Comparison,
  terms: { level: number; horizonMicros: number },
): Track {
  const { actual, predicted, naive, isWithin } = comparison;
  const errors = { own: Math.abs(actual - predicted), naive: Math.abs(actual - naive) };
  // Values at both ends of a double's range: no error that could be averaged.
  if (!Number.isFinite(errors.own) || !Number.isFinite(errors.naive)) return missing(track);
  const compared = track.compared + 1;
  const towards = (mean: number, value: number) => mean + (value - mean) / compared;
  return {
    ...track,
    compared,
    accuracy: towards(track.accuracy, 1 - symmetricError(actual, predicted)),
    errors: meanErrors(track.errors, errors, compared),
    within: towards(track.within, isWithin ? 1 : 0),
    level: towards(track.level, terms.level),
    ...blocks(track, comparison.targetMicros, errors, terms.horizonMicros),
  };
}

/** No reading came in the place of a predicted value. */
export const missing = (track: Track): Track => ({ ...track, missed: track.missed + 1 });

function blocks(
  { gains, block }: Track,
  targetMicros: number,
  errors: Errors,
  horizonMicros: number,
): Pick<Track, "gains" | "block"> {
  if (block && targetMicros < block.endMicros) {
    const compared = block.compared + 1;
    return { gains, block: { ...block, compared, errors: meanErrors(block.errors, errors, compared) } };
  }
  const full = block ? [...gains, rounded(gainOf(block.errors))].slice(-KEPT_GAINS) : gains;
  return { gains: full, block: { endMicros: targetMicros + horizonMicros, compared: 1, errors } };
}

const meanErrors = (means: Errors, errors: Errors, count: number): Errors => ({
  own: means.own + (errors.own - means.own) / count,
  naive: means.naive + (errors.naive - means.naive) / count,
});

/** In [-1, 1]; 0 where neither errs. */
function gainOf({ own, naive }: Errors): number {
  const most = Math.max(own, naive);
  return most === 0 ? 0 : (naive / most - own / most) / (naive / most + own / most);
}

/** As text it is kept sixty times. */
const rounded = (gain: number): number => Number(gain.toFixed(4));
