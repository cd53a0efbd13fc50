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

/** The online detectors of a stream's series. Memory only: what is lost is read again from the last readings. */
export class Judge {
  private readonly detectors = new Detectors();

  constructor(private readonly store: StreamStore) {}

  /** To be called before the frame is written: what stands now is what its readings are judged against. */
  prepare(frame: Frame): void {
    for (const [i, field] of frame.fields.entries()) {
      if (field.name === OCCURRENCE) continue;
      for (const tagSet of tagSetsWith(frame, i))
        this.know(seriesKey(field.name, keysOf(frame)[tagSet]!), field.name, frame.tagSets[tagSet]!);
    }
    this.detectors.trim();
  }

  /** Takes the frame's readings in their order. Late ones are not judged. */
  judge(frame: Frame): Judged[] {
    const found: Judged[] = [];
    const keys = keysOf(frame);
    const order = orderInTime(frame.times);
    for (const field of frame.fields) {
      const detectors = keys.map((key) => this.detectors.get(seriesKey(field.name, key)));
      for (let k = 0; k < frame.times.length; k++) {
        const row = order ? order[k]! : k;
        const value = field.values[row]!;
        const tagSet = frame.tagSetOf[row]!;
        const detector = detectors[tagSet];
        if (!detector || Number.isNaN(value)) continue;
        const timeMicros = frame.times[row]!;
        const verdict = observe(detector, timeMicros, value);
        if (verdict) found.push({ field: field.name, tags: frame.tagSets[tagSet]!, timeMicros, verdict });
      }
    }
    this.detectors.trim();
    return found.sort((a, b) => a.timeMicros - b.timeMicros);
  }

  /** Readings were stored or taken away that no detector saw. */
  forget(): void {
    this.detectors.clear();
  }

  private know(key: string, field: string, tags: Record<string, string>): void {
    if (this.detectors.has(key)) return;
    const detector = this.detectors.add(key);
    const { engine } = this.store;
    const series = engine.catalog.named(field, tags);
    if (series && series.count > 0) {
      const past = engine.points.newest(series, MIN_MICROS, MAX_MICROS, DETECTOR_WINDOW);
      for (let i = 0; i < past.times.length; i++) observe(detector, past.times[i]!, past.values[i]!);
    }
  }
}

const seriesKey = (field: string, tags: string): string => `${field}\n${tags}`;

/** Tag sets of the frame, by index, that have a value of the field. */
function tagSetsWith(frame: Frame, field: number): number[] {
  const { values } = frame.fields[field]!;
  const isThere = new Uint8Array(frame.tagSets.length);
  for (let row = 0; row < values.length; row++)
    if (!Number.isNaN(values[row]!)) isThere[frame.tagSetOf[row]!] = 1;
  return frame.tagSets.flatMap((_, at) => (isThere[at] ? [at] : []));
}
