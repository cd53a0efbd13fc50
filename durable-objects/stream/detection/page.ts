import { HEADER_BYTES, unwrapEnvelope, writeEnvelope } from "../../../src/streams/block/envelope";
import { ARRIVAL_NUMBERS } from "./arrivals";

const TAG = "SMD1";
/** States that share a buffer: one of its own would cost the small ones a fifth more. */
const BUFFERED = 64;

/** The detector states of neighbouring series: one row of the table, so that keeping ten thousand writes some twenty. */
export class Page {
  readonly states: (Float64Array | undefined)[] = [];
  readonly arrivals: Float64Array;
  bytes = 0;
  isChanged = false;
  /** Of the last buffer, what is left. */
  private room = new Float64Array(0);

  constructor(readonly series: number) {
    this.arrivals = new Float64Array(series * ARRIVAL_NUMBERS);
    this.bytes = this.arrivals.byteLength;
  }

  set(at: number, state: Float64Array | undefined): void {
    this.bytes += sizeOf(state) - sizeOf(this.states[at]);
    this.states[at] = state;
    if (!state) this.arrivals.fill(0, at * ARRIVAL_NUMBERS, (at + 1) * ARRIVAL_NUMBERS);
    this.isChanged = true;
  }

  /** A copy of a state whose length will stay. */
  setCopy(at: number, state: Float64Array): void {
    if (this.room.length < state.length) this.room = new Float64Array(BUFFERED * state.length);
    const own = this.room.subarray(0, state.length);
    own.set(state);
    this.room = this.room.subarray(state.length);
    this.set(at, own);
  }

  get isEmpty(): boolean {
    return this.states.every((state) => state === undefined);
  }
}

const sizeOf = (state: Float64Array | undefined): number => state?.byteLength ?? 0;

/** Before the envelope, so that what comes behind it starts at a multiple of 8. */
const PADDING = 8 - (HEADER_BYTES % 8);
const BEFORE = PADDING + HEADER_BYTES;

/** A page to be stored, good until the next one: each of its own would leave twenty megabytes of garbage a checkpoint. */
let scratch = new ArrayBuffer(0);

/** `version` of the layout | series | per series its place and length | arrivals | states, all float64. */
export function encodePage(page: Page, version: number): Uint8Array<ArrayBuffer> {
  const places = [...page.states.keys()].filter((at) => page.states[at] !== undefined);
  const length = places.reduce((sum, at) => sum + 2 + ARRIVAL_NUMBERS + page.states[at]!.length, 2);
  if (scratch.byteLength < BEFORE + 8 * length) scratch = new ArrayBuffer(BEFORE + 8 * length);
  const out = new Float64Array(scratch, BEFORE, length);
  out.set([version, places.length, ...places.flatMap((at) => [at, page.states[at]!.length])]);
  let end = 2 + 2 * places.length;
  for (const at of places) {
    out.set(page.arrivals.subarray(at * ARRIVAL_NUMBERS, (at + 1) * ARRIVAL_NUMBERS), end);
    end += ARRIVAL_NUMBERS;
  }
  for (const at of places) {
    out.set(page.states[at]!, end);
    end += page.states[at]!.length;
  }
  const bytes = new Uint8Array(scratch, PADDING, HEADER_BYTES + 8 * length);
  writeEnvelope(TAG, bytes);
  return bytes;
}

/** The page in `data`; an empty one where its states are of another version: they begin anew. */
export function decodePage(data: ArrayBuffer, series: number, version: number): Page {
  const page = new Page(series);
  // Numbers are read in place: they must start at a multiple of 8.
  const numbers = new Float64Array(unwrapEnvelope(TAG, new Uint8Array(data)).slice().buffer);
  if (numbers[0] !== version) return page;
  const count = numbers[1]!;
  let arrivals = 2 + 2 * count;
  let end = arrivals + count * ARRIVAL_NUMBERS;
  for (let i = 0; i < count; i++) {
    const [at, length] = [numbers[2 + 2 * i]!, numbers[3 + 2 * i]!];
    page.set(at, numbers.subarray(end, end + length));
    page.arrivals.set(numbers.subarray(arrivals, arrivals + ARRIVAL_NUMBERS), at * ARRIVAL_NUMBERS);
    arrivals += ARRIVAL_NUMBERS;
    end += length;
  }
  page.isChanged = false;
  return page;
}
