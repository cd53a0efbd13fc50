import { ask } from "../answers";
import type { BacktestTask, RecursiveRecord, Said, StepRecord } from "../contract";
import { keptPoints, type Plan, pointsAt, prefixOf, type RecursiveProbe } from "../plan";

/** Runs the strategy on the same values without the first ones: what it says should hardly depend on them. */
export function probeRecursive(
  task: BacktestTask,
  { last }: Plan,
  { at, droppedShare }: RecursiveProbe,
  steps: readonly StepRecord[],
): RecursiveRecord {
  const whole = steps.find((step) => step.at === at)!;
  const points = keptPoints(pointsAt(task, at), droppedShare);
  const now = task.series.times[at]!;
  const since = at > 0 ? task.series.times[at - 1]! : Number.NEGATIVE_INFINITY;
  const said = attempt(() => {
    // Only the start is cut: what an end cut off changes is the other check's matter.
    const shortened = prefixOf(task.series, last, points + last - at);
    const strategy = task.strategy.over?.(shortened) ?? task.strategy;
    return ask(strategy, prefixOf(task.series, at, points), since).said;
  });
  if (said === null) {
    return { at, droppedShare, verdictChange: 1, strengthDifference: null, forecastDifference: null };
  }
  const verdictChange = changeOf(whole, said, now);
  const step = typicalStep(task.series.values, at);
  const gaps = [0, 1].flatMap((h) =>
    whole.forecast === null || said.forecast === null
      ? []
      : [Math.abs(whole.forecast[h]! - said.forecast[h]!)],
  );
  return {
    at,
    droppedShare,
    verdictChange,
    strengthDifference:
      verdictChange > 0 || whole.strength === null || said.strength === null
        ? null
        : Math.abs(whole.strength - said.strength),
    forecastDifference: gaps.length === 0 || step === 0 ? null : Math.min(1e12, Math.max(...gaps) / step),
  };
}

/** Null where the strategy cannot do without the first values. */
function attempt(run: () => Said): Said | null {
  try {
    return run();
  } catch {
    return null;
  }
}

/** Signals near their threshold flip to flat and back by little. */
function changeOf(whole: Said, said: Said, now: number): number {
  if (whole.error !== said.error || whole.alerts.includes(now) !== said.alerts.includes(now)) return 1;
  if (whole.direction === said.direction) return 0;
  return whole.direction === "flat" || said.direction === "flat" ? 0.5 : 1;
}

/** Mean absolute change from value to value. */
function typicalStep(values: Float64Array, at: number): number {
  let sum = 0;
  for (let t = 1; t <= at; t++) sum += Math.abs(values[t]! - values[t - 1]!);
  return at > 0 ? sum / at : 0;
}
