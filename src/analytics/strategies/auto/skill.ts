import type { Forecast } from "../../forecasting/forecast";
import { normalQuantile } from "../../forecasting/normal";
import { largest } from "../../forecasting/standardise";
import { combined } from "./combined";
import { type AutoConfig, originCount } from "./config";

/** One origin of the past: what was said of the whole horizon there, and what came. */
export interface SkillTrial {
  origin: number;
  forecast: Forecast;
  actual: Float64Array;
  /** Mean absolute errors over the horizon, in units of the largest value. */
  errors: { forecast: number; naive: number; seasonalNaive: number | null };
}

/** shown: the gain is not chance; likely: it may be, and the models' is still the better bet; none: nothing is gained. */
export type Verdict = "shown" | "likely" | "none";

/** How the forecast compares with those that cost nothing; errors in the units of the series. */
export interface Skill {
  origins: number;
  mae: { forecast: number; naive: number; seasonalNaive: number | null } | null;
  /** 1 - MAE / MAE of the naive one; null where that is zero. */
  overNaive: number | null;
  overSeasonalNaive: number | null;
  /** Of the mean difference of absolute errors, corrected for overlapping horizons and few origins. */
  tStatistic: number | null;
  /** What it had to reach. */
  tRequired: number | null;
  verdict: Verdict;
}

/** A series of which less is known is not forecast from. */
const FEWEST_KNOWN = 8;
/** The oldest origin knows at least this share of the values. */
const LEAST_KNOWN_SHARE = 0.5;
/** Chance of calling a forecast better that is not. */
const FALSE_CLAIM = 0.025;
/** From here on the models' forecast is the better bet: of ten random walks one seems so. */
const LIKELY_T = 1;
/** A gain below this is nothing that anybody would notice. */
const LEAST_SKILL = 0.02;
/** Fewer origins prove nothing. */
const FEWEST_ORIGINS = 3;

/** The forecast is made anew at each origin, its models and their weights included: no value is seen before its time. */
export function rollForecasts(config: AutoConfig, values: Float64Array, season: number): SkillTrial[] {
  const { steps } = config;
  const unit = largest(values) || 1;
  const last = values.length - steps;
  const first = Math.max(FEWEST_KNOWN, Math.floor(LEAST_KNOWN_SHARE * values.length));
  if (last < first) return [];
  const count = originCount(config);
  // As far apart as there is room for: gains of horizons that overlap are hardly more than one.
  const stride = Math.max(1, Math.floor((last - first) / Math.max(1, count - 1)));
  const trials: SkillTrial[] = [];
  for (let k = 0; k < count && last - k * stride >= first; k++) {
    const origin = last - k * stride;
    const known = values.slice(0, origin);
    const actual = values.subarray(origin, origin + steps);
    const made = combined(config, known, season);
    const errorOf = (said: (h: number) => number) =>
      actual.reduce((sum, value, h) => sum + Math.abs(value / unit - said(h) / unit) / steps, 0);
    trials.push({
      origin,
      forecast: made,
      actual,
      errors: {
        forecast: errorOf((h) => made.mean[h]!),
        naive: errorOf(() => known.at(-1)!),
        seasonalNaive:
          season > 1 && origin >= season ? errorOf((h) => known.at((h % season) - season)!) : null,
      },
    });
  }
  return trials.reverse();
}

export function skillOf(trials: readonly SkillTrial[], values: Float64Array, steps: number): Skill {
  const errors = meanErrors(trials);
  if (errors === null) {
    const unknown = { overNaive: null, overSeasonalNaive: null, tStatistic: null, tRequired: null };
    return { origins: 0, mae: null, ...unknown, verdict: "none" };
  }
  const unit = largest(values) || 1;
  const { forecast, naive, seasonalNaive } = errors;
  const overNaive = gainOver(naive, forecast);
  const test = significanceOf(trials, steps);
  return {
    origins: trials.length,
    mae: {
      forecast: forecast * unit,
      naive: naive * unit,
      seasonalNaive: seasonalNaive === null ? null : seasonalNaive * unit,
    },
    overNaive,
    overSeasonalNaive: seasonalNaive === null ? null : gainOver(seasonalNaive, forecast),
    ...test,
    verdict: verdictOn(overNaive, test),
  };
}

type Significance = Pick<Skill, "tStatistic" | "tRequired">;

function verdictOn(overNaive: number | null, { tStatistic, tRequired }: Significance): Verdict {
  if (overNaive === null || overNaive < LEAST_SKILL || tStatistic === null || tRequired === null)
    return "none";
  if (tStatistic > tRequired) return "shown";
  return tStatistic > LIKELY_T ? "likely" : "none";
}

const gainOver = (naive: number, own: number): number | null => (naive > 0 ? 1 - own / naive : null);

function meanErrors(trials: readonly SkillTrial[]): SkillTrial["errors"] | null {
  if (trials.length === 0) return null;
  const meanOf = (of: (errors: SkillTrial["errors"]) => number) =>
    trials.reduce((sum, { errors }) => sum + of(errors), 0) / trials.length;
  const hasSeason = trials.every(({ errors }) => errors.seasonalNaive !== null);
  return {
    forecast: meanOf(({ forecast }) => forecast),
    naive: meanOf(({ naive }) => naive),
    seasonalNaive: hasSeason ? meanOf(({ seasonalNaive }) => seasonalNaive ?? 0) : null,
  };
}

function significanceOf(trials: readonly SkillTrial[], steps: number): Significance {
  if (trials.length < FEWEST_ORIGINS) return { tStatistic: null, tRequired: null };
  const stride = trials[1]!.origin - trials[0]!.origin;
  const gains = trials.map(({ errors }) => errors.naive - errors.forecast);
  return {
    tStatistic: dieboldMariano(gains, Math.ceil(steps / stride)),
    tRequired: studentQuantile(1 - FALSE_CLAIM, trials.length - 1),
  };
}

/** Gains without any noise are as sure as can be told. */
const SUREST = 1e6;

/**
 * Diebold and Mariano (1995) with the correction of Harvey, Leybourne and Newbold (1997): gains of horizons that overlap
 * follow each other, which Bartlett's weights allow for.
 */
function dieboldMariano(gains: readonly number[], overlap: number): number {
  const n = gains.length;
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / n;
  const covariance = (lag: number) =>
    gains.slice(lag).reduce((sum, gain, k) => sum + (gain - mean) * (gains[k]! - mean), 0) / n;
  const lags = Math.min(overlap - 1, n - 2);
  let variance = covariance(0);
  for (let lag = 1; lag <= lags; lag++) variance += 2 * (1 - lag / (lags + 1)) * covariance(lag);
  if (mean === 0) return 0;
  if (!(variance > 0)) return Math.sign(mean) * SUREST;
  const correction = Math.sqrt(Math.max(0.1, (n - 1 - 2 * lags + (lags * (lags + 1)) / n) / n));
  const t = (correction * mean) / Math.sqrt(variance / n);
  return Math.max(-SUREST, Math.min(SUREST, t));
}

/** By the expansion of Cornish and Fisher: within 3 % from three degrees of freedom on. */
function studentQuantile(probability: number, degrees: number): number {
  const z = normalQuantile(probability);
  return (
    z +
    (z ** 3 + z) / (4 * degrees) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * degrees ** 3)
  );
}
