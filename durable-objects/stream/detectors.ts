import {
  createDetector,
  DETECTOR_NUMBERS,
  type Detector,
  restoreDetector,
  saveDetector,
} from "../../src/analytics/detection/online";

/** Detectors that are held ready, about 5 KB each, and packed ones, 1.7 KB each: as many as a stream has series. */
const READY = 2_000;
const PACKED = 10_000;
const PER_SLAB = 500;

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

  /** A detector that is ready. */
  get(key: string): Detector | undefined {
    return this.ready.get(key);
  }

  /** Makes the detector ready; false where none is known. */
  wake(key: string): boolean {
    const known = this.ready.get(key);
    if (known) {
      // The order of the map is that of use.
      this.ready.delete(key);
      this.ready.set(key, known);
      return true;
    }
    const slot = this.packed.get(key);
    if (slot === undefined) return false;
    const detector = this.spare.pop() ?? createDetector();
    restoreDetector(detector, this.slabOf(slot), placeOf(slot));
    this.packed.delete(key);
    this.freeSlots.push(slot);
    this.ready.set(key, detector);
    return true;
  }

  add(key: string, detector: Detector): void {
    this.ready.set(key, detector);
  }

  /** Packs away what was not used for longest. */
  trim(): void {
    for (const [key, detector] of this.ready) {
      if (this.ready.size <= READY) return;
      this.ready.delete(key);
      const slot = this.freeSlot();
      saveDetector(detector, this.slabOf(slot), placeOf(slot));
      this.packed.set(key, slot);
      this.spare.push(detector);
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
