import type { BacktestOptions, Direction, StepRecord } from "../contract";
import type { Target } from "./simulate";

type Rules = Pick<BacktestOptions, "allow_short" | "on_hold">;

/** What a signal asks for. Without short sales a fall is a reason to be out. */
export function targetOf(direction: Direction | null, { allow_short, on_hold }: Rules): Target {
  if (direction === null) return null;
  if (direction === "up") return 1;
  if (direction === "down") return allow_short ? -1 : 0;
  return on_hold === "exit" ? 0 : null;
}

/** A target for each step of the range; between two runs of the strategy nothing is told. */
export function targetsOf(
  steps: readonly Pick<StepRecord, "at" | "direction">[],
  first: number,
  count: number,
  rules: Rules,
): Target[] {
  const targets = new Array<Target>(count).fill(null);
  for (const { at, direction } of steps) targets[at - first] = targetOf(direction, rules);
  return targets;
}

/** Bought at the first chance and kept. */
export const buyAndHoldTargets = (count: number): Target[] =>
  Array.from({ length: count }, (_, t) => (t === 0 ? 1 : null));

/** The naive strategy: the next change has the direction of the last one. */
export function naiveTargets(
  values: Float64Array,
  steps: readonly { at: number }[],
  first: number,
  count: number,
  rules: Rules,
): Target[] {
  const naive = steps.map(({ at }) => {
    const change = at > 0 ? values[at]! - values[at - 1]! : 0;
    const direction: Direction = change > 0 ? "up" : change < 0 ? "down" : "flat";
    return { at, direction };
  });
  return targetsOf(naive, first, count, rules);
}
