import { z } from "zod";
import { type BatchOptions, DEFAULT_OPTIONS, METHOD_IDS, type MethodId } from "../../detection/batch/method";
import { requiredPoints, takesFieldsTogether } from "../../detection/batch/registry";
import { WARM_UP } from "../../detection/batch/trailing";
import { SEVERITIES } from "../../detection/severity";

export const LIMITS = {
  window: 5_000,
  season: 20_000,
  /** Listed, the highest scores first kept; all are counted. */
  listed: 500,
  members: 6,
};

const MEMBER_IDS = METHOD_IDS.filter((id) => id !== "ensemble");
const bound = z.number().optional();

const fields = z.strictObject({
  method: z
    .enum(METHOD_IDS)
    .optional()
    .describe(
      "How a row is judged; without one z_score, or bounds where there are too few rows or bounds are given. isolation_forest, one_class_svm and ensemble judge several fields together",
    ),
  methods: z
    .array(z.enum(MEMBER_IDS))
    .min(1)
    .max(LIMITS.members)
    .refine((ids) => new Set(ids).size === ids.length, "names a method twice")
    .optional()
    .describe("The methods of an ensemble"),
  ensemble: z.boolean().optional().describe("Judge by several methods together; so where several are named"),
  combine: z
    .enum(["mean", "median"])
    .default("mean")
    .describe("What of an ensemble's members counts, in alert levels"),
  threshold: z
    .number()
    .min(1)
    .max(20)
    .optional()
    .describe(
      "Standard deviations of normal noise that are an anomaly, whatever the method; by default 3, of iqr 2.7 (Tukey's fences). With adaptiveThreshold the least level",
    ),
  adaptiveThreshold: z
    .boolean()
    .optional()
    .describe("Take the level from the series by extreme value theory; so where false_alarm_rate is given"),
  false_alarm_rate: z
    .number()
    .min(1e-6)
    .max(0.1)
    .optional()
    .describe("The share of normal rows that an adaptive level lets pass, 0.001 by default"),
  window_size: z
    .number()
    .int()
    .min(WARM_UP)
    .max(LIMITS.window)
    .default(DEFAULT_OPTIONS.windowSize)
    .describe("Rows before the judged one that it is compared with, where a method has a window"),
  alert_level: z
    .enum(SEVERITIES)
    .default("INFO")
    .describe("An anomaly of this severity or above is marked as an alert; all are listed"),
  bounds: z
    .strictObject({ lower: bound, upper: bound })
    .optional()
    .describe("What is outside is an anomaly, from one reading on: the method bounds"),
  season: z
    .union([z.enum(["auto", "none"]), z.number().int().min(2).max(LIMITS.season)])
    .default("auto")
    .describe("Rows of a season that is taken off before; auto: those that are found"),
  seed: z
    .number()
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(DEFAULT_OPTIONS.seed)
    .describe("Of isolation_forest and one_class_svm: the same seed, the same answer"),
  auto: z
    .boolean()
    .default(false)
    .describe("Raise the level, by the series, so that noise alone gives less than one anomaly"),
  quick: z.boolean().default(false).describe("Judge the last window only"),
});
type Fields = z.infer<typeof fields>;

/** Strict; keys that contradict each other are refused, for one of them would be passed over. */
export const anomalyConfigSchema = fields.superRefine((config, context) => {
  for (const { key, message } of contradictions(config))
    context.addIssue({ code: "custom", path: [key], message });
});
export type AnomalyConfig = Fields;

function* contradictions(config: Fields): Generator<{ key: keyof Fields; message: string }> {
  const { method, methods, ensemble, bounds } = config;
  if (methods && method !== undefined && method !== "ensemble")
    yield { key: "methods", message: `are those of an ensemble; method is "${method}"` };
  if (methods && methods.length > 1 && ensemble === false)
    yield { key: "ensemble", message: "is false, but several methods are named" };
  if (ensemble && method !== undefined && method !== "ensemble")
    yield { key: "ensemble", message: `is true, but method is "${method}"` };
  if (config.adaptiveThreshold === false && config.false_alarm_rate !== undefined)
    yield { key: "false_alarm_rate", message: "is that of an adaptive threshold, which is switched off" };
  if (!bounds) return;
  const named = methodNamed(config);
  const checks = named === null || named === "bounds" || (methods?.includes("bounds") ?? false);
  if (!checks) yield { key: "bounds", message: `are checked by the method "bounds", not by "${named}"` };
  if (bounds.lower === undefined && bounds.upper === undefined)
    yield { key: "bounds", message: "has neither lower nor upper" };
  if (bounds.lower !== undefined && bounds.upper !== undefined && bounds.lower > bounds.upper)
    yield { key: "bounds", message: "has its lower bound above the upper" };
}

/** The method that a config names; null: it is for the data to say. */
export function methodNamed({ method, methods, ensemble }: Fields): MethodId | null {
  if (method !== undefined) return method;
  if (methods) return methods.length > 1 || ensemble ? "ensemble" : methods[0]!;
  return ensemble ? "ensemble" : null;
}

/** Without a method named: what is asked most, where there are rows enough. */
const USUAL: MethodId = "z_score";

export interface Choice {
  method: MethodId;
  reason: string;
}

export function choiceOf(config: Fields, rows: number): Choice {
  const named = methodNamed(config);
  if (named !== null) return { method: named, reason: "the method was named" };
  if (config.bounds) return { method: "bounds", reason: "bounds were given" };
  const required = requiredPoints(USUAL, {});
  return rows >= required
    ? { method: USUAL, reason: "no method was named" }
    : {
        method: "bounds",
        reason: `no method was named, and there are ${rows} rows: ${USUAL} takes ${required}`,
      };
}

/** Expected of noise alone in a whole series with `auto`. */
const AUTO_EXPECTED = 0.1;
const DEFAULT_RATE = 1e-3;

/** What the config asks of the batch methods; `rows`: how many there are to judge. */
export function optionsOf(config: Fields, rows: number): Partial<BatchOptions> {
  const { threshold, bounds, methods, window_size, combine, seed } = config;
  return {
    windowSize: window_size,
    combine,
    seed,
    adaptive: adaptiveOf(config, rows),
    bounds: bounds ? { lower: bounds.lower ?? null, upper: bounds.upper ?? null } : null,
    ...(threshold === undefined ? {} : { threshold }),
    ...(methods ? { members: methods } : {}),
  };
}

function adaptiveOf(config: Fields, rows: number): BatchOptions["adaptive"] {
  const { threshold, adaptiveThreshold, false_alarm_rate, auto } = config;
  if (adaptiveThreshold || false_alarm_rate !== undefined) {
    return { falseAlarmRate: false_alarm_rate ?? DEFAULT_RATE, least: threshold ?? 0 };
  }
  if (!auto) return null;
  const falseAlarmRate = Math.min(DEFAULT_RATE, AUTO_EXPECTED / Math.max(1, rows));
  return { falseAlarmRate, least: threshold ?? DEFAULT_OPTIONS.threshold };
}

export function requiredRows(config: Fields): number {
  return requiredPoints(methodNamed(config) ?? "bounds", optionsOf(config, 1));
}

export function isJoint(config: Fields): boolean {
  const named = methodNamed(config);
  return named !== null && takesFieldsTogether(named);
}
