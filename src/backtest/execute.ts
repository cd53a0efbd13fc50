import {
  budgetUnits,
  createExecution,
  executionOf,
  failureFor,
  permittedStrategy,
  resolve,
} from "../analytics";
import { fail } from "../core/errors";
import type { WorkItem } from "../core/work";
import type { TenantContext } from "../platform/context";
import { type Reply, reply } from "../platform/http/endpoint";
import { acceptedHeaders, appliedHeader, isInline, type Preference } from "../platform/prefer";
import { begun, progressOf } from "./advance";
import { carryOut, failBacktest } from "./carry-out";
import { type Loaded, loadedOf, settled } from "./load";
import { pointsAt, runUnits } from "./plan";
import { describeProgress } from "./progress";
import { askedOf, type BacktestBody, type BacktestRequest } from "./request";

/** A backtest runs a strategy many times: all runs and checks together may take this many times what one execution may. */
const EXECUTIONS = 10;
/** What may be begun within a request: a request has 30 s of CPU. */
const INLINE_UNITS = 25_000_000;

/**
 * Tests a strategy on the past: within the request as long as the caller waits, and the rest through the queue. What
 * cannot be tested is refused before anything is stored: `strategy_not_found`, `strategy_not_allowed`,
 * `strategy_quota_exceeded`, `work_limit_reached`, what `resolve` throws, `not_enough_data`, `malformed_data`, `work_budget_exceeded`.
 */
export async function backtestStrategy(
  ctx: TenantContext,
  body: BacktestBody,
  preference: Preference,
): Promise<Reply> {
  const asked = askedOf(body, ctx.clock.nowMs());
  const { execution } = asked;
  const strategy = await permittedStrategy(ctx, execution);
  const resolution = await resolve(ctx, execution, { ...strategy, takesFieldsTogether: false });
  const request = settled(asked, resolution, EXECUTIONS * budgetUnits(ctx));
  const loaded = loadedOf(request, strategy, resolution);
  requireAffordable(ctx, loaded);
  const inline = isInline(preference, 0) && loaded.plan.totalUnits <= INLINE_UNITS;
  const item = await createExecution(ctx, {
    kind: "backtest",
    request: JSON.stringify(request),
    status: inline ? "running" : "queued",
    streamId: loaded.resolved.stream_id,
    strategyId: execution.strategyId,
  });
  const current = inline ? await runNow(ctx, item, request, loaded, preference) : item;
  const answer = executionOf(current);
  if (current.status !== "queued" && current.status !== "running")
    return reply(200, answer, appliedHeader(preference));
  const progress = describeProgress(progressOf(begun(""), loaded.plan));
  const accepted = { progress, ...answer, resolved: loaded.resolved, warnings: loaded.warnings };
  return reply(202, accepted, acceptedHeaders(preference, `/api/strategy/${item.id}`));
}

/** All runs together fit the budget by their plan; each must also fit an execution. */
function requireAffordable(ctx: TenantContext, { task, plan }: Loaded): void {
  const required = runUnits(task, pointsAt(task, plan.last));
  if (required <= budgetUnits(ctx)) return;
  throw fail(
    "work_budget_exceeded",
    `One run of the strategy needs about ${Math.ceil(required)} work units; an execution may take ${budgetUnits(ctx)}. Ask for a rolling window or a smaller model.`,
    { extra: { required_units: Math.ceil(required), limit_units: budgetUnits(ctx) } },
  );
}

/** The clock moves between slices: each ends in a call to an object. */
async function runNow(
  ctx: TenantContext,
  item: WorkItem,
  request: BacktestRequest,
  loaded: Loaded,
  { waitSeconds }: Preference,
): Promise<WorkItem> {
  const untilMs = ctx.clock.nowMs() + waitSeconds * 1_000;
  try {
    return await carryOut(ctx, item, request, loaded, () => ctx.clock.nowMs() >= untilMs);
  } catch (error) {
    await failBacktest(ctx, item, failureFor(error));
    throw error;
  }
}
