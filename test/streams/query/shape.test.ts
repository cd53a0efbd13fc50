import { describe, expect, it } from "vitest";
import { lttb } from "../../../src/streams/query/downsample";
import { memoryReader } from "../../support/memory-reader";
import { seededNormal } from "../../support/series";
import { allRows, HOUR, MINUTE, micros, SECOND, specOf, T0 } from "./support";

describe("gaps", () => {
  const point = (minute: number, value: number, host = "a") => ({
    time: T0 + minute * MINUTE + SECOND,
    field: "v",
    tags: { host },
    value,
  });
  const reader = memoryReader([point(1, 10), point(2, 20), point(4, 40), point(8, 80)]);
  const filled = (spec: Parameters<typeof specOf>[0]) =>
    allRows(reader, specOf({ every: micros(MINUTE), limit: 3, ...spec })).points.map(
      ({ timeMicros, fields }) => [(timeMicros - T0) / MINUTE, fields.v] as const,
    );
  const range = { startMicros: T0, endMicros: T0 + 10 * MINUTE };

  it("stay without fill", () => {
    expect(filled({}).map(([minute]) => minute)).toEqual([1, 2, 4, 8]);
  });

  it("are null between the first and the last window, or within the range asked for", () => {
    const N = null;
    expect(filled({ fill: "null" }).map(([, value]) => value)).toEqual([10, 20, N, 40, N, N, N, 80]);
    expect(filled({ fill: "null", ...range }).map(([, value]) => value)).toEqual([
      N,
      10,
      20,
      N,
      40,
      N,
      N,
      N,
      80,
      N,
    ]);
  });

  it("repeat the value before, never before the first", () => {
    expect(filled({ fill: "previous", ...range })).toEqual([
      [1, 10],
      [2, 20],
      [3, 20],
      [4, 40],
      [5, 40],
      [6, 40],
      [7, 40],
      [8, 80],
      [9, 80],
    ]);
  });

  it("are crossed by a line, which fills neither end", () => {
    expect(filled({ fill: "linear", ...range })).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 8].map((minute) => [minute, minute * 10]),
    );
  });

  it.each(["null", "previous", "linear"] as const)("longer than max_gap stay with %s", (fill) => {
    const minutes = filled({ fill, maxGapMicros: 2 * MINUTE }).map(([minute]) => minute);
    expect(minutes).toEqual([1, 2, 3, 4, 8]);
  });

  it("are filled also where the range has no points at all", () => {
    const empty = { startMicros: T0 + HOUR, endMicros: T0 + HOUR + 3 * MINUTE };
    expect(filled({ fill: "null", ...empty })).toEqual([
      [60, null],
      [61, null],
      [62, null],
    ]);
    expect(filled({ fill: "previous", ...empty })).toEqual([]);
  });
});

describe("downsampling", () => {
  const normal = seededNormal(5);
  const times = Float64Array.from({ length: 5_000 }, (_, i) => T0 + i * SECOND);
  let level = 0;
  const values = times.map(() => (level += normal()));

  it.each([3, 4, 50, 999, 4_999])(
    "to %i keeps the first and the last, one of each bucket, in order",
    (most) => {
      const chosen = lttb(times, values, most);
      expect(chosen).toHaveLength(most);
      expect([chosen[0], chosen.at(-1)]).toEqual([0, 4_999]);
      const width = 4_998 / (most - 2);
      for (let i = 1; i < most - 1; i++) {
        expect(chosen[i]!).toBeGreaterThan(chosen[i - 1]!);
        expect(chosen[i]!).toBeGreaterThanOrEqual(Math.floor((i - 1) * width) + 1);
        expect(chosen[i]!).toBeLessThanOrEqual(Math.floor(i * width));
      }
    },
  );

  it("keeps all where there are not more, and a spike", () => {
    expect([...lttb(times.subarray(0, 5), values.subarray(0, 5), 5)]).toEqual([0, 1, 2, 3, 4]);
    const flat = values.map(() => 0);
    flat[2_345] = 100;
    expect([...lttb(times, flat, 20)]).toContain(2_345);
  });

  const reader = memoryReader(
    [...times].flatMap((time, i) => [
      { time, field: "v", tags: { host: "a" }, value: values[i]! },
      { time, field: "w", tags: { host: "a" }, value: -values[i]! },
    ]),
  );

  it("works on each series of points and of windows, in one page", () => {
    const raw = allRows(reader, specOf({ maxPoints: 100, limit: 1 }));
    expect(raw.pages).toBe(1);
    expect(raw.points.filter(({ fields }) => fields.v !== undefined)).toHaveLength(100);
    expect(raw.points.filter(({ fields }) => fields.w !== undefined)).toHaveLength(100);
    const windowed = allRows(reader, specOf({ maxPoints: 20, every: micros(10 * SECOND), agg: "max" }));
    expect(windowed.points.filter(({ fields }) => fields.v !== undefined)).toHaveLength(20);
    expect(windowed.points[0]!.timeMicros).toBe(T0);
    expect(windowed.points.at(-1)!.timeMicros).toBe(T0 + 4_990 * SECOND);
  });
});
