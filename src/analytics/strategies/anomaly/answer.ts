import type { JsonObject } from "../../../core/json";
import { formatMicros } from "../../../core/timestamps";
import type { StrategyResult } from "../../contract";
import { DEFAULT_OPTIONS, type MethodId } from "../../detection/batch/method";
import { isAtLeast, SEVERITIES, type Severity, scoreOf, severityOf } from "../../detection/severity";
import { finite } from "../result";
import { confidenceOf, confidenceRule } from "./confidence";
import { type AnomalyConfig, LIMITS, optionsOf } from "./config";
import { type Described, describeAll } from "./describe";
import { incidentsOf } from "./incidents";
import type { Judgement } from "./judge";

export function answer(config: AnomalyConfig, judgement: Judgement): StrategyResult {
  const { detection, rows, choice } = judgement;
  const all = describeAll(config, judgement);
  const listed = strongest(all);
  const severities = severitiesOf(judgement, all);
  const judged = Math.max(0, rows.times.length - detection.judgedFrom);
  const isChecked = choice.method === "bounds" && config.bounds !== undefined;
  // What is outside of bounds that were given is so, and no matter of noise.
  const expectedRate = isChecked ? 0 : detection.expectedRate;
  return {
    type: "ANOMALY_DETECTION",
    data: {
      anomalies: listed.map(({ json }) => json),
      incidents: incidentsOf(judgement, listed),
      anomalyCount: severities.length,
      alertCount: severities.filter((severity) => isAtLeast(severity, config.alert_level)).length,
      bySeverity: Object.fromEntries(
        SEVERITIES.map((severity) => [severity, severities.filter((one) => one === severity).length]),
      ),
      method: choice.method,
      fields: rows.fields,
      pointsAnalyzed: judged,
      warmUp: rows.times.length - judged,
      latest: latestOf(judgement, all),
    },
    confidence: confidenceOf(judged, expectedRate, detection.ratios),
    metrics: {
      anomalyRate: judged > 0 ? detection.count / judged : 0,
      expectedRateOfNoise: expectedRate,
      expectedFalseAnomalies: expectedRate * judged,
      threshold: isChecked ? null : detection.level,
      windowSize: config.window_size,
    },
    explain: explain(config, judgement),
  };
}

/** In order of time; past the limit only those furthest out. */
function strongest(all: Described[]): Described[] {
  if (all.length <= LIMITS.listed) return all;
  const kept = new Set(all.toSorted((a, b) => b.ratio - a.ratio).slice(0, LIMITS.listed));
  return all.filter((one) => kept.has(one));
}

/** Of all anomalies, also of those that are not listed. */
function severitiesOf({ detection, gaps, flatLines }: Judgement, all: readonly Described[]): Severity[] {
  const besides = gaps.length + flatLines.length;
  if (all.length === detection.count + besides) return all.map(({ severity }) => severity);
  return [...detection.ratios, ...gaps.map(({ ratio }) => ratio), ...flatLines.map(({ ratio }) => ratio)].map(
    severityOf,
  );
}

function latestOf({ rows, detection }: Judgement, all: readonly Described[]): JsonObject {
  const row = rows.times.length - 1;
  const { field, expected, lower, upper } = detection.latest;
  const here = all.filter((one) => one.row <= row && one.until >= row);
  const worst = here.reduce((most, { ratio }) => Math.max(most, ratio), 0);
  return {
    timestamp: formatMicros(rows.times[row]!),
    field: rows.fields[field]!,
    value: finite(rows.columns[field]![row]!),
    expected: finite(expected),
    bounds: { lower: finite(lower), upper: finite(upper) },
    score: worst > 0 ? Math.max(detection.scores[row]!, scoreOf(worst)) : detection.scores[row]!,
    isAnomaly: here.length > 0,
  };
}

const RULES: Record<MethodId, (config: AnomalyConfig) => string> = {
  z_score: ({ window_size }) =>
    `far from the mean of the ${window_size} rows before it, by their standard deviation; anomalies among them are cut back to their bound`,
  robust_z: ({ window_size }) =>
    `far from the median of the ${window_size} rows before it, by their median absolute deviation`,
  iqr: () => "beyond Tukey's fences around the quartiles of all rows",
  isolation_forest: () => "few random splits set it apart (100 trees on 256 rows each)",
  one_class_svm: () => "unlike the rows within the boundary that holds nine in ten",
  ensemble: ({ methods, combine }) =>
    `the ${combine} of ${(methods ?? DEFAULT_OPTIONS.members).join(", ")}, in alert levels of at most 2.5, reaches 1`,
  bounds: ({ bounds }) =>
    bounds
      ? "outside of the given bounds"
      : "outside of what all other rows let expect, by Student's distribution",
};

function explain(config: AnomalyConfig, { choice, seasons, detection, rows }: Judgement): JsonObject {
  const { adaptive } = optionsOf(config, rows.times.length);
  return {
    method: choice.method,
    reason: choice.reason,
    rule: RULES[choice.method](config),
    level: adaptive
      ? `taken from the series: the distance that a share of ${adaptive.falseAlarmRate} of normal rows passes`
      : "given in standard deviations of normal noise, for every method",
    season: { periods: seasons.periods, reason: seasons.reason },
    besides: "readings missing from the rhythm of the times, and values that stand still for too long",
    score: "1 - 2^(-distance / alert distance): 0.5 at the alert level",
    confidence: confidenceRule(detection.count),
  };
}
