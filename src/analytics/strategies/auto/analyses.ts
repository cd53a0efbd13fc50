import type { JsonObject } from "../../../core/json";
import type { Strategy, StrategyInput } from "../../contract";
import { anomalyDetection } from "../anomaly-detection";
import { movingAverage } from "../moving-average";
import type { AutoConfig } from "./config";
import type { Profile } from "./profile";

/** A strategy that was run, or why it was not. */
export interface Analysis {
  strategyId: string;
  reason: string;
  config: JsonObject | null;
  result: JsonObject | null;
}

type Choice = { reason: string; config: JsonObject | null };

/** What suits the series and is `allowed` (absent: all), each with the reason for it or against it. */
export function analysesOf(
  config: AutoConfig,
  style: NonNullable<AutoConfig["signal_style"]>,
  profile: Profile,
  input: StrategyInput,
  allowed?: readonly string[],
): Analysis[] {
  const { quick, min_move } = config;
  const averaging = averagingFor(profile, input.values.length);
  const signal = { min_move, signal_style: style, quick };
  const detecting = detectionFor(profile, input.values.length);
  const averages = { ...averaging, config: averaging.config && { ...averaging.config, ...signal } };
  const detects = { ...detecting, config: detecting.config && { ...detecting.config, quick } };
  return [
    analyse(movingAverage, input, permitted(movingAverage.id, allowed, averages)),
    analyse(anomalyDetection, input, permitted(anomalyDetection.id, allowed, detects)),
  ];
}

function analyse<Config>(
  strategy: Strategy<Config>,
  input: StrategyInput,
  { reason, config }: Choice,
): Analysis {
  if (config === null) return { strategyId: strategy.id, reason, config, result: null };
  const { type, data, confidence, metrics } = strategy.run(strategy.configSchema.parse(config), input);
  return { strategyId: strategy.id, reason, config, result: { type, data, confidence, metrics } };
}

const permitted = (id: string, allowed: readonly string[] | undefined, choice: Choice): Choice =>
  allowed === undefined || allowed.includes(id)
    ? choice
    : { reason: `${id} is not among the strategies that are allowed here.`, config: null };

/** An average of so many cycles has them behind it and leaves some to follow. */
const CYCLES = 3;
const LONGEST_PERIOD = 1_000;

function averagingFor({ kind, seasons, trend }: Profile, points: number): Choice {
  if (kind === "constant")
    return { reason: "The series does not change: there is nothing to smooth.", config: null };
  if (kind === "intermittent") {
    return { reason: "Values come now and then: an average would be true of no single one.", config: null };
  }
  const cycle = seasons.find(({ steps }) => steps <= LONGEST_PERIOD && CYCLES * steps <= points);
  if (cycle) {
    const reason = `An average over one season of ${cycle.steps} steps shows the level without it.`;
    return { reason, config: { period: cycle.steps } };
  }
  const about = trend.kind === "none" ? "the level behind the noise" : "where the series is going";
  return { reason: `An average shows ${about}.`, config: { auto: true } };
}

function detectionFor(profile: Profile, points: number): Choice {
  const required = anomalyDetection.requiredPoints(anomalyDetection.configSchema.parse({}));
  if (points < required) {
    return { reason: `It needs ${required} values; there are ${points}.`, config: null };
  }
  if (profile.kind === "constant") {
    return { reason: "The series does not change: nothing can stand out.", config: null };
  }
  const against = whyLevelsMislead(profile);
  if (against !== null) {
    return {
      reason: `${against}, so the distance from a trailing mean says little; readings are held against their neighbours instead (profile.outliers).`,
      config: null,
    };
  }
  const [season] = profile.seasons;
  if (!season)
    return { reason: "The series keeps a level, from which readings can be far.", config: { auto: true } };
  const reason = `The series keeps a level and a season of ${season.steps} steps, from which readings can be far.`;
  return { reason, config: { auto: true, season: season.steps } };
}

function whyLevelsMislead({ trend, differences }: Profile): string | null {
  if (trend.kind === "rising" || trend.kind === "falling") return "The series has a trend";
  return differences > 0 ? "The level of the series wanders" : null;
}
