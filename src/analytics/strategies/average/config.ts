import { z } from "zod";
import { signalConfig } from "../signal";

export const LIMITS = {
  period: 5_000,
  /** Values of the average and crossovers that are listed, newest last. */
  tail: 100,
  crossovers: 20,
  /** Steps ahead that the signal speaks of. */
  horizon: 5,
  origins: 200,
};
const DEFAULT_PERIOD = 20;
/** Of Bollinger. */
const BAND_WIDTH = 2;

export const averageConfigSchema = z.strictObject({
  period: z
    .number()
    .int()
    .min(1)
    .max(LIMITS.period)
    .optional()
    .describe(`Values in the average; ${DEFAULT_PERIOD} when absent`),
  type: z.enum(["sma", "ema", "wma"]).default("sma").describe("Simple, exponential or linearly weighted"),
  band_width: z
    .number()
    .min(0.1)
    .max(10)
    .default(BAND_WIDTH)
    .describe("Half the width of the bands around the average, in standard deviations of its values"),
  ...signalConfig,
  auto: z.boolean().default(false).describe("Shorten the default period to a third of the values there are"),
  quick: z.boolean().default(false).describe("The latest average and its signal only"),
});

export type AverageConfig = z.infer<typeof averageConfigSchema>;

// One value more than the period: a slope needs two averages.
export const requiredPoints = ({ period, auto }: AverageConfig): number =>
  period === undefined && auto ? 3 : (period ?? DEFAULT_PERIOD) + 1;

export function workUnits({ period = DEFAULT_PERIOD }: AverageConfig, points: number): number {
  return Math.ceil(1_000 + points * (0.08 + period * 0.0015) + LIMITS.tail * period * 0.002);
}

export const periodOf = ({ period, auto }: AverageConfig, points: number): number =>
  period ?? (auto ? shortened(points) : DEFAULT_PERIOD);

/** The default period, or a third of a short series. */
export const shortened = (points: number): number =>
  Math.max(2, Math.min(DEFAULT_PERIOD, Math.floor(points / 3)));
