import { fail } from "../../core/errors";
import type { JsonObject } from "../../core/json";
import { formatMicros } from "../../core/timestamps";
import type { Strategy, StrategyInput, StrategyResult } from "../contract";
import { movingAverages } from "./average/averages";
import {
  type AverageConfig,
  averageConfigSchema,
  LIMITS,
  periodOf,
  requiredPoints,
  workUnits,
} from "./average/config";
import { bandsAt, history } from "./average/history";
import { type LookAhead, lookAhead } from "./average/outlook";
import { CALIBRATIONS } from "./calibrations";
import { type Confidence, calibrate } from "./confidence";
import { finite, percent } from "./result";
import { actionOf, explainSignal, type Judgement, judge } from "./signal";

export const movingAverage: Strategy<AverageConfig> = {
  id: "moving_average",
  title: "Moving average",
  description:
    "A simple, exponential or weighted average with bands, where the values cross it, and a signal by what followed in the past of such a slope and such a distance from it.",
  configSchema: averageConfigSchema,
  requiredPoints,
  workUnits,
  run,
};

function run(config: AverageConfig, input: StrategyInput): StrategyResult {
  const { times, values } = input;
  const required = requiredPoints(config);
  if (values.length < required) {
    const detail = `The average needs ${required} values; ${input.field} has ${values.length}.`;
    throw fail("not_enough_data", detail, { extra: { required, available: values.length } });
  }
  const period = periodOf(config, values.length);
  const averages = movingAverages(values, period, config.type);
  const averaged = { times, values, averages, period };
  const ahead = lookAhead(config, values, averages, period);
  const judgement = judge(ahead.outlook, config.min_move);
  const stated = { calibration: CALIBRATIONS.moving_average, horizon: LIMITS.horizon };
  const confidence = calibrate(judgement, ahead.trials, stated);
  const stand = standOf(averages, values);
  const bands = bandsAt(averaged, values.length - 1, config.band_width);
  return {
    type: "MOVING_AVERAGE",
    data: {
      movingAverage: finite(stand.average),
      currentPrice: finite(stand.current),
      currentValue: finite(stand.current),
      currentTimestamp: formatMicros(times.at(-1)!),
      period,
      averageType: config.type,
      signal: signalOf(config, period, judgement, stand),
      bands: { upper: finite(bands.upper), lower: finite(bands.lower), width: config.band_width },
      ...(config.quick ? {} : history(averaged, config.band_width)),
    },
    confidence: confidence.value,
    metrics: {
      distancePercent: finite(stand.distancePercent),
      slopePercent: finite(stand.slopePercent),
      movePercent: finite(judgement.movePercent),
      points: values.length,
    },
    explain: explain(config, period, { ...ahead, judgement, confidence }),
  };
}

function explain(
  { min_move, band_width }: AverageConfig,
  period: number,
  { projection, unit, judgement, confidence }: LookAhead & { judgement: Judgement; confidence: Confidence },
): JsonObject {
  return {
    signal: {
      rule: `the change over ${LIMITS.horizon} steps by what followed in the past of the average's slope and of the value's distance to it`,
      shareOfSlope: projection.slope,
      shareOfDistance: projection.gap,
      horizonsLearntFrom: projection.horizons,
      ...explainSignal(judgement, min_move, unit),
    },
    bands: `${band_width} standard deviations of the last ${period} values around the average`,
    confidence: confidence.explain,
  };
}

interface Stand {
  average: number;
  current: number;
  distancePercent: number | null;
  /** Of the average, over the horizon. */
  slopePercent: number | null;
}

function standOf(averages: Float64Array, values: Float64Array): Stand {
  const average = averages.at(-1)!;
  const current = values.at(-1)!;
  const ofAverage = (change: number) => (average === 0 ? null : (change / Math.abs(average)) * 100);
  return {
    average,
    current,
    distancePercent: ofAverage(current - average),
    slopePercent: ofAverage((average - averages.at(-2)!) * LIMITS.horizon),
  };
}

function signalOf(
  config: AverageConfig,
  period: number,
  { direction, strength, movePercent }: Judgement,
  { distancePercent, slopePercent }: Stand,
): JsonObject {
  const side =
    distancePercent === null
      ? "against an average of zero"
      : `${percent(Math.abs(distancePercent))} ${distancePercent >= 0 ? "above" : "below"} its ${period}-step average`;
  const slope =
    slopePercent === null
      ? ""
      : `, which ${slopePercent >= 0 ? "rises" : "falls"} ${percent(Math.abs(slopePercent))} in ${LIMITS.horizon} steps`;
  const move = `${percent(Math.abs(movePercent))} ${movePercent >= 0 ? "up" : "down"} in ${LIMITS.horizon} steps`;
  return {
    action: actionOf(direction, config.signal_style),
    strength,
    reason: `The value is ${side}${slope}; expected from there: ${move}`,
  };
}
