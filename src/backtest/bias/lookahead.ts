import type { StrategyInput } from "../../analytics/contract";
import { type Answer, ask } from "../answers";
import type { BacktestTask, LookaheadRecord, Said, StepRecord } from "../contract";
import { type LookaheadProbe, pointsAt, prefixOf } from "../plan";

/** Sums in another order differ by rounding. */
const ROUNDING = 1e-9;

/**
 * Runs the strategy once more, prepared on the series truncated at the cut, and compares with what it said when the
 * rest was there. What differs can only have come from values after the cut, or from a memory between runs.
 */
export function probeLookahead(
  task: BacktestTask,
  { cut, at }: LookaheadProbe,
  steps: readonly StepRecord[],
): LookaheadRecord {
  const k = steps.findIndex((step) => step.at === at);
  const since = k > 0 ? task.series.times[steps[k - 1]!.at]! : Number.NEGATIVE_INFINITY;
  const truncated = prefixOf(task.series, cut);
  const difference = differenceOf(steps[k]!, () =>
    withoutFuture(task.series, cut, () => {
      const strategy = task.strategy.over?.(truncated) ?? task.strategy;
      return ask(strategy, prefixOf(truncated, at, pointsAt(task, at)), since);
    }),
  );
  return { cut, at, same: difference === null, difference };
}

/**
 * Blanks the task's own values after the cut while something runs: who kept a hold of that array by another way than
 * the one it is given meets nothing there. Nobody else can look in between, as nothing here waits.
 */
function withoutFuture<T>({ values }: StrategyInput, cut: number, run: () => T): T {
  const future = values.slice(cut + 1);
  values.fill(Number.NaN, cut + 1);
  try {
    return run();
  } finally {
    values.set(future, cut + 1);
  }
}

/** What a strategy cannot do without the values after the cut is a difference too, a crash included. */
function differenceOf(before: Said, again: () => Answer): string | null {
  let after: Said;
  try {
    after = again().said;
  } catch {
    return "it fails without the later values";
  }
  if (before.error !== after.error)
    return `${before.error ?? "an answer"} became ${after.error ?? "an answer"}`;
  if (before.direction !== after.direction) return `the signal ${before.direction} became ${after.direction}`;
  if (!near(before.strength, after.strength)) return "the strength of the signal differs";
  if (!near(before.confidence, after.confidence)) return "the confidence differs";
  if (before.alerts.join() !== after.alerts.join()) return "the alerts differ";
  const same = [0, 1].every((h) => near(before.forecast?.[h] ?? null, after.forecast?.[h] ?? null));
  return same ? null : "the forecast differs";
}

function near(a: number | null, b: number | null): boolean {
  if (a === null || b === null) return a === b;
  return Math.abs(a - b) <= ROUNDING * Math.max(Math.abs(a), Math.abs(b));
}
