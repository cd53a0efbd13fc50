import { z } from "zod";
import {
  type ArimaConfig,
  arimaConfigSchema,
  requiredPoints as arimaPoints,
  workUnits as arimaUnits,
} from "../arima/config";
import { type AverageConfig, averageConfigSchema } from "../average/config";
import { projectionUnits } from "../average/projection";
import { signalConfig } from "../signal";
import { FREQUENCIES } from "./weights";

const share = z.number().min(0).max(1);
/** Of the reference. */
const DEFAULTS = { weights: { arima: 0.7, ma: 0.3 }, consensusThreshold: 0.8 };

const { min_move, signal_style } = signalConfig;

export const hybridConfigSchema = z.strictObject({
  arimaConfig: arimaConfigSchema
    .prefault({})
    .describe("As of arima_prediction; its steps and level are those of the combination"),
  maConfig: averageConfigSchema
    .prefault({})
    .describe(
      "As of moving_average: with a period its average's slope is carried on; without, the best forecast by moving averages is looked for",
    ),
  weights: z
    .strictObject({ arima: share, ma: share })
    .refine(({ arima, ma }) => arima + ma > 0, "one of them must be above zero")
    .default(DEFAULTS.weights)
    .describe("What the members weigh before their errors are known; scaled to a sum of 1"),
  consensusThreshold: share
    .default(DEFAULTS.consensusThreshold)
    .describe("Members that agree with a combinedScore of at least this are STRONG"),
  rebalancingFrequency: z
    .enum(FREQUENCIES)
    .default("daily")
    .describe("How often, in the series' own time, weights follow recent errors; never: as given"),
  min_move: min_move.unwrap().optional().describe("For both members and the combination; 0.5 when absent"),
  signal_style: signal_style.unwrap().optional().describe("For both members and the combination"),
  auto: z.boolean().optional().describe("For both members"),
  quick: z.boolean().optional().describe("For both members: no rolling origins, weights as given"),
});
export type HybridConfig = z.infer<typeof hybridConfigSchema>;

/** A member's config with what was said for both of them; the combination's knobs are those of ARIMA. */
export function membersOf(config: HybridConfig): { arima: ArimaConfig; average: AverageConfig } {
  const { min_move, signal_style, auto, quick } = config;
  const shared = Object.fromEntries(
    Object.entries({ min_move, signal_style, auto, quick }).filter(([, value]) => value !== undefined),
  );
  return {
    arima: { ...config.arimaConfig, ...shared },
    average: { ...config.maConfig, ...shared },
  };
}

/** Averages that choose for themselves need three values. */
const FEWEST_FOR_AVERAGES = 3;

export function requiredPoints(config: HybridConfig): number {
  const { arima, average } = membersOf(config);
  const forAverage = average.period === undefined ? FEWEST_FOR_AVERAGES : average.period + 1;
  return Math.max(arimaPoints(arima), forAverage);
}

/** Both choices of an average, what followed it for each step, and at each origin one pass over the values. */
const averageUnits = (points: number, steps: number): number =>
  500 + points * 3 + 2 * steps * projectionUnits(points);

export function workUnits(config: HybridConfig, points: number): number {
  const { arima } = membersOf(config);
  const kept = Math.min(points, arima.maxDataPoints);
  return Math.ceil(arimaUnits(arima, points) + averageUnits(kept, arima.steps));
}
