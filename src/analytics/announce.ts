import { isObject, type JsonObject, type JsonValue } from "../core/json";
import { formatMs } from "../core/timestamps";
import { SEVERITIES } from "./detection/severity";
import type { Findings } from "./run";

interface Subject {
  executionId: string;
  strategyId: string;
  streamId: string | null;
  nowMs: number;
}

/** The events of a finished execution: its result, and one alert where anomalies reach the alert level. */
export function eventsOf(subject: Subject, findings: Findings): JsonObject[] {
  const { result } = findings;
  const about = {
    ts: formatMs(subject.nowMs),
    stream_id: subject.streamId,
    strategy_id: subject.strategyId,
    execution_id: subject.executionId,
    confidence: result.confidence,
  };
  const signal: JsonValue = result.data.signal ?? null;
  const predictions: JsonValue = result.data.predictions ?? null;
  const done: JsonObject = {
    event: "strategy_result",
    id: `${subject.executionId}:result`,
    type: result.type,
    ...about,
    signal,
    metrics: result.metrics,
    data: { ...result.data, confidence: result.confidence, signal, predictions },
  };
  const alert = alertOf(subject, findings);
  if (!alert) return [done];
  const event = { event: "alert", id: `${subject.executionId}:alert`, type: "ANOMALY", ...about, ...alert };
  return [done, event];
}

/** One alert for all anomalies of an execution: the newest of the gravest speaks, the others are counted. */
function alertOf({ streamId }: Subject, { resolved, result, series }: Findings): JsonObject | null {
  const all = (series ?? [{ tags: resolved.tags, result }]).flatMap((one) =>
    markedIn(one.result?.data).map((anomaly) => ({ tags: one.tags, anomaly })),
  );
  const [gravest] = all.sort(
    ({ anomaly: a }, { anomaly: b }) =>
      gravity(b) - gravity(a) || String(b.timestamp).localeCompare(String(a.timestamp)),
  );
  if (!gravest) return null;
  const { tags, anomaly } = gravest;
  const others = all.length - 1;
  return {
    level: anomaly.severity!,
    message: `${String(anomaly.message)}${others > 0 ? ` (and ${others} more)` : ""}`,
    // As the alerts of streams have it, and more.
    context: { stream_id: streamId, tags, ...anomaly, alert_count: all.length },
    data: { anomaly, alertCount: all.length, confidence: result.confidence },
  };
}

/** Anomalies that are marked as alerts, in a strategy's own data or in those of the analyses that it ran. */
function markedIn(data: JsonObject | undefined): JsonObject[] {
  const own = listOf(data?.anomalies).filter(({ alert }) => alert === true);
  const ofAnalyses = listOf(data?.analyses).flatMap(({ result }) =>
    isObject(result) && isObject(result.data) ? markedIn(result.data) : [],
  );
  return [...own, ...ofAnalyses];
}

const listOf = (value: JsonValue | undefined): JsonObject[] =>
  Array.isArray(value) ? value.filter((one): one is JsonObject => isObject(one)) : [];

const gravity = (anomaly: JsonObject): number =>
  SEVERITIES.findIndex((severity) => severity === anomaly.severity);
