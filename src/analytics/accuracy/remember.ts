import type { WorkItem } from "../../core/work";
import type { TenantContext } from "../../platform/context";
import { errorFields, log } from "../../platform/log";
import { callShards } from "../../streams";
import type { Findings } from "../run";
import { forecastsOf } from "./forecasts-of";

/** Leaves an execution's forecasts with their stream, which holds them against what comes. The result stands without that. */
export async function rememberForecasts(
  ctx: TenantContext,
  { id, streamId, strategyId }: WorkItem,
  findings: Findings,
): Promise<void> {
  if (streamId === null || strategyId === null) return;
  const forecasts = forecastsOf(strategyId, findings);
  if (forecasts.length === 0) return;
  try {
    await callShards(ctx, streamId, (object, call) => object.rememberForecasts({ ...call, forecasts }));
  } catch (error) {
    log(ctx.config.LOG_LEVEL, "error", "forecasts_not_remembered", {
      execution_id: id,
      ...errorFields(error),
    });
  }
}
