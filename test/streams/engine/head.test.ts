import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Head } from "../../../src/streams/engine/head";
import { Slab } from "../../../src/streams/engine/slab";
import { sizeOf, spanOf, startOf } from "../../../src/streams/engine/spans";

const EVER = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY] as const;

interface Put {
  id: number;
  time: number;
  ordinal: number;
  value: number;
}

type Step =
  | ({ type: "put" } & Put)
  | { type: "run"; id: number; count: number; by: number }
  | { type: "remove" | "read"; start: number; end: number }
  | { type: "clear" };

const time = fc.integer({ min: 0, max: 400 });
const range = fc.tuple(time, time).map(([a, b]) => ({ start: Math.min(a, b), end: Math.max(a, b) }));
const id = fc.integer({ min: 0, max: 3 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.record({
      type: fc.constant("put" as const),
      id,
      time,
      ordinal: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 3 })),
      value: fc.integer(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant("run" as const),
      id,
      count: fc.integer({ min: 1, max: 700 }),
      by: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 3, arbitrary: range.map((one) => ({ type: "remove" as const, ...one })) },
  { weight: 4, arbitrary: range.map((one) => ({ type: "read" as const, ...one })) },
  { weight: 1, arbitrary: fc.constant({ type: "clear" as const }) },
);

/** A head beside a map of all its points. */
class Pair {
  readonly head = new Head();
  private model = new Map<string, Put>();

  run(one: Step): void {
    if (one.type === "put") this.put(one);
    else if (one.type === "run") this.push(one.id, one.count, one.by);
    else if (one.type === "clear") {
      this.head.clear();
      this.model.clear();
    } else if (one.type === "read") this.assertPart(0, one.start, one.end);
    else {
      this.head.removeRange(one.start, one.end);
      for (const [key, point] of this.model)
        if (point.time >= one.start && point.time < one.end) this.model.delete(key);
    }
  }

  assertEqual(): void {
    expect(this.head.ids()).toEqual([...new Set([...this.model.values()].map((one) => one.id))].sort());
    for (let series = 0; series < 4; series++) this.assertPart(series, ...EVER);
    for (const series of this.head.ids()) {
      const { from, to, times, columns } = this.head.whole(series);
      const wanted = this.pointsOf(series);
      expect([...times.subarray(from, to)]).toEqual(wanted.map((point) => point.time));
      expect([...columns[0]!.subarray(from, to)]).toEqual(wanted.map((point) => point.value));
    }
    if (this.model.size === 0) this.head.clear();
    expect(this.head.bytes === 0).toBe(this.model.size === 0);
  }

  private put(one: Put): void {
    const key = `${one.id}/${one.time}/${one.ordinal}`;
    const known = this.model.get(key);
    expect(this.head.find(one.id, one.time, one.ordinal)).toBe(known?.value);
    if (known) this.head.replace(one.id, one.time, one.ordinal, one.value);
    else this.head.add(one.id, one.time, one.ordinal, one.value);
    this.model.set(key, one);
  }

  /** Behind all that the series has. */
  private push(series: number, count: number, by: number): void {
    let at = Math.max(0, ...this.pointsOf(series).map((point) => point.time));
    const times = new Float64Array(2 * count);
    const values = new Float64Array(2 * count).fill(Number.NaN);
    const rows: number[] = [];
    for (let i = 0; i < count; i++) {
      at += by;
      const row = 2 * count - 1 - i;
      rows.push(row);
      times[row] = at;
      // Every third row says nothing of this series.
      if (i % 3 === 1) continue;
      values[row] = -i;
      this.model.set(`${series}/${at}/0`, { id: series, time: at, ordinal: 0, value: -i });
    }
    const pushed = this.head
      .open(series)
      .push(times, values, Uint32Array.from([0, ...rows, 0]), 1, count + 1);
    expect(pushed).toBe(rows.filter((row) => !Number.isNaN(values[row]!)).length);
  }

  private pointsOf(series: number): Put[] {
    return [...this.model.values()]
      .filter((point) => point.id === series)
      .sort((a, b) => a.time - b.time || a.ordinal - b.ordinal);
  }

  private assertPart(series: number, start: number, end: number): void {
    const wanted = this.pointsOf(series).filter((point) => point.time >= start && point.time < end);
    const part = this.head.part(series, start, end);
    expect(part?.to ?? 0).toBe(wanted.length);
    if (!part) return;
    expect([...part.times]).toEqual(wanted.map((point) => point.time));
    expect([...part.columns[0]!]).toEqual(wanted.map((point) => point.value));
    expect([...(part.ordinals ?? part.times.map(() => 0))]).toEqual(wanted.map((point) => point.ordinal));
  }
}

describe("a head", () => {
  it("holds what a plain map of points would", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: "max" }), (steps) => {
        const pair = new Pair();
        for (const one of steps) pair.run(one);
        pair.assertEqual();
      }),
      { numRuns: 300, seed: 11 },
    );
  });

  it("hands out parts that stay as they are", () => {
    const head = new Head();
    head.add(0, 1, 0, 10);
    head.add(0, 3, 0, 30);
    const part = head.part(0, ...EVER)!;
    head.replace(0, 3, 0, 31);
    head.add(0, 2, 0, 20);
    head.removeRange(1, 2);
    expect([[...part.times], [...part.columns[0]!]]).toEqual([
      [1, 3],
      [10, 30],
    ]);
  });

  it("takes little for series of a point or two, and less than 24 bytes a point for long ones", () => {
    const bytesOf = (series: number, points: number) => {
      const head = new Head();
      for (let i = 0; i < points; i++) for (let one = 0; one < series; one++) head.add(one, i, 0, i);
      return head.bytes;
    };
    expect(bytesOf(1, 1)).toBeLessThan(1_000);
    expect(bytesOf(10_000, 2) / 10_000).toBeLessThan(320);
    expect(bytesOf(10, 40_000) / 400_000).toBeLessThan(17);
    expect(bytesOf(10_000, 50) / 500_000).toBeLessThan(28);
  });

  it("gives room back that late points and deletions took, to be taken again", () => {
    const head = new Head();
    const fill = () => {
      for (let i = 0; i < 5_000; i++) head.add(0, i % 2 === 0 ? i : i - 100.5, 0, i);
      expect(head.part(0, ...EVER)!.to).toBe(5_000);
    };
    fill();
    const { bytes } = head;
    for (let round = 0; round < 5; round++) {
      head.removeRange(...EVER);
      fill();
    }
    expect(head.bytes).toBe(bytes);
  });
});

describe("spans", () => {
  it("hold every index once, in order, a third of them empty at most", () => {
    let span = 0;
    for (let index = 0; index < 5_000; index++) {
      if (index === startOf(span + 1)) span++;
      expect(spanOf(index)).toBe(span);
      expect(startOf(span + 1) - startOf(span)).toBe(sizeOf(span));
      if (index >= 16) expect((index + 1) / startOf(span + 1)).toBeGreaterThan(2 / 3);
    }
  });

  it("never share what a slab gives", () => {
    const slab = new Slab();
    const places = Array.from({ length: 2_000 }, (_, i) => ({
      place: slab.take(8 << (i % 7)),
      size: 8 << (i % 7),
    }));
    const taken = new Set<string>();
    for (const { place, size } of places) {
      const page = slab.pageOf(place);
      const at = place % 8_192;
      expect(at + size).toBeLessThanOrEqual(page.length);
      for (let i = 0; i < size; i++) taken.add(`${Math.floor(place / 8_192)}/${at + i}`);
    }
    expect(taken.size).toBe(places.reduce((sum, { size }) => sum + size, 0));
  });
});
