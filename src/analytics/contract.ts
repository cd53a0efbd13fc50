import type { z } from "zod";
import type { JsonObject } from "../core/json";

export const STRATEGY_IDS = [
  "moving_average",
  "anomaly_detection",
  "arima_prediction",
  "hybrid_arima_ma",
  "auto_analysis",
] as const;
export type StrategyId = (typeof STRATEGY_IDS)[number];

/** What a strategy is run on: one series, ascending in time (µs), without missing values. */
export interface StrategyInput {
  field: string;
  tags: Record<string, string>;
  times: Float64Array;
  values: Float64Array;
  /** Where a strategy takes fields together: those beside `field`, each with a value at all of the times. */
  beside?: readonly FieldValues[];
  /** Where rows of several sets of tags are judged together: those of each row; `tags` are then what all share. */
  rowTags?: readonly Record<string, string>[];
}

export interface FieldValues {
  field: string;
  values: Float64Array;
}

/** A strategy's answer; `data` and `metrics` keep the reference's camelCase names. */
export interface StrategyResult {
  type: "PREDICTION" | "MOVING_AVERAGE" | "ANOMALY_DETECTION" | "HYBRID" | "AUTO_ANALYSIS";
  data: JsonObject;
  /** In [0, 1]: see "Definitions" of the API. */
  confidence: number;
  metrics: JsonObject;
  /** The terms behind the signal and the confidence. */
  explain: JsonObject;
}

/** Strategies of every kind have this one signature; the registry lists them. `run` is pure and never yields NaN. */
export interface Strategy<Config> {
  id: StrategyId;
  title: string;
  description: string;
  /** Strict: an unknown key is refused by name. */
  configSchema: z.ZodType<Config>;
  /** The fewest points it can run on. */
  requiredPoints(config: Config): number;
  /** What running it costs, in work units (about a microsecond of CPU each), told before it runs. */
  workUnits(config: Config, points: number, fields: number): number;
  /** Whether it wants all fields of a set of tags in one input; by default each is an input of its own. */
  takesFieldsTogether?(config: Config): boolean;
  /** `allowed`: the strategies that it may run within itself; absent, all. */
  run(config: Config, input: StrategyInput, allowed?: readonly string[]): StrategyResult;
}
