import type { JsonObject } from "../../core/json";
import { formatMicros } from "../../core/timestamps";
import type { BacktestState, BacktestTask, LookaheadRecord, RecursiveRecord } from "../contract";
import type { Plan } from "../plan";
import { checkLag } from "./lag";

/** With a tenth to a quarter of the history gone: how much may change. Half is told, not judged. */
const TOLERANCE = { judgedShare: 0.25, changedSignals: 0.2, strength: 0.1, forecastSteps: 1 };
const LISTED = 5;

/** `passed` is null where a check could tell nothing. */
export function describeBiases(task: BacktestTask, plan: Plan, state: BacktestState): JsonObject {
  return {
    lookahead: describeLookahead(task, state.lookahead),
    recursive: describeRecursive(state.recursive),
    lag1: describeLag(task, plan, state),
  };
}

function describeLookahead({ series }: BacktestTask, records: readonly LookaheadRecord[]): JsonObject {
  const differing = records.filter(({ same }) => !same);
  return {
    passed: records.length > 0 ? differing.length === 0 : null,
    runs: records.length,
    differing: differing.length,
    examples: differing.slice(0, LISTED).map(({ cut, at, difference }) => ({
      truncated_after: formatMicros(series.times[cut]!),
      signal_time: formatMicros(series.times[at]!),
      difference,
    })),
    note:
      differing.length === 0
        ? "Run on data truncated at each of these times, the strategy says the same as with the rest there."
        : "The strategy says something else when later values are cut off: it looks ahead, or remembers between runs.",
  };
}

function describeRecursive(records: readonly RecursiveRecord[]): JsonObject {
  const judged = records.filter(({ droppedShare }) => droppedShare <= TOLERANCE.judgedShare);
  const measured = measure(judged);
  const passed =
    judged.length === 0
      ? null
      : measured.changed <= TOLERANCE.changedSignals &&
        (measured.strength ?? 0) <= TOLERANCE.strength &&
        (measured.forecast ?? 0) <= TOLERANCE.forecastSteps;
  const shares = [...new Set(records.map(({ droppedShare }) => droppedShare))].sort((a, b) => a - b);
  return {
    passed,
    runs: records.length,
    tolerance: {
      changed_signals: TOLERANCE.changedSignals,
      mean_strength_difference: TOLERANCE.strength,
      mean_forecast_difference: TOLERANCE.forecastSteps,
    },
    by_dropped_share: shares.map((share) => {
      const part = records.filter(({ droppedShare }) => droppedShare === share);
      const { changed, strength, forecast } = measure(part);
      return {
        dropped_share: share,
        runs: part.length,
        changed_signals: changed,
        mean_strength_difference: strength,
        mean_forecast_difference: forecast,
      };
    }),
    note:
      passed === null
        ? "The history is too short to leave out its start."
        : passed
          ? "Leaving out the first tenth to quarter of the history changes the answers within the tolerance. Forecasts are compared in typical steps of the series."
          : "The answers depend on where the history starts: give the strategy more of it, or a rolling window.",
  };
}

function measure(records: readonly RecursiveRecord[]) {
  const mean = (values: (number | null)[]): number | null => {
    const known = values.filter((value) => value !== null);
    return known.length > 0 ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
  };
  return {
    changed: mean(records.map(({ verdictChange }) => verdictChange)) ?? 0,
    strength: mean(records.map(({ strengthDifference }) => strengthDifference)),
    forecast: mean(records.map(({ forecastDifference }) => forecastDifference)),
  };
}

function describeLag(task: BacktestTask, plan: Plan, { steps }: BacktestState): JsonObject {
  if (task.options.mode !== "trading") return { passed: null, note: "Nothing is traded in this mode." };
  const { passed, lag, gain, delayedGain } = checkLag(task, plan, steps);
  const cause =
    lag === 0
      ? "it acts on the very price its signal is computed from"
      : "its signals hold for no longer than a step";
  return {
    passed,
    lag,
    mean_gain: gain.mean,
    mean_gain_one_step_later: delayedGain.mean,
    p_value: gain.p_value,
    note:
      passed === null
        ? "There is no significant gain that acting a step later could take away."
        : passed
          ? "Acting one step later keeps the gain."
          : `Acting one step later takes the gain away: ${cause}.`,
  };
}
