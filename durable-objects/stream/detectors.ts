import { DETECTOR_NUMBERS, Detector } from "../../src/analytics/detection/online";

/** As many as a stream has series, 1.8 KB each. */
const MOST = 10_000;
const PER_SLAB = 500;
const NONE: ReadonlyMap<string, number> = new Map();

/**
 * The detectors of a stream's series, by field and tag set: numbers in slabs, and one object that goes from one to the
 * other. Ten thousand series that speak in turn cost no more than ten.
 */
export class Detectors {
  private places = new Map<string, Map<string, number>>();
  private slabs: Float64Array[] = [];
  /** Whose place it is. */
  private owners: { field: string; tagSet: string }[] = [];
  /** By place: used since the hand last went by. */
  private used = new Uint8Array(MOST);
  private hand = 0;
  private readonly detector = new Detector();

  clear(): void {
    this.places = new Map();
    this.slabs = [];
    this.owners = [];
    this.used.fill(0);
    this.hand = 0;
  }

  /** The places of a field's detectors, by the key of a tag set; valid until the next {@link add}. */
  ofField(field: string): ReadonlyMap<string, number> {
    return this.places.get(field) ?? NONE;
  }

  /** The detector at a place, until the next one is asked for. */
  at(place: number): Detector {
    this.used[place] = 1;
    this.detector.moveTo(this.slabs[Math.floor(place / PER_SLAB)]!, (place % PER_SLAB) * DETECTOR_NUMBERS);
    return this.detector;
  }

  add(field: string, tagSet: string): Detector {
    const place = this.owners.length < MOST ? this.owners.length : this.free();
    if (place === this.slabs.length * PER_SLAB)
      this.slabs.push(new Float64Array(PER_SLAB * DETECTOR_NUMBERS));
    this.owners[place] = { field, tagSet };
    let places = this.places.get(field);
    if (!places) {
      places = new Map();
      this.places.set(field, places);
    }
    places.set(tagSet, place);
    const detector = this.at(place);
    detector.clear();
    return detector;
  }

  /**
   * A place that was not used for long (the clock algorithm, Corbató 1968). There are no more living series: its own was
   * deleted, and is read from the points if it comes back.
   */
  private free(): number {
    while (this.used[this.hand] !== 0) {
      this.used[this.hand] = 0;
      this.hand = (this.hand + 1) % MOST;
    }
    const { field, tagSet } = this.owners[this.hand]!;
    const places = this.places.get(field)!;
    places.delete(tagSet);
    if (places.size === 0) this.places.delete(field);
    return this.hand;
  }
}
