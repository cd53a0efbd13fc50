import {
  expectedFalseAlarmsPerWeek,
  isWarmingUp,
  silenceFrom,
} from "../../../src/analytics/detection/streaming/detector";
import type { DetectionCounts } from "../../../src/streams/contract";
import { ARRIVAL_NUMBERS, lookAt } from "./arrivals";
import { type DetectorStates, formOf } from "./states";

/** The series that are silent for longer than ever by now, and when (ms) to look again; null: never. */
export function silentBy(
  nowMs: number,
  states: DetectorStates,
): { silent: number[]; againMs: number | null } {
  const silent: number[] = [];
  let againMs: number | null = null;
  for (const { series, state, slot } of states.all()) {
    const look = lookAt(slot.page.arrivals, slot.at * ARRIVAL_NUMBERS, silenceFrom(state));
    if (look === null) continue;
    if (look <= nowMs) silent.push(series);
    else againMs = Math.min(look, againMs ?? look);
  }
  return { silent, againMs };
}

export function countsOf(states: DetectorStates, enabled: boolean): DetectionCounts {
  const counts = { enabled, full: 0, compact: 0, warmingUp: 0, falseAlarmsPerWeek: 0 };
  for (const { series, state } of states.all()) {
    counts[formOf(series)]++;
    if (isWarmingUp(state)) counts.warmingUp++;
    else counts.falseAlarmsPerWeek += expectedFalseAlarmsPerWeek(state) ?? 0;
  }
  return counts;
}
