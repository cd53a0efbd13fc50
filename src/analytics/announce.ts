import { isObject, type JsonObject, type JsonValue } from "../core/json";
import { formatMs } from "../core/timestamps";
import { SEVERITIES } from "./detection/severity";
import type { Findings } from "./run";

export interface MarkedEvent {
  mark: number;
  event: JsonObject;
}

interface Subject {
  executionId: string;
  strategyId: string;
  streamId: string | null;
  nowMs: number;
}

/** The events of a finished execution: its result, and one alert where anomalies reach the alert level. */
export function eventsOf(subject: Subject, findings: Findings): MarkedEvent[] {
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
  const alert = alertOf(findings);
  if (!alert) return [{ mark: 1, event: done }];
  const event = { event: "alert", id: `${subject.executionId}:alert`, type: "ANOMALY", ...about, ...alert };
  return [
    { mark: 1, event: done },
    { mark: 2, event },
  ];
}

/** One alert for all anomalies of an execution: the newest of the gravest speaks, the others are counted. */
function alertOf({ result, series }: Findings): JsonObject | null {
  if (result.type !== "ANOMALY_DETECTION") return null;
  const all = series
    ? series.flatMap((one) => one.result?.data.anomalies ?? [])
    : (result.data.anomalies ?? []);
  const marked = (Array.isArray(all) ? all : [])
    .flat()
    .filter((one) => isObject(one) && one.alert === true) as JsonObject[];
  const [gravest] = marked.sort(
    (a, b) => gravity(b) - gravity(a) || String(b.timestamp).localeCompare(String(a.timestamp)),
  );
  if (!gravest) return null;
  const others = marked.length - 1;
  return {
    level: gravest.severity!,
    message: `${String(gravest.message)}${others > 0 ? ` (and ${others} more)` : ""}`,
    context: { ...gravest, alert_count: marked.length },
    data: { anomaly: gravest, alertCount: marked.length, confidence: result.confidence },
  };
}

const gravity = (anomaly: JsonObject): number =>
  SEVERITIES.findIndex((severity) => severity === anomaly.severity);
