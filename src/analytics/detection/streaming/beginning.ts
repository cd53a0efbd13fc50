import {
  BEGINNING,
  BEGINNING_NUMBERS,
  COMPACT_NUMBERS,
  compactPhases,
  type Form,
  fullNumbers,
  Head,
  isCompact,
  layoutOf,
  VERSION,
} from "./layout";
import { type Season, seasonsOf } from "./seasons";

const READINGS = BEGINNING_NUMBERS - 2 * BEGINNING;

/** A new series' state. The full one grows once, when the sampling step is known; the compact one never does. */
export function createState(form: Form = "full"): Float64Array {
  const state = new Float64Array(form === "full" ? BEGINNING_NUMBERS : COMPACT_NUMBERS);
  state[Head.form] = form === "full" ? 0 : 1;
  return state;
}

/** True once the step is known and the state has its length. */
export const hasBegun = (state: Float64Array): boolean => state[Head.version] === VERSION;

/** Keeps one of the first readings. All of them, times and values in turn, once there are enough. */
export function collect(state: Float64Array, timeMicros: number, value: number): Float64Array | null {
  const count = state[Head.count]!;
  if (count > 0 && !(timeMicros > state[Head.lastTime]!)) return null;
  state[READINGS + 2 * count] = timeMicros;
  state[READINGS + 2 * count + 1] = value;
  state[Head.lastTime] = timeMicros;
  state[Head.count] = count + 1;
  return count + 1 < BEGINNING ? null : state.slice(READINGS, BEGINNING_NUMBERS);
}

/** The state of a series that began so, before any of these readings is judged; a compact one stays in its place. */
export function preparedState(beginning: Float64Array, readings: Float64Array): Float64Array {
  const steps = new Float64Array(BEGINNING - 1);
  for (let i = 0; i < steps.length; i++) steps[i] = readings[2 * i + 2]! - readings[2 * i]!;
  const step = steps.sort()[steps.length >> 1]!;
  const { short, long } = seasonsOf(step);
  const state = isCompact(beginning)
    ? emptied(beginning)
    : new Float64Array(fullNumbers(short?.phases ?? 0, long?.phases ?? 0));
  state.fill(Number.NaN, layoutOf(state).profiles);
  state[Head.version] = VERSION;
  state[Head.firstTime] = readings[0]!;
  state[Head.lastTime] = readings[0]!;
  state[Head.step] = step;
  state[Head.unit] = unitOf(readings);
  write(state, Head.shortMicros, short, isCompact(state) ? compactPhases(short?.phases ?? 0) : short?.phases);
  if (!isCompact(state)) write(state, Head.longMicros, long, long?.phases);
  const first = readings[1]! / state[Head.unit]!;
  for (const at of [Head.level, Head.last, Head.last2, Head.last3, Head.lastShort, Head.lastLong])
    state[at] = first;
  return state;
}

function emptied(state: Float64Array): Float64Array {
  state.fill(0);
  state[Head.form] = 1;
  return state;
}

function write(state: Float64Array, at: number, season: Season | null, phases: number | undefined): void {
  state[at] = season?.micros ?? 0;
  state[at + 1] = phases ?? 0;
}

/** A power of two near the greatest of the first values, so that dividing is exact; the log of the largest rounds up. */
function unitOf(readings: Float64Array): number {
  let greatest = 0;
  for (let i = 1; i < readings.length; i += 2) greatest = Math.max(greatest, Math.abs(readings[i]!));
  return greatest > 0 ? 2 ** Math.min(1_000, Math.max(-1_000, Math.floor(Math.log2(greatest)))) : 1;
}
