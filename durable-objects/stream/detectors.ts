import {
  createDetector,
  DETECTOR_NUMBERS,
  type Detector,
  restoreDetector,
  saveDetector,
} from "../../src/analytics/detection/online";

/** Detectors that are held ready, about 5 KB each, and packed ones, 1.7 KB each: as many as a stream has series. */
const READY = 500;
const PACKED = 10_000;
const PER_SLAB = 500;
/** Free objects that are kept: as many series as one frame may wake. */
const SPARE = 1_000;
const BLANK = new Float64Array(DETECTOR_NUMBERS);
saveDetector(createDetector(), BLANK, 0);

/**
 * The detectors of a stream's series, by key. Those used last are ready; the others are packed away without an object of
 * their own, and an object that is free is used again: ten thousand series that speak in turn make no garbage.
 */
export class Detectors {
  private ready = new Map<string, Detector>();
  private packed = new Map<string, number>();
  private slabs: Float64Array[] = [];
  private freeSlots: number[] = [];
  private spare: Detector[] = [];

  clear(): void {
    this.ready = new Map();
    this.packed = new Map();
    this.slabs = [];
    this.freeSlots = [];
    this.spare = [];
  }

  has(key: string): boolean {
    return this.ready.has(key) || this.packed.has(key);
  }

  /** The detector, ready; undefined where none is known. */
  get(key: string): Detector | undefined {
    const known = this.ready.get(key);
    if (known) {
      // The order of the map is that of use.
      this.ready.delete(key);
      this.ready.set(key, known);
      return known;
    }
    const slot = this.packed.get(key);
    if (slot === undefined) return undefined;
    const detector = this.spare.pop() ?? createDetector();
    restoreDetector(detector, this.slabOf(slot), placeOf(slot));
    this.packed.delete(key);
    this.freeSlots.push(slot);
    this.ready.set(key, detector);
    return detector;
  }

  /** A new detector for the key. */
  add(key: string): Detector {
    const detector = this.spare.pop();
    if (detector) restoreDetector(detector, BLANK, 0);
    const added = detector ?? createDetector();
    this.ready.set(key, added);
    return added;
  }

  /** Packs away what was not used for longest. */
  trim(): void {
    for (const [key, detector] of this.ready) {
      if (this.ready.size <= READY) return;
      this.ready.delete(key);
      const slot = this.freeSlot();
      saveDetector(detector, this.slabOf(slot), placeOf(slot));
      this.packed.set(key, slot);
      if (this.spare.length < SPARE) this.spare.push(detector);
    }
  }

  private freeSlot(): number {
    const free = this.freeSlots.pop();
    if (free !== undefined) return free;
    if (this.packed.size < PACKED) {
      const next = this.packed.size;
      if (next % PER_SLAB === 0) this.slabs.push(new Float64Array(PER_SLAB * DETECTOR_NUMBERS));
      return next;
    }
    // Series that were deleted, for there are no more: their state is read from the points if they come back.
    const [oldest] = this.packed;
    this.packed.delete(oldest![0]);
    return oldest![1];
  }

  private slabOf(slot: number): Float64Array {
    return this.slabs[Math.floor(slot / PER_SLAB)]!;
  }
}

const placeOf = (slot: number): number => (slot % PER_SLAB) * DETECTOR_NUMBERS;
