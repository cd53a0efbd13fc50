import { AppError, isOurs } from "../core/errors";
import type { WorkItem } from "../core/work";
import type { TenantContext } from "../platform/context";
import type { Runner } from "../platform/turn";
import { carryOut, failBacktest, failedEvent } from "./carry-out";
import { load } from "./load";
import type { BacktestRequest } from "./request";

/** A tenant may have four turns in a row: together they keep another waiting for about a second. */
const SLICES_PER_TURN = 1;

/** Backtests as the queue's consumer goes on with them. */
export const backtests: Runner = {
  run: goOn,
  givenUp: (item, nowMs) => ({
    events: [failedEvent(item, { code: "internal", detail: "The backtest failed on our side." }, nowMs)],
  }),
};

/** Some slices of a claimed backtest; gives the work units they took. Throws what is our own mistake. */
async function goOn(ctx: TenantContext, item: WorkItem): Promise<number> {
  const request = JSON.parse(item.request) as BacktestRequest;
  try {
    const loaded = await load(ctx, request);
    const after = await carryOut(ctx, item, request, loaded, (slices) => slices >= SLICES_PER_TURN);
    return Math.max(0, spentIn(after) - spentIn(item));
  } catch (error) {
    if (!(error instanceof AppError) || isOurs(error.failure)) throw error;
    await failBacktest(ctx, item, error.failure);
    return 0;
  }
}

/** As its progress tells: of one that began anew it is less than was done. */
function spentIn({ progress }: WorkItem): number {
  const { spent_units = 0 } = (progress === null ? {} : JSON.parse(progress)) as { spent_units?: number };
  return spent_units;
}
