import { AppError, type Failure, isOurs } from "../core/errors";
import { newId } from "../core/ids";
import { unwrap } from "../core/result";
import { claimOf, type NewWork, type WorkItem } from "../core/work";
import type { TenantContext } from "../platform/context";
import { type Reply, reply } from "../platform/http/endpoint";
import { tenantObject } from "../platform/objects";
import { acceptedHeaders, appliedHeader, isInline, type Preference } from "../platform/prefer";
import { failWork } from "../platform/turn";
import { rememberForecasts } from "./accuracy/remember";
import { permittedStrategy } from "./allowed";
import { eventsOf } from "./announce";
import { executionOf } from "./executions";
import { meterKernels } from "./kernel/memory-meter";
import { type ExecuteBody, type ExecutionRequest, requestOf } from "./request";
import { resolve } from "./resolve";
import type { Resolution } from "./resolved";
import { estimate, runOn } from "./run";
import type { PreparedStrategy } from "./strategies/registry";

const UNITS_PER_SECOND = 1_000_000;

/**
 * Runs a strategy: at once where its estimated work fits the wait, else through the queue. Throws `strategy_not_found`,
 * `strategy_not_allowed`, `strategy_quota_exceeded`, what {@link resolve} throws, `not_enough_data` and `work_budget_exceeded`.
 */
export async function executeStrategy(
  ctx: TenantContext,
  body: ExecuteBody,
  preference: Preference,
): Promise<Reply> {
  const request = requestOf(body, ctx.clock.nowMs());
  const strategy = await permittedStrategy(ctx, request);
  const resolution = await resolve(ctx, request, strategy);
  // What is asked is settled here: a queued execution must not move to a stream that is written to meanwhile.
  request.target.streamId = resolution.resolved.stream_id;
  const units = planned(strategy, resolution, ctx);
  const inline = units === null || isInline(preference, units / UNITS_PER_SECOND);
  const item = await createExecution(ctx, workOf(request, inline ? "running" : "queued"));
  if (inline) {
    const ended = await runNow(ctx, item, strategy, resolution);
    return reply(200, executionOf(ended), appliedHeader(preference));
  }
  const accepted = { ...executionOf(item), resolved: resolution.resolved };
  return reply(202, accepted, acceptedHeaders(preference, `/api/strategy/${item.id}`));
}

/** What it will take at most, or null where the execution will fail: that costs nothing and is told at once. */
function planned(strategy: PreparedStrategy, resolution: Resolution, ctx: TenantContext): number | null {
  try {
    return Math.min(estimate(strategy, resolution), budgetUnits(ctx));
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

/** MAX_EXECUTION_TIME is in thousands of work units. */
export const budgetUnits = (ctx: TenantContext): number => ctx.config.MAX_EXECUTION_TIME * 1_000;

/** A request as the work that it is. */
export const workOf = (request: ExecutionRequest, status: NewWork["status"]) => ({
  kind: "strategy" as const,
  request: JSON.stringify(request),
  status,
  streamId: request.target.streamId,
  strategyId: request.strategyId,
});

/** Stores an execution; one of this id that is there already is given as it is. Throws `strategy_quota_exceeded` and `work_limit_reached`. */
export async function createExecution(
  ctx: TenantContext,
  { id = newId("exec", ctx.random), ...execution }: Omit<NewWork, "id" | "traceparent"> & { id?: string },
): Promise<WorkItem> {
  const { tenantId, clientId } = ctx.principal;
  const work = { ...execution, id, traceparent: ctx.traceparent };
  return unwrap<WorkItem>(
    await tenantObject(ctx.env, tenantId).createWork(work, { clientId, requestId: ctx.requestId }),
  );
}

/** Runs an execution in its own request. A failure is stored and thrown, with the id under which it is. */
async function runNow(
  ctx: TenantContext,
  item: WorkItem,
  strategy: PreparedStrategy,
  resolution: Resolution,
): Promise<WorkItem> {
  try {
    const { ended, failure } = await carryOut(ctx, item, strategy, resolution);
    if (failure) throw new AppError(failure);
    return ended;
  } catch (error) {
    const failure = failureFor(error);
    await failWork(ctx, item, failure);
    if (!(error instanceof AppError)) throw error;
    throw new AppError({ ...failure, extra: { ...failure.extra, execution_id: item.id } });
  }
}

/** Does a claimed execution from its stored request; gives the work units it took. Throws what is our own mistake. */
export async function executeClaimed(ctx: TenantContext, item: WorkItem): Promise<number> {
  const request = JSON.parse(item.request) as ExecutionRequest;
  try {
    const strategy = await permittedStrategy(ctx, request);
    return (await carryOut(ctx, item, strategy, await resolve(ctx, request, strategy))).units;
  } catch (error) {
    if (!(error instanceof AppError) || isOurs(error.failure)) throw error;
    await failWork(ctx, item, error.failure);
    return 0;
  }
}

/** Runs a strategy and stores how it ended, with what is told of it. What was cancelled meanwhile stays so, and is not told. */
async function carryOut(
  ctx: TenantContext,
  item: WorkItem,
  strategy: PreparedStrategy,
  resolution: Resolution,
): Promise<{ ended: WorkItem; failure: Failure | null; units: number }> {
  const units = Math.min(estimate(strategy, resolution), budgetUnits(ctx));
  const run = meterKernels(() => runOn(strategy, resolution, budgetUnits(ctx)));
  const { findings, failure } = run.value;
  const { result, resolved } = findings;
  const outcome = {
    status: failure ? ("failed" as const) : ("succeeded" as const),
    result: JSON.stringify(findings),
    summary: JSON.stringify({ resolved, type: result.type, confidence: result.confidence }),
    error: failure && JSON.stringify(failure),
    cost: { units, kernelBytes: run.kernelBytes },
  };
  const subject = {
    executionId: item.id,
    strategyId: strategy.id,
    streamId: item.streamId,
    nowMs: ctx.clock.nowMs(),
  };
  const events = failure ? [] : eventsOf(subject, findings).map((event) => JSON.stringify(event));
  const tenant = tenantObject(ctx.env, ctx.principal.tenantId);
  const ended = unwrap<WorkItem>(await tenant.finishWork(claimOf(item), outcome, events));
  if (ended.status === "succeeded") await rememberForecasts(ctx, ended, findings);
  return { ended, failure, units };
}

export const failureFor = (error: unknown): Failure =>
  error instanceof AppError
    ? error.failure
    : { code: "internal", detail: "The execution failed on our side." };
