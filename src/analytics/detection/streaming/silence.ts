import { scoreOf, severityOf } from "../severity";
import { noteAlert, Thing } from "./alerts";
import { isLongest, longestUsual } from "./gap";
import { Head } from "./layout";
import { type StreamingVerdict, silenceMessage } from "./verdict";
import { isWarmingUp } from "./warm-up";

/**
 * The first microsecond at which a reading would end a gap that is an anomaly: from then on the silence is one. Null
 * while warming up and while a silence has been told already. The quiet time after an alert is no reason: it is counted in
 * readings, and what dies right after an alert sends none.
 */
export function silenceFrom(state: Float64Array): number | null {
  if (isWarmingUp(state) || state[Head.silenceTold] === 1) return null;
  const from = Math.floor(state[Head.lastTime]! + state[Head.step]! * longestUsual(state)) + 1;
  if (!Number.isSafeInteger(from)) return null;
  // A fraction of a microsecond may be lost in the division.
  return isLongest(state, from) ? from : from + 1;
}

/** Notes that nothing has come until now: the anomaly that this is, once a gap, or null. */
export function noteSilence(state: Float64Array, nowMicros: number): StreamingVerdict | null {
  const from = silenceFrom(state);
  if (from === null || !(nowMicros >= from) || !Number.isFinite(nowMicros)) return null;
  const silent = nowMicros - state[Head.lastTime]!;
  const step = state[Head.step]!;
  state[Head.silenceTold] = 1;
  noteAlert(state, nowMicros, Thing.gap, silent / step);
  const value = state[Head.last]! * state[Head.unit]!;
  return {
    kind: "gap",
    value,
    expected: value,
    lower: null,
    upper: null,
    score: scoreOf(1),
    severity: severityOf(1),
    message: silenceMessage(silent, step),
  };
}
