import {
  type StreamingDetector,
  type StreamingVerdict,
  silenceFrom,
} from "../../../src/analytics/detection/streaming/detector";
import { Head } from "../../../src/analytics/detection/streaming/layout";
import { OCCURRENCE } from "../../../src/streams/contract";
import { orderInTime } from "../../../src/streams/engine/order";
import type { Frame } from "../../../src/streams/frame";
import type { Catalog, Series } from "../engine/catalog";
import { ARRIVAL_NUMBERS, arrived, lookAt } from "./arrivals";
import type { DetectorStates } from "./states";

/** A reading that a detector found unusual, or a silence. */
export interface Found {
  series: Series;
  timeMicros: number;
  verdict: StreamingVerdict;
}

/** Work units beside those of its readings: a series of a frame costs about as much as so many. */
export const SERIES_WORK = 2;

/** One frame on its way through the detectors. */
export interface Observed {
  found: Found[];
  /** When (ms) the first of its series is to be looked at for silence; null: never. */
  lookAtMs: number | null;
}

/**
 * Takes a frame's readings through the detectors, those of one series in the order of time. Gives work units (about a
 * microsecond each) after each series, where it may be left for a while. `atMs`: when it came; null: a load of history,
 * which says nothing of how the series arrive.
 */
export function* observeFrame(
  frame: Frame,
  atMs: number | null,
  tools: { catalog: Catalog; states: DetectorStates; detector: StreamingDetector },
  into: Observed,
): Generator<number, void> {
  const { catalog, states, detector } = tools;
  const tagSets = catalog.tagSetsOf(frame);
  const { order, ends } = rowsInTime(frame);
  const { times } = frame;
  for (const { name, values } of frame.fields) {
    if (name === OCCURRENCE) continue;
    for (let tagSet = 0, from = 0; tagSet < tagSets.length; from = ends[tagSet]!, tagSet++) {
      const end = ends[tagSet]!;
      let first = from;
      // Not every row has every field.
      while (first < end && Number.isNaN(values[order[first]!]!)) first++;
      const series = first < end ? catalog.find(tagSets[tagSet]!, name) : null;
      if (!series) continue;
      const { page, at } = states.slotOf(series.id);
      const state = page.states[at]!;
      detector.use(state);
      const before = lastTimeOf(state);
      for (let k = first; k < end; k++) {
        const row = order[k]!;
        // Absent values are NaN, which is no reading.
        detector.observe(times[row]!, values[row]!);
        const { verdict } = detector;
        if (verdict) into.found.push({ series, timeMicros: times[row]!, verdict });
      }
      if (detector.state !== state) page.set(at, detector.state);
      page.isChanged = true;
      const last = detector.state[Head.lastTime]!;
      if (atMs !== null && last > before) arrived(page.arrivals, at * ARRIVAL_NUMBERS, atMs, last);
      const look = lookAt(page.arrivals, at * ARRIVAL_NUMBERS, silenceFrom(detector.state));
      if (look !== null) into.lookAtMs = Math.min(look, into.lookAtMs ?? look);
      yield SERIES_WORK + end - first;
    }
  }
}

/** Nothing is late for a series that has no reading yet. */
const lastTimeOf = (state: Float64Array): number =>
  state[Head.count] === 0 ? Number.NEGATIVE_INFINITY : state[Head.lastTime]!;

/** The rows tag set by tag set, those of one in the order of time: `ends[i]` is where those of tag set i end. */
function rowsInTime({ times, tagSets, tagSetOf }: Frame): { order: Uint32Array; ends: Uint32Array } {
  const byTime = orderInTime(times);
  const ends = new Uint32Array(tagSets.length);
  for (let row = 0; row < times.length; row++) ends[tagSetOf[row]!]!++;
  let end = 0;
  for (let tagSet = 0; tagSet < ends.length; tagSet++) {
    const start = end;
    end += ends[tagSet]!;
    ends[tagSet] = start;
  }
  const order = new Uint32Array(times.length);
  for (let k = 0; k < times.length; k++) {
    const row = byTime ? byTime[k]! : k;
    order[ends[tagSetOf[row]!]!++] = row;
  }
  return { order, ends };
}
