import type { Frame } from "../../../src/streams/frame";
import { FrameBuilder } from "../../../src/streams/frame-builder";
import type { Subscriber, Timing } from "../../../src/streams/live/fan-out";
import { filterKey, type LiveFilter } from "../../../src/streams/live/filter";
import { newFlow } from "../../../src/streams/live/flow";
import type { Gap } from "../../../src/streams/live/gap";
import { emptyPoint } from "../../../src/streams/protocols/row";

export const START_MS = Date.UTC(2025, 0, 1);

/** A clock with timers that a test turns by hand. */
export class FakeTiming implements Timing {
  private now = START_MS;
  private timers: { atMs: number; run: () => void }[] = [];

  nowMs(): number {
    return this.now;
  }

  after(ms: number, run: () => void): void {
    this.timers.push({ atMs: this.now + ms, run });
  }

  /** Lets time pass, running what falls due on its way. */
  pass(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      this.timers.sort((a, b) => a.atMs - b.atMs);
      if (this.timers.length === 0 || this.timers[0]!.atMs > end) break;
      const { atMs, run } = this.timers.shift()!;
      this.now = atMs;
      run();
    }
    this.now = end;
  }

  get pending(): number {
    return this.timers.length;
  }
}

export interface Told {
  type: string;
  seq: number;
  points?: { timestamp: string; fields: Record<string, number>; tags: Record<string, string> }[];
  dropped?: number;
  [key: string]: unknown;
}

/** A reader that remembers what it was told, and what would outlive an eviction. */
export class FakeReader implements Subscriber {
  readonly key: string;
  readonly flow;
  readonly told: Told[] = [];
  readonly atMs: number[] = [];
  gap: Gap | null = null;
  saved: Gap | null = null;
  next = 0;

  constructor(
    private readonly timing: Timing,
    readonly filter: LiveFilter = { fields: null, tags: {} },
  ) {
    this.key = filterKey(filter);
    this.flow = newFlow(timing.nowMs());
  }

  send(text: string): void {
    this.told.push(JSON.parse(text));
    this.atMs.push(this.timing.nowMs() - START_MS);
  }

  save(gap: Gap | null): void {
    this.saved = gap;
  }

  /** The values of a field in the order in which they came. */
  values(field = "v"): number[] {
    return this.told.flatMap(({ points = [] }) => points.map(({ fields }) => fields[field]!));
  }
}

/** Rows of one field, a second apart from START_MS + `from` seconds on. */
export function rows(
  values: readonly number[],
  options: { from?: number; tags?: Record<string, string>; field?: string } = {},
): Frame {
  const { from = 0, tags = {}, field = "v" } = options;
  const builder = new FrameBuilder();
  values.forEach((value, i) => {
    const point = emptyPoint((START_MS + (from + i) * 1_000) * 1_000, tags);
    point.fields[field] = value;
    builder.add(point);
  });
  return builder.take();
}

export const count = (n: number, from = 0): number[] => Array.from({ length: n }, (_, i) => from + i);
