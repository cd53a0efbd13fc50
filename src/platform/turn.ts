import { AppError, type ErrorCode, type Failure } from "../core/errors";
import type { JsonObject } from "../core/json";
import { unwrap } from "../core/result";
import {
  claimOf,
  WORK_LIMITS,
  WORK_RULES,
  type WorkClaim,
  type WorkItem,
  type WorkKind,
  type WorkOutcome,
} from "../core/work";
import type { TenantContext } from "./context";
import { continueTrace } from "./http/trace";
import { errorFields, log } from "./log";
import { tenantObject } from "./objects";

const GONE: ReadonlySet<ErrorCode> = new Set(["execution_not_found", "job_not_found", "tenant_not_found"]);

/** What is kept and told of work that fails. */
export interface Ending {
  /** Where it is now; absent: where it was last. */
  progress?: JsonObject;
  events?: readonly JsonObject[];
}

/** How a kind of work is done. */
export interface Runner {
  /**
   * Does a claimed piece and stores how it ended, an expected failure too; gives the work units that took. May be called
   * again for the same piece. What it throws is our mistake: the piece is tried again.
   */
  run(ctx: TenantContext, item: WorkItem): Promise<number>;
  /** What is kept and told beside the reason where a piece is given up; `item` as it is by then. */
  givenUp?(item: WorkItem, nowMs: number): Ending;
}
export type Runners = Record<WorkKind, Runner>;

/**
 * One turn of a tenant: pieces of its work, one after the other, until a slice is used up; the rest waits behind other
 * tenants. A turn that is over, or that somebody is at, has nothing to do.
 */
export async function doTurn(ctx: TenantContext, turn: number, runners: Runners): Promise<void> {
  const tenant = tenantObject(ctx.env, ctx.principal.tenantId);
  for (let units = 0; units < WORK_LIMITS.sliceUnits; ) {
    const item: WorkItem | null = await tenant.claimWork(turn);
    if (!item) return;
    units += WORK_LIMITS.overheadUnits + (await doPiece(ctx, item, runners[item.kind]));
  }
  await tenant.endTurn(turn);
}

async function doPiece(ctx: TenantContext, item: WorkItem, runner: Runner): Promise<number> {
  const { attempts } = WORK_RULES[item.kind];
  try {
    // Whoever began it before died each time, without a word: it may well be what they died of.
    if (item.attempts > attempts) await giveUp(ctx, item, runner);
    else return await runner.run({ ...ctx, traceparent: continueTrace(item.traceparent, ctx.random) }, item);
  } catch (error) {
    // Erased meanwhile: there is nothing to end.
    if (error instanceof AppError && GONE.has(error.failure.code)) return 0;
    const fields = { work_id: item.id, kind: item.kind, claim: item.claim, ...errorFields(error) };
    log(ctx.config.LOG_LEVEL, "error", "work_broke", fields);
    if (!(await tryAgain(ctx, item))) await giveUp(ctx, item, runner);
  }
  return 0;
}

/**
 * Gives a claimed piece back for another try, after a pause of `askedMs` at least, within what may be asked for. False
 * where its tries are used up, and it is to be ended.
 */
export const tryAgain = (ctx: TenantContext, item: WorkClaim, askedMs = 0): Promise<boolean> =>
  tenantObject(ctx.env, ctx.principal.tenantId).releaseWork(claimOf(item), askedMs);

/** Ends a piece that will not be tried again by itself, and keeps it to be redriven. */
async function giveUp(ctx: TenantContext, item: WorkItem, runner: Runner): Promise<void> {
  const failure: Failure = {
    code: "internal",
    detail: `It failed on our side each of the ${WORK_RULES[item.kind].attempts} times it was tried, and can be redriven.`,
  };
  const tenant = tenantObject(ctx.env, ctx.principal.tenantId);
  const current = unwrap<WorkItem>(await tenant.getWork(item.id, item.kind));
  await failWork(ctx, item, failure, runner.givenUp?.(current, ctx.clock.nowMs()));
}

/** Ends claimed work with its reason; work that has ended, or that another has claimed, stays as it is. */
export async function failWork(
  ctx: TenantContext,
  item: WorkClaim,
  failure: Failure,
  { progress, events = [] }: Ending = {},
): Promise<void> {
  const outcome: WorkOutcome = {
    status: "failed",
    result: null,
    error: JSON.stringify(failure),
    ...(progress ? { progress: JSON.stringify(progress) } : {}),
  };
  const tenant = tenantObject(ctx.env, ctx.principal.tenantId);
  unwrap<WorkItem>(
    await tenant.finishWork(
      claimOf(item),
      outcome,
      events.map((event) => JSON.stringify(event)),
    ),
  );
}
