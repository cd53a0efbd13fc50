import { formatMicros, formatMs } from "../../src/core/timestamps";
import type { Judged } from "./judge";

/** The event of a reading outside its band, as the hub sends it on; the hub adds `seq`. */
export function alertEvent(
  id: string,
  atMs: number,
  streamId: string,
  { field, tags, timeMicros, verdict }: Judged,
): string {
  const { value, expected, lower, upper, score, severity, kind } = verdict;
  const context = {
    stream_id: streamId,
    field,
    tags,
    timestamp: formatMicros(timeMicros),
    value,
    expected,
    bounds: { lower, upper },
    score,
    severity,
    kind,
  };
  return JSON.stringify({
    event: "alert",
    id,
    ts: formatMs(atMs),
    type: "ANOMALY",
    level: severity,
    message: `${field} of ${streamId}: ${verdict.message}`,
    stream_id: streamId,
    strategy_id: null,
    execution_id: null,
    confidence: score,
    context,
    data: context,
  });
}
