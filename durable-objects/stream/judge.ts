import { DETECTOR_WINDOW, observe, type Verdict } from "../../src/analytics/detection/online";
import { MAX_MICROS, MIN_MICROS } from "../../src/core/timestamps";
import { OCCURRENCE } from "../../src/streams/contract";
import { keysOf } from "../../src/streams/engine/frame-keys";
import { orderInTime } from "../../src/streams/engine/order";
import type { Frame } from "../../src/streams/frame";
import { Detectors } from "./detectors";
import type { StreamStore } from "./stream-store";

export interface Judged {
  field: string;
  tags: Record<string, string>;
  timeMicros: number;
  verdict: Verdict;
}

interface Found extends Judged {
  /** Where it stands in the frame's order. */
  at: number;
}

/** The online detectors of a stream's series. Memory only: what is lost is read again from the last readings. */
export class Judge {
  private readonly detectors = new Detectors();

  constructor(private readonly store: StreamStore) {}

  /** To be called before the frame is written: what stands now is what its readings are judged against. */
  prepare(frame: Frame): void {
    const keys = keysOf(frame);
    for (const { name, values } of frame.fields) {
      if (name === OCCURRENCE) continue;
      const places = this.detectors.ofField(name);
      const isUnknown = keys.map((key) => !places.has(key));
      if (!isUnknown.includes(true)) continue;
      // Not every tag set has every field.
      for (let row = 0; row < values.length; row++) {
        const tagSet = frame.tagSetOf[row]!;
        if (!isUnknown[tagSet] || Number.isNaN(values[row]!)) continue;
        isUnknown[tagSet] = false;
        this.learn(name, keys[tagSet]!, frame.tagSets[tagSet]!);
      }
    }
  }

  /** Takes the frame's readings in their order. Late ones are not judged. */
  judge(frame: Frame): Judged[] {
    const found: Found[] = [];
    const { times, tagSets } = frame;
    const keys = keysOf(frame);
    const { order, ends } = rowsByTagSet(frame);
    for (const [i, { name, values }] of frame.fields.entries()) {
      const places = this.detectors.ofField(name);
      for (let tagSet = 0; tagSet < keys.length; tagSet++) {
        const place = places.get(keys[tagSet]!);
        if (place === undefined) continue;
        const detector = this.detectors.at(place);
        const end = ends[tagSet]!;
        for (let k = tagSet > 0 ? ends[tagSet - 1]! : 0; k < end; k++) {
          const row = order[k]!;
          const timeMicros = times[row]!;
          // Absent values are NaN, which is no reading.
          const verdict = observe(detector, timeMicros, values[row]!);
          if (!verdict) continue;
          const at = i * times.length + row;
          found.push({ field: name, tags: tagSets[tagSet]!, timeMicros, verdict, at });
        }
      }
    }
    return found.sort((a, b) => a.timeMicros - b.timeMicros || a.at - b.at);
  }

  /** Readings were stored or taken away that no detector saw. */
  forget(): void {
    this.detectors.clear();
  }

  private learn(field: string, key: string, tags: Record<string, string>): void {
    const detector = this.detectors.add(field, key);
    const { engine } = this.store;
    const series = engine.catalog.named(field, tags);
    if (series && series.count > 0) {
      const past = engine.points.newest(series, MIN_MICROS, MAX_MICROS, DETECTOR_WINDOW);
      for (let i = 0; i < past.times.length; i++) observe(detector, past.times[i]!, past.values[i]!);
    }
  }
}

/** The frame's rows tag set by tag set, those of one in the order of time: `ends[i]` is where those of tag set i end. */
function rowsByTagSet({ times, tagSets, tagSetOf }: Frame): { order: Uint32Array; ends: Uint32Array } {
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
