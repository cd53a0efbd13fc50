import { unwrap } from "../../core/result";
import { KERNEL_BYTES } from "../../core/work";
import type { TenantContext } from "../../platform/context";
import { tenantObject } from "../../platform/objects";
import { type TierName, tierOf } from "../tiers";
import type { MetricsView } from "./contract";
import { type Counters, noCounters } from "./counters";
import { daysLived, periodOf, periodView } from "./period";

/** What the tenant's object knows. */
interface Figures {
  counters: Partial<Counters>;
  stored_bytes: number;
  model_tokens_this_month: number;
  tier: TierName;
  createdMs: number;
}

/** A tenant's figures over a period. Throws `invalid_request` and `tenant_not_found`. */
export async function readMetrics(
  ctx: TenantContext,
  tenantId: string,
  given: { start?: string | undefined; end?: string | undefined },
): Promise<MetricsView> {
  const nowMs = ctx.clock.nowMs();
  const period = periodOf(given, nowMs);
  const figures = unwrap<Figures>(await tenantObject(ctx.env, tenantId).metrics(period));
  const counters = { ...noCounters(), ...figures.counters };
  return {
    tenant_id: tenantId,
    period: periodView(period),
    metrics: metricsOf(counters),
    usage: usageOf(ctx, figures, counters, daysLived(period, figures.createdMs, nowMs)),
    llm: modelUse(ctx, figures, counters),
  };
}

const count = (value: number) => ({ value, unit: "count" as const });
const mean = (sum: number, of: number): number | null => (of === 0 ? null : sum / of);

function metricsOf(counters: Counters): MetricsView["metrics"] {
  const accuracy = mean(counters.accuracy, counters.compared);
  return {
    streams_processed: count(counters.writes),
    avg_processing_time: { value: mean(counters.timedMs, counters.timedWrites), unit: "ms" },
    total_data_size: { value: counters.bytes, unit: "bytes" },
    strategy_executions: count(counters.succeeded + counters.failed),
    // Rounding must not lead past either end.
    accuracy_score: { value: accuracy && Math.min(1, Math.max(0, accuracy)), unit: "percentage" },
    strategy_executions_failed: count(counters.failed),
    jobs: count(counters.jobs),
    forecasts_compared: count(counters.compared),
    points_accepted: count(counters.accepted),
    points_updated: count(counters.updated),
    points_duplicate: count(counters.duplicates),
    points_rejected: count(counters.rejected),
  };
}

function usageOf(
  ctx: TenantContext,
  { tier, stored_bytes }: Figures,
  { units, kernelBytes }: Counters,
  days: number,
): MetricsView["usage"] {
  const budget = days * tierOf(ctx.config, tier).compute_units_per_day;
  return {
    cpu_usage: units / budget,
    memory_usage: Math.min(1, kernelBytes / KERNEL_BYTES),
    storage_used: stored_bytes,
    work_units: Math.round(units),
    work_units_budget: budget,
  };
}

function modelUse(
  ctx: TenantContext,
  { model_tokens_this_month }: Figures,
  { modelCalls, modelTokens, modelRefused }: Counters,
): MetricsView["llm"] {
  const budget = ctx.config.LLM_TOKENS_PER_MONTH;
  return {
    calls: modelCalls,
    tokens: modelTokens,
    refused: modelRefused,
    tokens_budget: budget,
    tokens_left: Math.max(0, budget - model_tokens_this_month),
  };
}
