import type { JsonObject } from "../../core/json";
import { formatMicros, parseRangeEnd, parseTimestamp } from "../../core/timestamps";
import { BACKTEST_LIMITS, type BacktestTask, type StepRecord } from "../contract";
import type { Plan } from "../plan";

interface Incident {
  from: number;
  /** Exclusive. */
  end: number;
}

/** The alerts of the range, each given at the step it stands in, and how they agree with known incidents. */
export function describeDetection(
  task: BacktestTask,
  { first, last }: Plan,
  steps: readonly StepRecord[],
): JsonObject {
  const times = task.series.times.subarray(first, last + 1);
  const alerts = steps.flatMap((step) => step.alerts.filter((at) => at >= times[0]!));
  const labels = task.options.labels;
  return {
    readings: times.length,
    alert_count: alerts.length,
    alert_rate: alerts.length / times.length,
    alerts: alerts.slice(0, BACKTEST_LIMITS.listedAlerts).map((at) => formatMicros(at)),
    against_labels: labels === undefined ? null : compare(alerts, times, labels.map(incidentOf)),
  };
}

/** A label without an end is one reading; a date alone is its whole day. */
function incidentOf({ from, to }: { from: string; to?: string | undefined }): Incident {
  const start = parseTimestamp(from)!;
  return { from: start, end: parseRangeEnd(to ?? from) ?? start + 1 };
}

/**
 * An alert is right inside an incident; an incident is found by one alert inside. `chance_precision` is what alerts
 * thrown at random would reach: the share of readings that lie inside.
 */
function compare(alerts: readonly number[], times: Float64Array, incidents: readonly Incident[]): JsonObject {
  const seen = incidents.filter(({ from, end }) => times.some((time) => time >= from && time < end));
  const within = (time: number): boolean => seen.some(({ from, end }) => time >= from && time < end);
  const right = alerts.filter(within).length;
  const delays = seen.flatMap(({ from, end }) => {
    const hit = alerts.find((at) => at >= from && at < end);
    return hit === undefined ? [] : [(hit - from) / 1e6];
  });
  const precision = alerts.length > 0 ? right / alerts.length : null;
  const recall = seen.length > 0 ? delays.length / seen.length : null;
  const sum = (precision ?? 0) + (recall ?? 0);
  return {
    incidents: seen.length,
    found: delays.length,
    missed: seen.length - delays.length,
    false_alerts: alerts.length - right,
    false_alerts_per_1000_readings: ((alerts.length - right) / times.length) * 1_000,
    precision,
    recall,
    f1: precision === null || recall === null ? null : sum > 0 ? (2 * precision * recall) / sum : 0,
    mean_delay_seconds: delays.length > 0 ? delays.reduce((a, b) => a + b, 0) / delays.length : null,
    chance_precision: times.filter(within).length / times.length,
  };
}
