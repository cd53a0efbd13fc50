import { z } from "zod";
import { fail } from "../../core/errors";
import type { JsonObject } from "../../core/json";
import { formatMicros } from "../../core/timestamps";
import type { Strategy, StrategyInput, StrategyResult } from "../contract";
import { largest } from "../forecasting/standardise";
import { movingAverages } from "./averages";
import { calibrate, explainTrials, type Trial } from "./confidence";
import { finite, percent, shown } from "./result";
import { actionOf, type Judgement, judge, type Outlook, signalConfig, wasRight } from "./signal";

const LIMITS = {
  period: 5_000,
  /** Values of the average and crossovers that are listed, newest last. */
  tail: 100,
  crossovers: 20,
  /** Steps the average's own slope is carried on: the horizon of the signal. */
  horizon: 5,
  origins: 200,
};

const configSchema = z.strictObject({
  period: z
    .number()
    .int()
    .min(1)
    .max(LIMITS.period)
    .optional()
    .describe("Values in the average; 20 when absent"),
  type: z.enum(["sma", "ema", "wma"]).default("sma").describe("Simple, exponential or linearly weighted"),
  ...signalConfig,
  auto: z.boolean().default(false).describe("Shorten the default period to a third of the values there are"),
  quick: z.boolean().default(false).describe("The latest average and its signal only"),
});

type Config = z.infer<typeof configSchema>;

const DEFAULT_PERIOD = 20;

export const movingAverage: Strategy<Config> = {
  id: "moving_average",
  title: "Moving average",
  description:
    "A simple, exponential or weighted average, where the values cross it, and the signal of its slope.",
  configSchema,
  // One value more than the period: a slope needs two averages.
  requiredPoints: (config) =>
    config.period === undefined && config.auto ? 3 : (config.period ?? DEFAULT_PERIOD) + 1,
  workUnits: (config, points) =>
    Math.ceil(200 + points * (0.05 + (config.period ?? DEFAULT_PERIOD) * 0.0015)),
  run,
};

function run(config: Config, input: StrategyInput): StrategyResult {
  const { times, values } = input;
  const required = movingAverage.requiredPoints(config);
  if (values.length < required) {
    const detail = `The average needs ${required} values; ${input.field} has ${values.length}.`;
    throw fail("not_enough_data", detail, { extra: { required, available: values.length } });
  }
  const period = config.period ?? (config.auto ? autoPeriod(values.length) : DEFAULT_PERIOD);
  const averages = movingAverages(values, period, config.type);
  const outlook = outlookAt(values, averages, period, values.length - 1);
  const judgement = judge(outlook, config.min_move);
  const trials = config.quick ? [] : rollingOrigins(config, values, averages, period);
  const average = averages.at(-1)!;
  const current = values.at(-1)!;
  const distancePercent = average === 0 ? null : ((current - average) / Math.abs(average)) * 100;
  return {
    type: "MOVING_AVERAGE",
    data: {
      movingAverage: finite(average),
      currentPrice: finite(current),
      currentValue: finite(current),
      currentTimestamp: formatMicros(times.at(-1)!),
      period,
      averageType: config.type,
      signal: signalOf(config, period, judgement, distancePercent),
      ...(config.quick ? {} : history(times, values, averages, period)),
    },
    confidence: calibrate(judgement.strength, trials),
    metrics: {
      distancePercent: finite(distancePercent),
      slopePercent: finite(judgement.movePercent),
      points: values.length,
    },
    explain: {
      signal: {
        rule: `the average's slope carried on for ${LIMITS.horizon} steps, against the spread of the changes around it`,
        probabilityUp: judgement.probabilityUp,
        movePercent: finite(judgement.movePercent),
        minMovePercent: config.min_move,
      },
      confidence: explainTrials(trials, LIMITS.horizon),
    },
  };
}

const autoPeriod = (points: number): number => Math.max(2, Math.min(DEFAULT_PERIOD, Math.floor(points / 3)));

/** The prediction that stands behind the signal: the value follows its average's slope, with noise that adds up. */
function outlookAt(values: Float64Array, averages: Float64Array, period: number, at: number): Outlook {
  const current = values[at]!;
  const slope = averages[at]! - averages[at - 1]!;
  const from = Math.max(1, at - period + 1);
  const scale = largest(values.subarray(from - 1, at + 1)) || 1;
  let squares = 0;
  for (let t = from; t <= at; t++) squares += ((values[t]! - values[t - 1]! - slope) / scale) ** 2;
  const spread = scale * Math.sqrt(squares / (at - from + 1));
  return {
    current,
    mean: current + slope * LIMITS.horizon,
    standardError: spread * Math.sqrt(LIMITS.horizon),
    typicalSize: scale,
  };
}

function signalOf(
  config: Config,
  period: number,
  judgement: Judgement,
  distancePercent: number | null,
): JsonObject {
  const side =
    distancePercent === null
      ? "against an average of zero"
      : `${percent(Math.abs(distancePercent))} ${distancePercent >= 0 ? "above" : "below"} its ${period}-step average`;
  const { movePercent } = judgement;
  const slope = `which ${movePercent >= 0 ? "rises" : "falls"} ${percent(Math.abs(movePercent))} in ${LIMITS.horizon} steps`;
  return {
    action: actionOf(judgement.direction, config.signal_style),
    strength: judgement.strength,
    reason: `The value is ${side}, ${slope}`,
  };
}

/** Every origin uses values up to itself only: an average at t looks back. */
function rollingOrigins(
  config: Config,
  values: Float64Array,
  averages: Float64Array,
  period: number,
): Trial[] {
  const first = period;
  const last = values.length - 1 - LIMITS.horizon;
  const stride = Math.max(1, Math.ceil((last - first + 1) / LIMITS.origins));
  const trials: Trial[] = [];
  for (let origin = first; origin <= last; origin += stride) {
    const outlook = outlookAt(values, averages, period, origin);
    const { direction, strength } = judge(outlook, config.min_move);
    const actual = values[origin + LIMITS.horizon]!;
    trials.push({ strength, right: wasRight(direction, outlook, actual, config.min_move) });
  }
  return trials;
}

function history(
  times: Float64Array,
  values: Float64Array,
  averages: Float64Array,
  period: number,
): JsonObject {
  const from = Math.max(period - 1, values.length - LIMITS.tail);
  const series = [];
  for (let t = from; t < values.length; t++) series.push(pointAt(times, values, averages, t));
  const crossings: JsonObject[] = [];
  let side = 0;
  for (let t = period - 1; t < values.length; t++) {
    const now = Math.sign(values[t]! - averages[t]!);
    if (now !== 0 && side !== 0 && now !== side) {
      const direction = now > 0 ? "above" : "below";
      crossings.push({
        ...pointAt(times, values, averages, t),
        direction,
        message: `crossed to ${direction} its average of ${shown(averages[t]!)}`,
      });
    }
    if (now !== 0) side = now;
  }
  return { series, crossovers: crossings.slice(-LIMITS.crossovers), crossoverCount: crossings.length };
}

const pointAt = (
  times: Float64Array,
  values: Float64Array,
  averages: Float64Array,
  t: number,
): JsonObject => ({
  timestamp: formatMicros(times[t]!),
  value: finite(values[t]!),
  movingAverage: finite(averages[t]!),
});
