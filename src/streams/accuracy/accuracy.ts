import { z } from "zod";
import { DRIFT_RULE, driftOf } from "./drift";
import type { SeriesTrack, Track } from "./track";

/** Series named that drift, the worst first. */
const MOST_DRIFTING = 10;
/** Ratios of errors beyond these say no more: one exact forecast would outweigh all others. */
const RATIO = { least: 1e-3, most: 1e3 } as const;

const share = z.number().min(0).max(1).nullable();
const figures = {
  /** Mean of 1 - |actual - forecast| / (|actual| + |forecast|). */
  score: share,
  /** Predicted values that were compared, and those in whose place no reading came. */
  forecasts: z.int(),
  missed: z.int(),
  /** 1 - the error in units of the naive forecast's (the last value). */
  skill: z.number().nullable(),
  /** Share of the values within the prediction interval, and what it should be. */
  coverage: share,
  level: share,
};

export const accuracySchema = z.object({
  ...figures,
  drift: z.object({
    detected: z.boolean(),
    rule: z.string(),
    series: z.array(
      z.object({
        field: z.string(),
        tags: z.record(z.string(), z.string()),
        strategy_id: z.string(),
        skill_before: z.number(),
        skill_recent: z.number(),
      }),
    ),
  }),
  by_strategy: z.array(z.object({ strategy_id: z.string(), ...figures, drift: z.boolean() })),
});

/** How the past forecasts of a stream turned out: all together, and by strategy. */
export function accuracyOf(all: readonly SeriesTrack[]): z.infer<typeof accuracySchema> {
  const drifting = all.flatMap(({ track, strategyId, ...series }) => {
    const drift = driftOf(track.gains);
    if (!drift?.detected) return [];
    const [skill_before, skill_recent] = [skillOfGain(drift.before), skillOfGain(drift.recent)];
    return [{ ...series, strategy_id: strategyId, skill_before, skill_recent }];
  });
  drifting.sort((a, b) => a.skill_recent - a.skill_before - (b.skill_recent - b.skill_before));
  const strategies = [...new Set(all.map(({ strategyId }) => strategyId))].sort();
  return {
    ...figuresOf(all.map(({ track }) => track)),
    drift: {
      detected: drifting.length > 0,
      rule: DRIFT_RULE,
      series: drifting.slice(0, MOST_DRIFTING),
    },
    by_strategy: strategies.map((strategy_id) => ({
      strategy_id,
      ...figuresOf(all.filter(({ strategyId }) => strategyId === strategy_id).map(({ track }) => track)),
      drift: drifting.some((one) => one.strategy_id === strategy_id),
    })),
  };
}

function figuresOf(tracks: readonly Track[]) {
  const forecasts = tracks.reduce((sum, { compared }) => sum + compared, 0);
  /** Of shares: rounding must not lead past 1. */
  const mean = (of: (track: Track) => number) =>
    forecasts === 0
      ? null
      : Math.min(
          1,
          tracks.reduce((sum, track) => sum + (track.compared / forecasts) * of(track), 0),
        );
  return {
    score: mean(({ accuracy }) => accuracy),
    forecasts,
    missed: tracks.reduce((sum, { missed }) => sum + missed, 0),
    skill: skillOf(tracks),
    coverage: mean(({ within }) => within),
    level: mean(({ level }) => level),
  };
}

/**
 * Of series of every size: 1 - the geometric mean of the ratios of mean absolute errors, each by its number of forecasts
 * (Davydenko and Fildes 2013). Null where the naive forecast never erred.
 */
function skillOf(tracks: readonly Track[]): number | null {
  const judged = tracks.filter(({ compared, errors }) => compared > 0 && errors.naive > 0);
  const forecasts = judged.reduce((sum, { compared }) => sum + compared, 0);
  if (forecasts === 0) return null;
  const logs = judged.map(({ compared, errors: { own, naive } }) => {
    const ratio = Math.max(RATIO.least, Math.min(RATIO.most, own / naive));
    return (compared / forecasts) * Math.log(ratio);
  });
  return 1 - Math.exp(logs.reduce((sum, log) => sum + log, 0));
}

/** The skill that a gain (naive - own) / (naive + own) stands for. */
const skillOfGain = (gain: number): number => 1 - Math.min(RATIO.most, (1 - gain) / (1 + gain));
