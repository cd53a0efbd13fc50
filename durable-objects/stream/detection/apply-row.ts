import { hasBegun } from "../../../src/analytics/detection/streaming/beginning";
import type { StreamingDetector } from "../../../src/analytics/detection/streaming/detector";
import { Head } from "../../../src/analytics/detection/streaming/layout";
import type { Range } from "../../../src/streams/engine/merge";
import type { Catalog } from "../engine/catalog";
import type { LoggedRow } from "../engine/log/journal";
import type { ExpectedReading } from "../engine/log/log";
import { ARRIVAL_NUMBERS, ownTime } from "./arrivals";
import { type Observed, observeFrame } from "./observe";
import type { DetectorStates } from "./states";

export interface Tools {
  catalog: Catalog;
  states: DetectorStates;
  detector: StreamingDetector;
}

/** What a row of the log does to the detectors: the same live and in a replay. Gives work units, as {@link observeFrame}. */
export function* applyRow({ meta, frame }: LoggedRow, tools: Tools, into: Observed): Generator<number, void> {
  if (frame && !meta.deferred) yield* observeFrame(frame, meta.quiet ? null : meta.atMs, tools, into);
  if (meta.range) forgetWithin(meta.range, tools.states);
  for (const reading of meta.expected ?? []) acceptReading(reading, tools);
  for (const series of meta.silent ?? []) noteSilenceOf(series, meta.atMs, tools, into);
}

/**
 * A detector of which all was deleted begins anew; one that saw more keeps what it knows. Of the first few readings only
 * the newest time is known.
 */
function forgetWithin({ start, end }: Range, states: DetectorStates): void {
  for (const { state, slot } of states.all()) {
    const last = state[Head.lastTime]!;
    const first = hasBegun(state) ? state[Head.firstTime]! : last;
    if (first >= start && last < end) slot.page.set(slot.at, undefined);
  }
}

function acceptReading({ series, ...reading }: ExpectedReading, { states, detector }: Tools): void {
  const { page, at } = states.slotOf(series);
  detector.use(page.states[at]!);
  detector.accept(reading);
  page.set(at, detector.state);
}

function noteSilenceOf(
  series: number,
  nowMs: number,
  { catalog, states, detector }: Tools,
  into: Observed,
): void {
  const { page, at } = states.slotOf(series);
  detector.use(page.states[at]!);
  const timeMicros = ownTime(page.arrivals, at * ARRIVAL_NUMBERS, nowMs);
  const verdict = detector.noteSilence(timeMicros);
  page.set(at, detector.state);
  if (verdict) into.found.push({ series: catalog.series[series]!, timeMicros, verdict });
}
