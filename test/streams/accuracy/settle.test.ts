import { describe, expect, it } from "vitest";
import { symmetricError } from "../../../src/core/symmetric-error";
import { accuracyOf } from "../../../src/streams/accuracy/accuracy";
import {
  decodeForecast,
  encodeForecast,
  type KeptForecast,
  keptOf,
} from "../../../src/streams/accuracy/forecast";
import { type Readings, settle } from "../../../src/streams/accuracy/settle";
import { newTrack, type Track } from "../../../src/streams/accuracy/track";

const STEP = 60;
/** Three steps after time 0, of 10, 20 and 30, plus and minus 5; the last value was 8. */
const forecast = (more: Partial<KeptForecast> = {}): KeptForecast => ({
  originMicros: 0,
  knownMicros: 0,
  naive: 8,
  level: 0.95,
  ofMeans: false,
  times: Float64Array.of(STEP, 2 * STEP, 3 * STEP),
  mean: Float64Array.of(10, 20, 30),
  lower: Float64Array.of(5, 15, 25),
  upper: Float64Array.of(15, 25, 35),
  ...more,
});

const readingsOf =
  (points: [time: number, value: number][]): Readings =>
  (start, end) => {
    const found = points.filter(([time]) => time >= start && time < end);
    return {
      times: Float64Array.from(found, ([time]) => time),
      values: Float64Array.from(found, ([, value]) => value),
    };
  };
const settled = (points: [number, number][], until: number, more: Partial<KeptForecast> = {}): Track =>
  settle(newTrack(), [forecast(more)], { settledMicros: 0, untilMicros: until }, readingsOf(points));

describe("a forecast", () => {
  it("is held against what came one step after its time, not before", () => {
    const points: [number, number][] = [
      [STEP, 12],
      [2 * STEP, 20],
      [3 * STEP, 30],
    ];
    expect(settled(points, 2 * STEP - 1)).toEqual(newTrack());
    const track = settled(points, 3 * STEP);
    expect(track).toMatchObject({ compared: 2, missed: 0, within: 1, level: 0.95 });
    expect(track.accuracy).toBeCloseTo((1 - 2 / 22 + 1) / 2, 12);
    expect(track.errors).toEqual({ own: 1, naive: 8 });
  });

  it("is settled once, whatever comes in steps", () => {
    const readings = readingsOf([
      [STEP, 12],
      [2 * STEP, 20],
      [3 * STEP, 90],
    ]);
    const at = (track: Track, settledMicros: number, untilMicros: number) =>
      settle(track, [forecast()], { settledMicros, untilMicros }, readings);
    const once = at(newTrack(), 0, 4 * STEP);
    expect(once.compared).toBe(3);
    expect(once.within).toBeCloseTo(2 / 3, 12);
    expect(at(at(newTrack(), 0, 2 * STEP), 2 * STEP, 4 * STEP)).toEqual(once);
    expect(at(once, 4 * STEP, 9 * STEP)).toEqual(once);
  });

  it("takes the nearest reading within half a step, of several at one time the last, and counts where none came", () => {
    const track = settled(
      [
        [STEP + 29, 99],
        [STEP - 3, 10],
        [STEP - 3, 11],
        [2 * STEP + 31, 20],
      ],
      3 * STEP,
    );
    expect(track).toMatchObject({ compared: 1, missed: 1, errors: { own: 1 } });
  });

  it("of means is held against the mean of the readings since the step before", () => {
    const track = settled(
      [
        [0, 1_000],
        [20, 8],
        [40, 10],
        [60, 12],
      ],
      2 * STEP,
      { ofMeans: true },
    );
    expect(track).toMatchObject({ compared: 1, errors: { own: 0 } });
  });

  it("foretells nothing that was known when it was made", () => {
    const made = { ...forecast(), field: "v", tags: {}, strategyId: "s" };
    expect(keptOf(made, 4 * STEP)).toBeNull();
    const kept = keptOf(made, 2 * STEP)!;
    const readings = readingsOf([
      [STEP, 10],
      [2 * STEP, 20],
      [3 * STEP, 30],
    ]);
    const until = { settledMicros: 0, untilMicros: 9 * STEP };
    expect(settle(newTrack(), [kept], until, readings).compared).toBe(2);
  });

  it("is stored as it is, its first 48 steps", () => {
    const times = Float64Array.from({ length: 60 }, (_, h) => (h + 1) * STEP);
    const made = { ...forecast(), times, mean: times, lower: times, upper: times };
    const kept = keptOf({ ...made, field: "v", tags: {}, strategyId: "s" }, 0)!;
    expect(kept.times).toHaveLength(48);
    const bytes = encodeForecast(kept);
    expect(decodeForecast(bytes.buffer as ArrayBuffer)).toEqual(kept);
  });
});

describe("figures", () => {
  it("stay within their range at both ends of a double's", () => {
    expect(symmetricError(0, 0)).toBe(0);
    expect(symmetricError(1.7e308, -1.7e308)).toBe(1);
    expect(symmetricError(1.7e308, 1.7e308 / 3)).toBeCloseTo(0.5, 12);
    expect(symmetricError(5e-324, 0)).toBeLessThanOrEqual(1);
    const track = settled([[STEP, -1.7e308]], 2 * STEP, { mean: Float64Array.of(1.7e308, 1, 1) });
    expect(track).toMatchObject({ compared: 0, missed: 1 });
  });

  it("are null before any forecast came due", () => {
    expect(accuracyOf([])).toMatchObject({
      score: null,
      forecasts: 0,
      skill: null,
      coverage: null,
      drift: { detected: false, series: [] },
      by_strategy: [],
    });
  });

  it("weigh every series by its forecasts, and skill whatever its size", () => {
    const track = (compared: number, own: number, naive: number, accuracy: number): Track => ({
      ...newTrack(),
      ...{ compared, accuracy, errors: { own, naive }, within: 1, level: 0.95 },
    });
    const of = (strategyId: string, one: Track) => ({ field: "v", tags: {}, strategyId, track: one });
    const all = [of("a", track(1, 1e6, 4e6, 0.5)), of("a", track(3, 1, 1, 0.9)), of("b", track(4, 0, 0, 1))];
    const figures = accuracyOf(all);
    expect(figures.score).toBeCloseTo((0.5 + 3 * 0.9 + 4) / 8, 12);
    expect(figures.skill).toBeCloseTo(1 - (1 / 4) ** (1 / 4), 12);
    expect(figures.by_strategy.map(({ strategy_id, skill }) => [strategy_id, skill])).toEqual([
      ["a", figures.skill],
      ["b", null],
    ]);
  });

  it("name the series whose forecasts drift", () => {
    const gains = [...Array(30).fill(0.5), ...Array(12).fill(-0.5)];
    const track = { ...newTrack(), compared: 42, gains };
    const { drift, by_strategy } = accuracyOf([{ field: "v", tags: { a: "b" }, strategyId: "s", track }]);
    expect(drift).toMatchObject({
      detected: true,
      series: [{ field: "v", tags: { a: "b" }, strategy_id: "s" }],
    });
    expect(drift.series[0]!.skill_before).toBeCloseTo(2 / 3, 12);
    expect(drift.series[0]!.skill_recent).toBeCloseTo(-2, 12);
    expect(by_strategy).toMatchObject([{ drift: true }]);
  });
});
