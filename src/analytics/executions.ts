import { formatMs } from "../core/timestamps";
import type { WorkItem, WorkSummary } from "../core/work";
import { errorOf } from "../platform/work-answers";
import type { Findings } from "./run";

/** An execution as it is answered, from the work that holds it. */
export function executionOf(item: WorkItem) {
  const findings: Partial<Findings> = item.result === null ? {} : JSON.parse(item.result);
  return { ...stateOf(item), ...findings, ...errorOf(item) };
}

/** An execution in a list: without what it found, which can be large. */
export function executionSummary(item: WorkSummary) {
  const summary: Record<string, unknown> = item.summary === null ? {} : JSON.parse(item.summary);
  return { ...stateOf(item), ...summary, ...errorOf(item) };
}

const stateOf = (item: WorkSummary) => ({
  execution_id: item.id,
  kind: item.kind,
  strategy_id: item.strategyId,
  stream_id: item.streamId,
  status: item.status,
  attempts: item.attempts,
  created_at: formatMs(item.createdMs),
  updated_at: formatMs(item.updatedMs),
  ...(item.progress === null ? {} : { progress: JSON.parse(item.progress) }),
});
