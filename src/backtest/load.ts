import {
  EXECUTION_LIMITS,
  type PreparedStrategy,
  permittedStrategy,
  type Resolution,
  type Resolved,
  resolve,
  resolvedOf,
} from "../analytics";
import type { StrategyInput } from "../analytics/contract";
import { fail } from "../core/errors";
import { canonicalJson } from "../core/json";
import type { TenantContext } from "../platform/context";
import type { BacktestTask } from "./contract";
import { type Plan, planOf } from "./plan";
import type { BacktestRequest } from "./request";

/** A backtest with its data, and what it will do. */
export interface Loaded {
  task: BacktestTask;
  plan: Plan;
  resolved: Resolved;
  /** What is not as the caller may think, in words. */
  warnings: string[];
}

/**
 * Settles what is tested: the series with the most points, up to its newest point where no end was named. What is
 * written meanwhile must not move it.
 */
export function settled(
  asked: Pick<BacktestRequest, "execution" | "options">,
  { series, resolved }: Resolution,
  budgetUnits: number,
): BacktestRequest {
  const [{ field, tags, times }] = series as [StrategyInput];
  const { execution } = asked;
  const target = {
    ...execution.target,
    streamId: resolved.stream_id,
    fields: [field],
    tags,
    endMicros: execution.target.endMicros ?? times.at(-1)! + 1,
  };
  const reason =
    series.length > 1
      ? `${resolved.reason}; of ${series.length} series the one with the most points`
      : resolved.reason;
  return { ...asked, execution: { ...execution, target }, budgetUnits, reason };
}

/** Reads the data of a settled request again. Throws what {@link permittedStrategy} and {@link resolve} throw. */
export async function load(ctx: TenantContext, request: BacktestRequest): Promise<Loaded> {
  const strategy = await permittedStrategy(ctx, request.execution);
  const resolution = await resolve(ctx, request.execution, { ...strategy, takesFieldsTogether: false });
  return loadedOf(request, strategy, resolution);
}

/** Throws `not_enough_data` where the series is gone, and what {@link planOf} throws. */
export function loadedOf(
  request: BacktestRequest,
  strategy: PreparedStrategy,
  { series, resolved }: Resolution,
): Loaded {
  const { target } = request.execution;
  const chosen = series.find(
    ({ field, tags }) => field === target.fields?.[0] && canonicalJson(tags) === canonicalJson(target.tags),
  );
  if (!chosen) {
    throw fail("not_enough_data", `The series "${target.fields?.[0]}" that was chosen is gone.`, {
      extra: { required: 1, available: 0 },
    });
  }
  const { last, merged } = lastOfEachTime(chosen);
  const task = { strategy, series: last, options: request.options };
  const plan = planOf(task, request.budgetUnits);
  return {
    task,
    plan,
    resolved: resolvedOf(resolved.stream_id, chosen, request.reason),
    warnings: [
      ...(chosen.times.length >= EXECUTION_LIMITS.points
        ? [`Only the newest ${EXECUTION_LIMITS.points} values up to the end are read.`]
        : []),
      ...(plan.refitEvery > (request.options.refit_every ?? 1)
        ? [
            `The strategy is run ${plan.asked.length} times, every ${plan.refitEvery} steps: one backtest takes no more work.`,
          ]
        : []),
      ...(merged > 0 ? [`${merged} value(s) share their time with a later one, which counts.`] : []),
    ],
  };
}

/** Rows under one time are all known at that time: the last of them is what a step can be taken on. */
function lastOfEachTime(series: StrategyInput): { last: StrategyInput; merged: number } {
  const { times, values } = series;
  const isLast = (_: number, t: number): boolean => times[t] !== times[t + 1];
  const last = { ...series, times: times.filter(isLast), values: values.filter(isLast) };
  return { last, merged: times.length - last.times.length };
}
