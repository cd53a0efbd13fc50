import {
  createState,
  isWarmingUp,
  keepAccepted,
  type StreamingDetector,
  silenceFrom,
} from "../../../src/analytics/detection/streaming/detector";
import { Head } from "../../../src/analytics/detection/streaming/layout";
import { OCCURRENCE } from "../../../src/streams/contract";
import type { Series } from "../engine/catalog";
import type { Points } from "../engine/points";
import { ARRIVAL_NUMBERS, lookAt } from "./arrivals";
import type { Observed } from "./observe";
import { type DetectorStates, formOf, type Slot } from "./states";

/** Of all series together: a second of work. */
const READINGS = 1_000_000;
/** Two cycles of the longest profile; what is older has next to no weight in anything that a detector knows. */
const MOST_OF_ONE = 4_096;
/** Ten days of hours: four times what a detector warms up in. */
const LEAST_OF_ONE = 256;

/** The newest readings that each series of a stream is taught after a load of history. */
export const readingsOfEach = (series: number): number =>
  Math.max(LEAST_OF_ONE, Math.min(MOST_OF_ONE, Math.floor(READINGS / Math.max(1, series))));

interface Tools {
  points: Points;
  states: DetectorStates;
  detector: StreamingDetector;
}

/**
 * Brings a series' detector to the newest of what is stored, in whatever order that came; gives how many readings it took.
 * One that is warm goes on where it is. One that is not, or has missed more than `most` readings, begins anew with the last
 * `most` of them: to the others, what lies between would be the longest silence ever.
 */
export function learnSeries(series: Series, most: number, tools: Tools, into: Observed): number {
  const { points, states, detector } = tools;
  if (series.count === 0 || series.field === OCCURRENCE) return 0;
  const slot = states.slotOf(series.id);
  const before = slot.page.states[slot.at]!;
  const isWarm = !isWarmingUp(before);
  if (isWarm && series.last <= before[Head.lastTime]!) return 0;
  // It has seen all there is.
  if (!isWarm && series.count === before[Head.count]) return 0;
  const from = isWarm ? before[Head.lastTime]! + 1 : Number.NEGATIVE_INFINITY;
  const { times, values } = points.newest(series, from, Number.POSITIVE_INFINITY, most + 1);
  const isAnew = !isWarm || times.length > most;
  const first = Math.max(0, times.length - most);
  const kept = isAnew && isWarm ? before.slice() : null;
  const state = isAnew ? beginAnew(slot, series.id) : before;
  detector.use(state);
  for (let i = first; i < times.length; i++) detector.observe(times[i]!, values[i]!);
  if (detector.state !== state) slot.page.set(slot.at, detector.state);
  if (kept) keepAccepted(kept, detector.state);
  slot.page.isChanged = true;
  const look = lookAt(slot.page.arrivals, slot.at * ARRIVAL_NUMBERS, silenceFrom(detector.state));
  if (look !== null) into.lookAtMs = Math.min(look, into.lookAtMs ?? look);
  return times.length - first;
}

/** A new state in the place of the series'; how its readings arrive is known as before. */
function beginAnew({ page, at }: Slot, series: number): Float64Array {
  const form = formOf(series);
  const state = createState(form);
  if (form === "full") page.set(at, state);
  // A compact one lies among others, and stays there.
  else page.states[at]!.set(state);
  return page.states[at]!;
}
