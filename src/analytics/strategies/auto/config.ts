import { z } from "zod";
import { signalConfig } from "../signal";

export const LIMITS = {
  steps: 1_000,
  /** The newest values that are looked at. */
  dataPoints: 10_000,
  fewestPoints: 3,
  /** Of the past, whole horizons apart where there is room: where forecasts are held against the naive one. */
  origins: 14,
  quickOrigins: 6,
};

/** Of a forecast, now and at each origin of the past: all families on 300 hourly values take 330,000. */
const FORECAST_UNITS = 300_000;
const QUICK_FORECAST_UNITS = 40_000;
/** Values that a forecast is made from: more of them make it dearer and hardly better. */
const FORECAST_VALUES = { cycles: 8, least: 300, most: 1_200, quick: 300 };
/** Unit-root tests, the detection of seasons, outliers. */
const profileMicros = (n: number): number => 2_000 + 8 * n;
/** Anomalies and averages. */
const otherMicros = (n: number): number => 1_000 + 3 * n;
/** A family ends what it has begun when the budget is spent. */
const OVERDRAFT = 1.2;

export const autoConfigSchema = z.strictObject({
  steps: z.number().int().min(1).max(LIMITS.steps).default(5).describe("Values to predict"),
  level: z.number().min(0.5).max(0.999).default(0.95).describe("Probability of the prediction interval"),
  min_move: signalConfig.min_move,
  signal_style: signalConfig.signal_style
    .unwrap()
    .optional()
    .describe("financial: BUY, SELL, HOLD; trend: UP, DOWN, FLAT; by default as the field's name suggests"),
  auto: z.boolean().default(true).describe("Known for its name: this strategy chooses everything itself"),
  quick: z.boolean().default(false).describe("Smaller budgets and fewer origins of the past"),
});
export type AutoConfig = z.infer<typeof autoConfigSchema>;

export const forecastUnits = ({ quick }: AutoConfig): number =>
  quick ? QUICK_FORECAST_UNITS : FORECAST_UNITS;

export const originCount = ({ quick }: AutoConfig): number => (quick ? LIMITS.quickOrigins : LIMITS.origins);

/** How many of the newest values a forecast is made from. */
export function forecastValues({ quick }: AutoConfig, season: number): number {
  const { cycles, least, most } = FORECAST_VALUES;
  return quick ? FORECAST_VALUES.quick : Math.min(most, Math.max(least, cycles * season));
}

/** Forecasts spend budgets and stop there, so it is a bound. */
export function workUnits(config: AutoConfig, points: number): number {
  const n = Math.min(points, LIMITS.dataPoints);
  const each = Math.min(forecastUnits(config), forecastMicros(config, n));
  return Math.ceil(profileMicros(n) + otherMicros(n) + OVERDRAFT * (1 + originCount(config)) * each);
}

/** All families with a season, and their rolling origins. */
const forecastMicros = ({ steps }: AutoConfig, n: number): number => 5_000 + 1_500 * n + 20 * steps;
