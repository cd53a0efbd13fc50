import { z } from "zod";
import { fail } from "../../core/errors";
import type { JsonObject } from "../../core/json";
import { formatMicros } from "../../core/timestamps";
import type { Strategy, StrategyInput, StrategyResult } from "../contract";
import { isAtLeast, SEVERITIES, severityOf } from "../detection/severity";
import { type Judged, trailingZ, WARM_UP } from "../detection/trailing-z";
import { normalCdf } from "../forecasting/normal";
import { finite, shown } from "./result";

const LIMITS = {
  window: 5_000,
  /** Listed, the highest scores first kept; all are counted. */
  listed: 500,
};

const configSchema = z.strictObject({
  threshold: z
    .number()
    .min(1)
    .max(20)
    .default(3)
    .describe("Distance from the trailing mean, in standard deviations, that is an anomaly"),
  method: z
    .literal("z_score", { error: 'only "z_score" is available' })
    .default("z_score")
    .describe("z_score: against the mean and standard deviation of the window before the value"),
  window_size: z
    .number()
    .int()
    .min(WARM_UP)
    .max(LIMITS.window)
    .default(100)
    .describe("Values before the judged one that it is compared with"),
  alert_level: z
    .enum(SEVERITIES)
    .default("INFO")
    .describe("An anomaly of this severity or above is marked as an alert; all are listed"),
  auto: z
    .boolean()
    .default(false)
    .describe("Raise the threshold so that noise alone gives less than one anomaly"),
  quick: z.boolean().default(false).describe("Judge the last window only"),
});

type Config = z.infer<typeof configSchema>;

export const anomalyDetection: Strategy<Config> = {
  id: "anomaly_detection",
  title: "Anomaly detection",
  description:
    "Values that lie far from what the values before them let expect, with bounds, score and severity.",
  configSchema,
  requiredPoints: () => WARM_UP + 1,
  workUnits: (config, points) => Math.ceil(200 + points * (1 + config.window_size * 0.006)),
  run,
};

function run(config: Config, input: StrategyInput): StrategyResult {
  const required = anomalyDetection.requiredPoints(config);
  if (input.values.length < required) {
    const detail = `A value is judged by at least ${WARM_UP} before it; ${input.field} has ${input.values.length}.`;
    throw fail("not_enough_data", detail, { extra: { required, available: input.values.length } });
  }
  // A window to judge and a window to learn from before it.
  const from = config.quick ? Math.max(0, input.values.length - 2 * config.window_size) : 0;
  const times = input.times.subarray(from);
  const values = input.values.subarray(from);
  const threshold = config.auto
    ? Math.max(config.threshold, quietThreshold(values.length))
    : config.threshold;
  const judged = trailingZ(values, config.window_size, threshold);
  const found: JsonObject[] = [];
  judged.forEach((one, t) => {
    if (one !== null && one.ratio >= 1) found.push(describe(config, input.field, times[t]!, values[t]!, one));
  });
  const points = judged.filter((one) => one !== null).length;
  const outside = points > 0 ? found.length / points : 0;
  return {
    type: "ANOMALY_DETECTION",
    data: {
      anomalies: strongest(found),
      anomalyCount: found.length,
      alertCount: found.filter((anomaly) => anomaly.alert === true).length,
      bySeverity: Object.fromEntries(
        SEVERITIES.map((severity) => [
          severity,
          found.filter((anomaly) => anomaly.severity === severity).length,
        ]),
      ),
      pointsAnalyzed: points,
      warmUp: judged.length - points,
      latest: latestOf(times, values, judged),
    },
    confidence: confidenceOf(points, threshold, found.length),
    metrics: {
      anomalyRate: outside,
      expectedRateOfNoise: 2 * normalCdf(-threshold),
      threshold,
      windowSize: config.window_size,
    },
    explain: {
      method: "z_score",
      rule: `outside mean ± ${threshold} standard deviations of the ${config.window_size} values before it, anomalies among them cut back to their bound`,
      score: "1 - 2^(-distance / alert distance): 0.5 at the alert level",
      confidence: confidenceRule(found.length),
    },
  };
}

/** Normal noise passes this in one of n values at most once in ten series: Bonferroni. */
function quietThreshold(points: number): number {
  let threshold = 3;
  while (points * 2 * normalCdf(-threshold) > 0.1) threshold += 0.1;
  return Number(threshold.toFixed(1));
}

function describe(config: Config, field: string, time: number, value: number, judged: Judged): JsonObject {
  const severity = severityOf(judged.ratio);
  const isSpike = value > judged.expected;
  const side = isSpike ? "above" : "below";
  return {
    timestamp: formatMicros(time),
    field,
    value: finite(value),
    expected: finite(judged.expected),
    bounds: { lower: finite(judged.lower), upper: finite(judged.upper) },
    score: judged.score,
    severity,
    alert: isAtLeast(severity, config.alert_level),
    kind: isSpike ? "spike" : "dip",
    message: `${field} is ${shown(value)}, ${side} the expected ${shown(judged.lower)} to ${shown(judged.upper)}`,
  };
}

/** In order of time; past the limit only those with the highest scores. */
function strongest(found: JsonObject[]): JsonObject[] {
  if (found.length <= LIMITS.listed) return found;
  const scores = found.map((anomaly) => Number(anomaly.score)).sort((a, b) => b - a);
  const least = scores[LIMITS.listed - 1]!;
  return found.filter((anomaly) => Number(anomaly.score) >= least).slice(0, LIMITS.listed);
}

function latestOf(times: Float64Array, values: Float64Array, judged: (Judged | null)[]): JsonObject {
  const last = judged.at(-1) ?? null;
  return {
    timestamp: formatMicros(times.at(-1)!),
    value: finite(values.at(-1)!),
    expected: finite(last?.expected ?? null),
    bounds: last === null ? null : { lower: finite(last.lower), upper: finite(last.upper) },
    score: last?.score ?? 0,
    isAnomaly: last !== null && last.ratio >= 1,
  };
}

/** Never certain, and never certain of nothing. */
const CONFIDENCE = { least: 0.05, most: 0.99 };
/** More than this outside is no matter of anomalies but of a window that does not fit the series. */
const PLAUSIBLE_RATE = 0.1;

/** The share of the anomalies that normal noise does not account for: (found - expected of noise) / found. */
function confidenceOf(points: number, threshold: number, found: number): number {
  if (found === 0) return (points + 1) / (points + 2);
  const excess = (found - points * 2 * normalCdf(-threshold)) / found;
  const misfit = Math.min(1, (PLAUSIBLE_RATE * points) / found);
  return Math.min(CONFIDENCE.most, Math.max(CONFIDENCE.least, misfit * excess));
}

const confidenceRule = (found: number): string =>
  found === 0
    ? "(points + 1) / (points + 2): no value of those judged broke its bound"
    : "the share of the anomalies that noise of this rate does not account for";
