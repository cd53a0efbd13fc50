import { fail } from "../core/errors";
import { ask } from "./answers";
import { probeLookahead } from "./bias/lookahead";
import { probeRecursive } from "./bias/recursive";
import type { BacktestState, BacktestStrategy, BacktestTask, Phase, Progress } from "./contract";
import { fingerprintOf, type Plan, planOf, pointsAt, prefixOf, recursiveUnits, runUnits } from "./plan";
import { score } from "./scores/forecast-scores";

type Runnable = Pick<BacktestStrategy, "run">;

/** The state before the first step. Fails as {@link planOf} does: what starts can be finished. */
export function start(task: BacktestTask, budgetUnits?: number): BacktestState {
  planOf(task, budgetUnits);
  return begun(fingerprintOf(task));
}

/** The state before the first step of a backtest that is planned already. */
export const begun = (fingerprint: string): BacktestState => ({
  version: 1,
  fingerprint,
  phase: "walk",
  position: 0,
  steps: [],
  horizons: [],
  level: null,
  lookahead: [],
  recursive: [],
  spentUnits: 0,
});

/**
 * Goes on for about `units` of work, one piece at least, and tells how far it is. The state is changed in place and
 * is plain JSON between two calls; the end is the same however the way is cut. `budgetUnits` must be that of `start`.
 */
export function advance(
  task: BacktestTask,
  state: BacktestState,
  units: number,
  budgetUnits?: number,
): Progress {
  if (state.version !== 1 || state.fingerprint !== fingerprintOf(task)) {
    throw fail("conflict", "The backtest was begun on other data or with other options.");
  }
  return opened(task, planOf(task, budgetUnits), state)(units);
}

/**
 * {@link advance} for many calls on one task and state: to plan and to compare the data takes as long as some runs of a
 * strategy. The caller knows that plan and state are those of the task.
 */
export function opened(task: BacktestTask, plan: Plan, state: BacktestState): (units: number) => Progress {
  const strategy = state.phase === "walk" ? prepared(task, plan) : task.strategy;
  settle(state, plan);
  return (units) => {
    const until = state.spentUnits + units;
    while (state.phase !== "done") {
      state.spentUnits += work(task, plan, state, strategy);
      settle(state, plan);
      if (state.spentUnits >= until) break;
    }
    return progressOf(state, plan);
  };
}

/** A strategy that computes over the range gets its own copy of it. */
const prepared = ({ strategy, series }: BacktestTask, { last }: Plan): Runnable =>
  strategy.over?.(prefixOf(series, last)) ?? strategy;

/** The next piece of work; returns what it cost. */
function work(task: BacktestTask, plan: Plan, state: BacktestState, strategy: Runnable): number {
  const k = state.position++;
  switch (state.phase) {
    case "walk": {
      const at = plan.asked[k]!;
      step(task, plan, state, strategy, at);
      return runUnits(task, pointsAt(task, at));
    }
    case "lookahead": {
      const probe = plan.lookahead[k]!;
      state.lookahead.push(probeLookahead(task, probe, state.steps));
      return runUnits(task, pointsAt(task, probe.at));
    }
    case "recursive": {
      const probe = plan.recursive[k]!;
      state.recursive.push(probeRecursive(task, plan, probe, state.steps));
      return recursiveUnits(task, probe);
    }
    case "done":
      return 0;
  }
}

/** Asks the strategy at one index, with a copy of the values up to it and nothing else. */
function step(
  task: BacktestTask,
  { last }: Plan,
  state: BacktestState,
  strategy: Runnable,
  at: number,
): void {
  const { series, options } = task;
  const before = state.steps.at(-1);
  const since = before === undefined ? Number.NEGATIVE_INFINITY : series.times[before.at]!;
  const { said, forecast } = ask(strategy, prefixOf(series, at, pointsAt(task, at)), since);
  state.level ??= forecast?.level ?? null;
  const range = { times: series.times.subarray(0, last + 1), values: series.values.subarray(0, last + 1) };
  const loss = forecast === null ? null : score(range, at, forecast, options.season, state.horizons);
  state.steps.push({ at, ...said, loss });
}

const NEXT: Record<Phase, Phase> = {
  walk: "lookahead",
  lookahead: "recursive",
  recursive: "done",
  done: "done",
};

/** Into the next phase that has something to do. */
function settle(state: BacktestState, plan: Plan): void {
  const pieces = {
    walk: plan.asked.length,
    lookahead: plan.lookahead.length,
    recursive: plan.recursive.length,
    done: Number.POSITIVE_INFINITY,
  };
  while (state.position >= pieces[state.phase]) {
    state.phase = NEXT[state.phase];
    state.position = 0;
  }
}

export function progressOf(state: BacktestState, plan: Plan): Progress {
  const done = state.phase === "done";
  return {
    done,
    phase: state.phase,
    spentUnits: state.spentUnits,
    totalUnits: plan.totalUnits,
    fraction: done ? 1 : Math.min(0.999, state.spentUnits / plan.totalUnits),
  };
}
