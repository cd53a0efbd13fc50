import { z } from "zod";
import { type ArimaOrder, DEFAULT_FIT, evaluationMicros } from "../../forecasting/arima";
import { signalConfig } from "../signal";
import { CANDIDATE_FIT, MAX_CANDIDATES } from "./order";

export const LIMITS = {
  steps: 1_000,
  order: 8,
  seasonalOrder: 2,
  /** The state of a weekly season of hours is 337 + 9 long: within the kernel's 512. */
  season: 168,
  dataPoints: 20_000,
  /** (2,1,2) has 5 parameters; four values for each is the least that says anything. The reference's 100 is asked for
   *  with `minDataPoints`. */
  fewestPoints: 20,
  /** Rolling origins cost one pass of the filter each. */
  origins: 40,
  /** The check fits on this share of the values and predicts the rest. */
  trainingShare: 0.6,
  /** Sums and second differences of larger values leave the range of a double. */
  magnitude: 1e290,
};
/** The longest that one fit may take; (2,0,2)(2,1,2)[24] on 1,000 values needs 230 ms for its whole budget. */
const FIT_MICROS = 300_000;
/** Both unit-root tests, raw and differenced, and the choice of d: 12 ms on the 4,000 values they take at most. */
const testsMicros = (n: number): number => 500 + 3 * Math.min(n, 4_000);
export const REFERENCE_ORDER = { p: 2, d: 1, q: 2 };

const order = z.number().int().min(0).max(LIMITS.order);
const seasonalOrder = z.number().int().min(0).max(LIMITS.seasonalOrder);

export const arimaConfigSchema = z.strictObject({
  p: order.optional().describe("Autoregressive order; chosen by AICc when absent"),
  d: z.number().int().min(0).max(2).optional().describe("Differences; chosen by KPSS when absent"),
  q: order.optional().describe("Moving average order; chosen by AICc when absent"),
  seasonal: z
    .strictObject({
      P: seasonalOrder.default(0),
      D: z.number().int().min(0).max(1).default(0),
      Q: seasonalOrder.default(0),
      m: z.number().int().min(2).max(LIMITS.season).describe("Steps in a season"),
    })
    .optional(),
  steps: z.number().int().min(1).max(LIMITS.steps).default(5).describe("Values to predict"),
  level: z.number().min(0.5).max(0.999).default(0.95).describe("Probability of the prediction interval"),
  optimizationMethod: z
    .enum(["ml", "css"])
    .default("ml")
    .describe("ml: exact maximum likelihood; css: conditional sum of squares"),
  maxDataPoints: z
    .number()
    .int()
    .min(LIMITS.fewestPoints)
    .max(LIMITS.dataPoints)
    .default(10_000)
    .describe("Only the most recent values up to this are used"),
  minDataPoints: z
    .number()
    .int()
    .min(1)
    .max(LIMITS.dataPoints)
    .optional()
    .describe("Refuse to run on fewer values than this"),
  ...signalConfig,
  auto: z.boolean().default(true).describe("Choose what is not given; false: the defaults p 2, d 1, q 2"),
  quick: z.boolean().default(false).describe("One starting point and no check on rolling origins"),
});

export type ArimaConfig = z.infer<typeof arimaConfigSchema>;

export function requiredPoints(config: ArimaConfig): number {
  const { p = 2, d = 1, q = 2, seasonal } = config;
  const { P, D, Q, m } = seasonal ?? { P: 0, D: 0, Q: 0, m: 1 };
  const parameters = p + q + P + Q + 2;
  // After differencing the longest lag must be reached and every parameter have a few values.
  const structural = d + D * m + Math.max(p + P * m, q + Q * m) + 2 * parameters;
  return Math.max(LIMITS.fewestPoints, structural, config.minDataPoints ?? 0);
}

/** Every fit stops at its budget of evaluations, so this is a bound. */
export function workUnits(config: ArimaConfig, points: number): number {
  const n = Math.min(points, config.maxDataPoints);
  const order = largestOrder(config);
  const evaluation = evaluationMicros(order, n);
  const isSearched = config.auto && (config.p === undefined || config.q === undefined);
  const search = isSearched ? MAX_CANDIDATES * CANDIDATE_FIT.maxEvaluations * evaluation : 0;
  const fit = evaluationsOf(config, order, n) * evaluation;
  const state = Math.max(order.p + order.P * order.m, order.q + order.Q * order.m + 1);
  const block = Math.min(state, config.steps);
  const prediction = 50 + 4 * evaluation + block * block * (config.steps * 0.002 + n * 0.0005);
  const check = config.quick ? 0 : fit + LIMITS.origins * prediction;
  return Math.ceil(testsMicros(n) + n + search + fit + check + prediction);
}

function largestOrder({ p = 2, d = 1, q = 2, seasonal }: ArimaConfig): ArimaOrder {
  return { p, d, q, ...(seasonal ?? { P: 0, D: 0, Q: 0, m: 1 }) };
}

/** A quick fit searches once; a dear likelihood is evaluated less often. */
export function evaluationsOf(config: ArimaConfig, order: ArimaOrder, n: number): number {
  const affordable = Math.floor(FIT_MICROS / evaluationMicros(order, n));
  return Math.max(50, Math.min(config.quick ? 1_000 : DEFAULT_FIT.maxEvaluations, affordable));
}
