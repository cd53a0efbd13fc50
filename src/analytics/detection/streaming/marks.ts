import { noteAccepted } from "./accepted";
import { alertedSize, isLastAlert, isShift, Thing, thingOf } from "./alerts";
import type { Channels } from "./channels";
import { type Forecast, scaledBy } from "./forecast";
import { noteGap } from "./gap";
import { endQuiet } from "./incident";
import { Head } from "./layout";
import { distance, moveLevel } from "./level";
import { inDeviations, type Scale } from "./scale";
import type { Settings } from "./settings";
import type { Kind } from "./verdict";

/** A season out of step is, or it is not: its sum says for how long. */
const ANY_SIZE = 1e6;

/** What a person said of an anomaly: its time, kind and value as the verdict gave them, and that it was expected. */
export interface Mark {
  timeMicros: number;
  kind: Kind;
  value: number;
  /** False for an anomaly that was one, from which there is nothing to learn. */
  expected?: boolean;
}

/** The parts of a detector, at work on one state. */
export interface Parts {
  channels: Channels;
  forecast: Forecast;
  scale: Scale;
  settings: Settings;
}

export function acceptMark(state: Float64Array, parts: Parts, { timeMicros, kind, value }: Mark): void {
  if (kind === "gap") {
    // One that has ended is among the longest anyway; of one that lasts there is no end to believe.
    if (alertedSize(state, timeMicros, Thing.gap) !== null) noteGap(state, timeMicros);
    return;
  }
  parts.scale.look(0);
  const { thing, size } = marked(state, parts, timeMicros, kind, value);
  if (Number.isFinite(size)) noteAccepted(state, thing, thing === Thing.phase ? ANY_SIZE : size);
  takeLevel(state, parts, thing);
  if (isShift(thing) && isLastAlert(state, timeMicros)) endQuiet(state, parts.settings);
}

/** What was alerted at, and how large it was; guessed where the alert is no longer remembered. */
function marked(
  state: Float64Array,
  { channels, forecast, scale, settings }: Parts,
  timeMicros: number,
  kind: Kind,
  value: number,
): { thing: Thing; size: number } {
  for (const isUp of [true, false]) {
    const thing = thingOf(kind, isUp);
    const size = alertedSize(state, timeMicros, thing);
    if (size !== null) return { thing, size };
  }
  const error = scaledBy(state, value) - forecast.usualAt(timeMicros);
  const thing = thingOf(kind, error > 0);
  if (thing === Thing.flat) return { thing, size: Math.max(state[Head.run]!, state[Head.longestRun]!) };
  if (thing !== Thing.up && thing !== Thing.down)
    return { thing, size: channels.statisticAt(thing, settings.greatestPeak) };
  return { thing, size: Math.max(0, inDeviations(thing === Thing.up ? error : -error, scale.all)) };
}

/** What sums of errors were about, and was called expected, is left behind: a shifted level is the normal one. */
export function takeLevel(state: Float64Array, { channels, scale }: Parts, thing: Thing): void {
  if (isShift(thing)) {
    const by = distance(state);
    const isThere = by > 0 === (thing === Thing.shiftUp) && Math.abs(by) > scale.all;
    if (isThere) moveLevel(state, by);
  } else if (![Thing.driftUp, Thing.driftDown, Thing.phase].some((one) => one === thing)) return;
  channels.forget();
}
