import { z } from "zod";
import {
  type ArimaOrder,
  evaluationMicros,
  gapEvaluationMicros,
  MOST_EVALUATIONS_WITH_GAPS,
} from "../../forecasting/arima";
import { signalConfig } from "../signal";

export const LIMITS = {
  steps: 1_000,
  order: 8,
  seasonalOrder: 2,
  /** The state of a weekly season of hours is 337 + 9 long: within the kernel's 512. */
  season: 168,
  dataPoints: 20_000,
  /** The least that `minDataPoints` may ask for: two changes, so that there is an error to speak of. */
  fewestPoints: 3,
  /** The check of the stated probabilities takes one pass of the filter at each of these origins. */
  origins: 40,
  /** It fits on this share of the values and predicts the rest. */
  trainingShare: 0.6,
  /** Of lambda: what a power transform of real data takes. */
  lambda: 2,
};

/** Of the reference; in place of p, d and q with `auto: false`. */
export const REFERENCE_ORDER = { p: 2, d: 1, q: 2 };
/** Of the reference: with fewer, an order of (2,1,2) says more about chance than about the series. */
const MIN_DATA_POINTS = 100;
const MAX_DATA_POINTS = 10_000;

/** The most that fits may take, in work units: a search over seasonal orders of hours takes half of it. */
const FIT_UNITS = 600_000;
const QUICK_UNITS = 60_000;
/** Models of a search, and evaluations of each, rounded up. */
const SEARCHED = { models: 60, evaluations: 200 };
/** Both unit-root tests, raw and differenced, the outliers and the detection of a season: 12 ms on 4,000 values. */
const testsMicros = (n: number): number => 1_000 + 4 * n;

const order = z.number().int().min(0).max(LIMITS.order);
const difference = z.number().int().min(0).max(2);
const seasonalOrder = z.number().int().min(0).max(LIMITS.seasonalOrder);
const dataPoints = z.number().int().max(LIMITS.dataPoints);

export const arimaConfigSchema = z.strictObject({
  p: order.optional().describe("Autoregressive order; chosen by AICc when absent"),
  d: difference.optional().describe("Differences; chosen by unit-root tests when absent"),
  q: order.optional().describe("Moving average order; chosen by AICc when absent"),
  defaultParams: z
    .strictObject({ p: order, d: difference, q: order })
    .optional()
    .describe("The orders where p, d or q are absent, in place of choosing them"),
  seasonal: z
    .strictObject({
      P: seasonalOrder.default(0),
      D: z.number().int().min(0).max(1).default(0),
      Q: seasonalOrder.default(0),
      m: z.number().int().min(2).max(LIMITS.season).describe("Steps in a season"),
    })
    .optional()
    .describe("The seasonal part, taken as it is given"),
  constant: z
    .boolean()
    .optional()
    .describe(
      "A mean, or a drift after one difference; by AICc in a search, else a mean without differences",
    ),
  steps: z.number().int().min(1).max(LIMITS.steps).default(5).describe("Values to predict"),
  level: z.number().min(0.5).max(0.999).default(0.95).describe("Probability of the prediction interval"),
  optimizationMethod: z
    .enum(["ml", "css", "css-ml"])
    .default("ml")
    .describe(
      "ml: exact maximum likelihood from several starts; css: conditional sum of squares; css-ml: exact from the conditional estimate",
    ),
  maxDataPoints: dataPoints
    .min(LIMITS.fewestPoints)
    .default(MAX_DATA_POINTS)
    .describe("Only the most recent values up to this are used"),
  minDataPoints: dataPoints
    .min(LIMITS.fewestPoints)
    .default(MIN_DATA_POINTS)
    .describe(`Refuse to run on fewer values than this; at least ${LIMITS.fewestPoints}`),
  seasonalityDetection: z
    .boolean()
    .optional()
    .describe("Look for a season and model it; by default unless p, d and q are all given, or the season is"),
  outlierHandling: z
    .enum(["interpolate", "none"])
    .default("interpolate")
    .describe("interpolate: isolated outliers are read as their neighbours and their season say"),
  boxCox: z
    .union([z.literal("auto"), z.number().min(-1).max(LIMITS.lambda)])
    .optional()
    .describe("Lambda of a power transform before the fit (0: logarithm), or auto: by Guerrero's method"),
  intervals: z
    .enum(["calibrated", "model"])
    .default("calibrated")
    .describe("calibrated: widened by the errors at rolling origins; model: as the model states them"),
  ...signalConfig,
  auto: z.boolean().default(true).describe("Choose what is not given; false: the defaults p 2, d 1, q 2"),
  quick: z.boolean().default(false).describe("One starting point and no rolling origins"),
});

export type ArimaConfig = z.infer<typeof arimaConfigSchema>;

/** The orders the caller settled, with the reference's in place of the others where nothing is to be chosen. */
export function givenOrder({ p, d, q, defaultParams, auto, seasonal }: ArimaConfig): Partial<ArimaOrder> {
  const own = withoutAbsent({ p, d, q });
  return { ...(auto ? {} : REFERENCE_ORDER), ...defaultParams, ...own, ...seasonal };
}

const withoutAbsent = <T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };

export function requiredPoints(config: ArimaConfig): number {
  const { p = 0, d = 0, q = 0, P = 0, D = 0, Q = 0, m = 1 } = givenOrder(config);
  const parameters = p + q + P + Q;
  // After differencing the longest lag must be reached, and there must be more values than parameters.
  const structural = d + D * m + Math.max(p + P * m, q + Q * m) + parameters + 3;
  return Math.max(config.minDataPoints, parameters + d + D > 0 ? structural : 0);
}

/** Fits spend a budget of this and stop there, so it is a bound. */
export function workUnits(config: ArimaConfig, points: number): number {
  const n = Math.min(points, config.maxDataPoints);
  const evaluation = evaluationMicros(largestOrder(config), n);
  const state = Math.max(1, largestOrder(config).m);
  const prediction = 50 + 4 * evaluation + Math.min(state, config.steps) ** 2 * config.steps * 0.002;
  const check = config.quick ? 0 : LIMITS.origins * prediction;
  return Math.ceil(testsMicros(n) + fitUnits(config, n) + check + prediction);
}

/** The budget of everything that is fitted: the search, the model, and again at rolling origins. */
export function fitUnits(config: ArimaConfig, n: number): number {
  const { p, d, q } = givenOrder(config);
  const isGiven = p !== undefined && d !== undefined && q !== undefined;
  const fits = isGiven ? 20 : SEARCHED.models;
  const order = largestOrder(config);
  const wanted = fits * SEARCHED.evaluations * evaluationMicros(order, Math.min(n, 2_000));
  // Where values are missing their exact likelihood is dearer, and only taken where there is room for it.
  const gaps = 2 * MOST_EVALUATIONS_WITH_GAPS * gapEvaluationMicros({ ...order, P: 0, D: 0, Q: 0, m: 1 }, n);
  return Math.min(config.quick ? QUICK_UNITS : FIT_UNITS, wanted + gaps + 20 * n);
}

/** What is given, and for the rest what a search is likely to end with; a season of a day in hours where one may be found. */
function largestOrder(config: ArimaConfig): ArimaOrder {
  const isSearched = config.seasonal === undefined && seasonIsLookedFor(config);
  const likely = isSearched ? { P: 1, D: 1, Q: 1, m: 24 } : { P: 0, D: 0, Q: 0, m: 1 };
  return { ...REFERENCE_ORDER, ...likely, ...givenOrder(config) };
}

/** By default where there is something left to choose. */
export function seasonIsLookedFor(config: ArimaConfig): boolean {
  const { p, d, q, m } = givenOrder(config);
  if (m !== undefined) return false;
  return config.seasonalityDetection ?? !(p !== undefined && d !== undefined && q !== undefined);
}
