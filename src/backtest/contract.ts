import { z } from "zod";
import type { StrategyInput, StrategyResult } from "../analytics/contract";
import { formatMicros, parseRangeEnd, parseTimestamp } from "../core/timestamps";

export const BACKTEST_LIMITS = {
  /** Times the strategy is asked in one run; a longer range is asked less often. */
  steps: 5_000,
  /** Steps ahead of which a forecast is scored. */
  horizons: 100,
  labels: 1_000,
  /** Second differences of larger values leave the range of a double. */
  magnitude: 1e290,
  /** Prices further apart are no prices of one thing, and their returns compound past a double. */
  priceRatio: 1e12,
  /** Points of the equity curve and trades that are listed; all are counted. */
  listedPoints: 500,
  listedTrades: 500,
  listedAlerts: 500,
};

export const MODES = ["trading", "forecast", "detection"] as const;
export type Mode = (typeof MODES)[number];

/** Numbers are told apart by magnitude; as text they could be taken for a year. */
const time = z
  .union([z.string().max(64), z.number()])
  .refine((value) => parseTimestamp(value) !== null, "is no time in ISO 8601 or epoch form")
  .transform((value) => (typeof value === "number" ? formatMicros(parseTimestamp(value)!) : value));

/** What a backtest may be asked, beside the strategy, its config and the data. Dates alone include their whole day. */
export const backtestOptionsSchema = z.strictObject({
  mode: z.enum(MODES).default("trading"),
  start_date: time.optional().describe("First time the strategy is asked at; what is before only teaches it"),
  end_date: time.refine((text) => parseRangeEnd(text) !== null).optional(),
  initial_capital: z.number().positive().max(1e15).default(100_000),
  refit_every: z
    .number()
    .int()
    .min(1)
    .max(100_000)
    .optional()
    .describe("Steps between two runs of the strategy; as few as the work allows when absent"),
  window: z
    .number()
    .int()
    .min(3)
    .max(1_000_000)
    .optional()
    .describe("Newest values the strategy gets (rolling); all there are when absent (growing)"),
  lag: z
    .number()
    .int()
    .min(0)
    .max(20)
    .default(1)
    .describe("Steps from the value a signal is computed from to the price it is acted on at"),
  costs_bps: z.number().min(0).max(1_000).default(0).describe("Commission, basis points of the traded value"),
  slippage_bps: z
    .number()
    .min(0)
    .max(1_000)
    .default(0)
    .describe("How much worse than the price each fill is"),
  allow_short: z.boolean().default(false),
  on_hold: z.enum(["keep", "exit"]).default("keep").describe("What HOLD and FLAT do to a position"),
  season: z
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(1)
    .describe("Of the naive forecast: 1 repeats the last value"),
  labels: z
    .array(z.strictObject({ from: time, to: time.optional() }))
    .max(BACKTEST_LIMITS.labels)
    .optional()
    .describe("Incidents that are known, for mode detection"),
});

export type BacktestOptions = z.infer<typeof backtestOptionsSchema>;

/** A strategy with its config bound: what the registry of strategies prepares has this shape. It must be pure. */
export interface BacktestStrategy {
  id: string;
  requiredPoints: number;
  workUnits(points: number): number;
  run(input: StrategyInput): StrategyResult;
  /**
   * For a strategy that computes its indicators over the whole range at once. It is the only door through which later
   * values can reach a strategy: `bias_checks.lookahead` opens it on truncated data and compares.
   */
  over?(series: StrategyInput): Pick<BacktestStrategy, "run">;
}

/** What a backtest is of. The same three must be given at every call; the state holds only what was found so far. */
export interface BacktestTask {
  strategy: BacktestStrategy;
  series: StrategyInput;
  options: BacktestOptions;
}

export type Direction = "up" | "down" | "flat";

/** What the strategy said at one step, as far as it can be compared with what it says on other data. */
export interface Said {
  /** Null: no signal in the answer, or no answer. */
  direction: Direction | null;
  strength: number | null;
  confidence: number | null;
  /** First and last value of its forecast. */
  forecast: [number, number] | null;
  /** Times in µs that it calls anomalous since the step before. */
  alerts: number[];
  /** Code of the expected failure it ended in. */
  error: string | null;
}

export interface StepRecord extends Said {
  /** Index of the last value it was given. */
  at: number;
  /** Mean absolute errors over the horizon in units of the naive error of its past: the strategy's and the naive's. */
  loss: [number, number] | null;
}

/** Sums of one horizon over the origins whose actual value is there. */
export interface HorizonSums {
  scored: number;
  /** Of absolute errors, each divided by the mean absolute naive error of its past. */
  scaledErrors: number;
  naiveScaledErrors: number;
  /** How many had a past that moved, so that it could be divided by. */
  scaled: number;
  symmetricErrors: number;
  naiveSymmetricErrors: number;
  /** Of 1 - |actual - forecast| / (|actual| + |forecast|). */
  accuracies: number;
  naiveAccuracies: number;
  intervals: number;
  covered: number;
}

export interface LookaheadRecord {
  cut: number;
  at: number;
  same: boolean;
  /** What differed, in words. */
  difference: string | null;
}

export interface RecursiveRecord {
  at: number;
  droppedShare: number;
  /** Of the signal (up to down 1, to or from flat a half), of an expected failure or of the newest value's alert. */
  verdictChange: number;
  /** Where the verdict is the same. */
  strengthDifference: number | null;
  /** Of forecasts, in typical steps of the series. */
  forecastDifference: number | null;
}

export const PHASES = ["walk", "lookahead", "recursive", "done"] as const;
export type Phase = (typeof PHASES)[number];

/** Plain JSON, so that a consumer can store it between two messages. */
export interface BacktestState {
  version: 1;
  /** Of series and options: another task's state is refused. */
  fingerprint: string;
  phase: Phase;
  /** The next piece of work in the phase. */
  position: number;
  steps: StepRecord[];
  horizons: HorizonSums[];
  /** Probability of the forecast's intervals, as the answers state it. */
  level: number | null;
  lookahead: LookaheadRecord[];
  recursive: RecursiveRecord[];
  spentUnits: number;
}

export interface Progress {
  done: boolean;
  phase: Phase;
  spentUnits: number;
  totalUnits: number;
  /** In [0, 1], never falling. */
  fraction: number;
}
