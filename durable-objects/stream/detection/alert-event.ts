import { formatMicros, formatMs } from "../../../src/core/timestamps";
import type { Found } from "./observe";

/** Series that an alert names; more are counted only. */
const SERIES_NAMED = 20;

/**
 * The event of an incident, as the hub sends it on; the hub adds `seq`. The context is that of its most unusual reading,
 * which comes first in `found`; where there are several series, `series` names them.
 */
export function alertEvent(id: string, atMs: number, streamId: string, found: readonly Found[]): string {
  const [most] = found as [Found];
  const { verdict } = most;
  const context = {
    stream_id: streamId,
    ...readingOf(most),
    ...(found.length > 1
      ? { series_count: found.length, series: found.slice(0, SERIES_NAMED).map(readingOf) }
      : {}),
  };
  const message = `${most.series.field} of ${streamId}: ${verdict.message}`;
  return JSON.stringify({
    event: "alert",
    id,
    ts: formatMs(atMs),
    type: "ANOMALY",
    level: verdict.severity,
    message:
      found.length > 1
        ? `${found.length} series of ${streamId} at once; the most unusual, ${message}`
        : message,
    stream_id: streamId,
    strategy_id: null,
    execution_id: null,
    confidence: verdict.score,
    context,
    data: context,
  });
}

function readingOf({ series, timeMicros, verdict }: Found) {
  const { value, expected, lower, upper, score, severity, kind, message } = verdict;
  return {
    field: series.field,
    tags: series.tagSet.tags,
    timestamp: formatMicros(timeMicros),
    value,
    expected,
    bounds: { lower, upper },
    score,
    severity,
    kind,
    message: `${series.field} ${message}`,
  };
}
