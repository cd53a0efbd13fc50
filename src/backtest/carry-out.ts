import { meterKernels } from "../analytics";
import { type Failure, fail } from "../core/errors";
import type { JsonObject } from "../core/json";
import { type Result, unwrap } from "../core/result";
import { claimOf, type WorkCost, type WorkItem } from "../core/work";
import type { TenantContext } from "../platform/context";
import { tenantObject } from "../platform/objects";
import { failWork } from "../platform/turn";
import { begun, opened } from "./advance";
import type { BacktestState, Progress } from "./contract";
import type { Loaded } from "./load";
import { fingerprintOf } from "./plan";
import { describeProgress, endEvent, partOf, progressEvent } from "./progress";
import { headlineOf, report } from "./report";
import type { BacktestRequest } from "./request";

/** Between two checkpoints: about a quarter of a second of CPU at most, one run of the strategy at least. */
const SLICE_UNITS = 250_000;
/** After this much, whatever else waits in the isolate is let in. */
const YIELD_UNITS = 200_000;
/** How often a backtest is begun anew because points of its range changed. */
const MAX_RESTARTS = 2;

/** What a checkpoint holds. */
interface Held {
  state: BacktestState;
  restarts: number;
  /** The part that was last told of. */
  told: number;
}

/**
 * Goes on with a running backtest, each slice stored before the next begins: to its end, or until `isOver`, where it is
 * given back. Gives the work as it stands then; one that was cancelled, or that somebody else went on with, is left as it
 * is. Throws `data_changed`, and `work_budget_exceeded` where no checkpoint can hold what was found.
 */
export async function carryOut(
  ctx: TenantContext,
  item: WorkItem,
  request: BacktestRequest,
  loaded: Loaded,
  isOver: (slices: number) => boolean,
): Promise<WorkItem> {
  const tenant = tenantObject(ctx.env, ctx.principal.tenantId);
  const held = heldBy(await tenant.workState(item.id), fingerprintOf(loaded.task));
  const advance = opened(loaded.task, loaded.plan, held.state);
  for (let slices = 1; ; slices++) {
    const { progress, cost } = await slice(advance, held.state.spentUnits);
    const events = newsOf(ctx, item, held, progress);
    const release = !progress.done && isOver(slices);
    const stored: Result<WorkItem> = await tenant.checkpointWork(
      claimOf(item),
      {
        state: JSON.stringify(held),
        progress: JSON.stringify(describeProgress(progress)),
        release,
        cost,
      },
      events.map((event) => JSON.stringify(event)),
    );
    if (!stored.ok && stored.failure.code === "conflict") {
      return unwrap<WorkItem>(await tenant.getWork(item.id, "backtest"));
    }
    const current = unwrap(stored);
    if (progress.done) return succeed(ctx, current, request, loaded, held);
    if (release) return current;
  }
}

async function slice(
  advance: (units: number) => Progress,
  spentBefore: number,
): Promise<{ progress: Progress; cost: WorkCost }> {
  for (let mostBytes = 0; ; ) {
    const { value: progress, kernelBytes } = meterKernels(() => advance(YIELD_UNITS));
    mostBytes = Math.max(mostBytes, kernelBytes);
    const units = progress.spentUnits - spentBefore;
    if (progress.done || units >= SLICE_UNITS) return { progress, cost: { units, kernelBytes: mostBytes } };
    await scheduler.wait(0);
  }
}

/** What was found so far; from the beginning where the data are not those it was found on. */
function heldBy(stored: string | null, fingerprint: string): Held {
  if (stored === null) return { state: begun(fingerprint), restarts: 0, told: 0 };
  const held = JSON.parse(stored) as Held;
  if (held.state.version === 1 && held.state.fingerprint === fingerprint) return held;
  const restarts = held.restarts + 1;
  if (restarts <= MAX_RESTARTS) return { ...held, state: begun(fingerprint), restarts };
  throw fail(
    "data_changed",
    `Points of the range changed ${restarts} times while the backtest ran. Name an end_date up to which nothing is written any more.`,
  );
}

/** The event of a part that is reached for the first time. */
function newsOf(ctx: TenantContext, item: WorkItem, held: Held, progress: Progress): JsonObject[] {
  const part = partOf(progress.fraction);
  if (progress.done || part <= held.told) return [];
  held.told = part;
  return [progressEvent(item, progress, ctx.clock.nowMs())];
}

async function succeed(
  ctx: TenantContext,
  item: WorkItem,
  request: BacktestRequest,
  { task, resolved, warnings }: Loaded,
  { state, restarts }: Held,
): Promise<WorkItem> {
  const found = report(task, state, request.budgetUnits);
  const headline = headlineOf(found);
  const restarted = restarts > 0 ? ["Points of the range changed while it ran: it was begun anew."] : [];
  const result = { resolved, ...found, warnings: [...warnings, ...restarted], result: headline };
  const outcome = {
    status: "succeeded" as const,
    result: JSON.stringify(result),
    summary: JSON.stringify({ resolved, ...headline }),
    error: null,
  };
  const event = endEvent(item, "succeeded", headline, ctx.clock.nowMs());
  const tenant = tenantObject(ctx.env, ctx.principal.tenantId);
  return unwrap<WorkItem>(await tenant.finishWork(claimOf(item), outcome, [JSON.stringify(event)]));
}

export const failedEvent = (item: WorkItem, { code, detail }: Failure, nowMs: number): JsonObject =>
  endEvent(item, "failed", { code, detail }, nowMs);

/** Ends a backtest with its reason, and tells of it. */
export const failBacktest = (ctx: TenantContext, item: WorkItem, failure: Failure): Promise<void> =>
  failWork(ctx, item, failure, { events: [failedEvent(item, failure, ctx.clock.nowMs())] });
