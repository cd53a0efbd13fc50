import { formatMs } from "../core/timestamps";
import type { WorkItem } from "../core/work";
import type { Findings } from "./run";

/** An execution as it is answered, from the work that holds it. */
export function executionOf(item: WorkItem) {
  const findings: Partial<Findings> = item.result === null ? {} : JSON.parse(item.result);
  return {
    execution_id: item.id,
    strategy_id: item.strategyId,
    stream_id: item.streamId,
    status: item.status,
    created_at: formatMs(item.createdMs),
    updated_at: formatMs(item.updatedMs),
    ...findings,
    ...(item.error === null ? {} : { error: JSON.parse(item.error) }),
  };
}

/** An execution in a list: without what it found, which can be large. */
export function executionSummary(item: WorkItem) {
  const { result, series: _, ...rest } = executionOf(item);
  return { ...rest, ...(result ? { type: result.type, confidence: result.confidence } : {}) };
}
