import { describe, expect, it } from "vitest";
import { regularise } from "../../src/analytics/forecasting/regularise";
import { gridOf, stepsBetween, timeAfter } from "../../src/analytics/forecasting/time-grid";
import { nile, seededNormal, seriesOf } from "../support/series";

const MINUTE = 60_000_000;
const DAY = 86_400_000_000;
const minutes = (list: number[]) => Float64Array.from(list, (minute) => minute * MINUTE);
const at = (date: string) => Date.parse(`${date}T00:00:00Z`) * 1_000;
const dateOf = (micros: number) => new Date(micros / 1_000).toISOString().slice(0, 10);
const count = (length: number) => Float64Array.from({ length }, (_, i) => i);

describe("regularising", () => {
  it("takes an even series as it is", () => {
    const series = seriesOf(nile);
    const { values, observed, sampling } = regularise(series.times, series.values);
    expect(values).toBe(series.values);
    expect(observed).toBe(series.values);
    expect(sampling).toMatchObject({ kind: "regular", filled: 0, stepMicros: 3_600_000_000 });
  });

  it("holds calendar months to be even", () => {
    const months = Float64Array.from({ length: 36 }, (_, i) => Date.UTC(2020, i, 1) * 1_000);
    expect(regularise(months, new Float64Array(36))).toMatchObject({
      sampling: { kind: "regular" },
      grid: { kind: "months", months: 1 },
    });
  });

  it("marks missing steps and interpolates them in a line for models that cannot miss a value", () => {
    const known = Float64Array.of(0, 1, 2, 3, 5, 6, 7, 8, 9, 10);
    const { times, values, observed, sampling } = regularise(minutes(Array.from(known)), known);
    expect(Array.from(values)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(Array.from(observed)).toEqual([0, 1, 2, 3, Number.NaN, 5, 6, 7, 8, 9, 10]);
    expect(times[4]).toBe(4 * MINUTE);
    expect(sampling).toMatchObject({ kind: "gaps_filled", filled: 1 });
  });

  it("does not invent weekends for trading days, but sees a holiday", () => {
    const first = at("2024-01-01");
    const days = Array.from({ length: 60 }, (_, i) => i).filter((day) => day % 7 < 5 && day !== 23);
    const times = Float64Array.from(days, (day) => first + day * DAY);
    const { grid, values, sampling } = regularise(times, count(days.length));
    expect(grid.kind).toBe("weekdays");
    expect(sampling).toMatchObject({ kind: "gaps_filled", filled: 1 });
    expect(values.length).toBe(days.length + 1);
  });

  it("averages uneven readings over steps that mostly have one", () => {
    const normal = seededNormal(3);
    let time = 0;
    const times = Float64Array.from({ length: 400 }, () => {
      time += MINUTE * (0.2 + Math.abs(normal()));
      return Math.round(time);
    });
    const { times: even, values, sampling } = regularise(times, new Float64Array(400).fill(7));
    expect(sampling.kind).toBe("averaged");
    expect(sampling.filled).toBeLessThanOrEqual(0.2 * values.length);
    expect(values.every((value) => Math.abs(value - 7) < 1e-12)).toBe(true);
    expect(even.at(-1)).toBe(times.at(-1));
    expect(sampling.rule).toContain("averaged over steps of");
  });

  it("takes bursts with long silence between in their order, and does not fill a gap without end", () => {
    const { values, sampling } = regularise(minutes([0, 1, 2, 3, 1e9]), count(5));
    expect(Array.from(values)).toEqual([0, 1, 2, 3, 4]);
    expect(sampling).toMatchObject({ kind: "irregular", filled: 0 });
  });

  it("has nothing to say of one reading or of two at once", () => {
    expect(regularise(Float64Array.of(5), Float64Array.of(1)).sampling.kind).toBe("regular");
    expect(regularise(Float64Array.of(5, 5), Float64Array.of(1, 2)).values.length).toBe(2);
  });
});

describe("a grid of time", () => {
  it("goes on by months, from the last day to the last day", () => {
    const ends = ["2023-11-30", "2023-12-31", "2024-01-31"].map(at);
    const grid = gridOf(Float64Array.from(ends), 31 * DAY);
    expect([1, 2, 3].map((steps) => dateOf(timeAfter(grid, ends[2]!, steps)))).toEqual([
      "2024-02-29",
      "2024-03-31",
      "2024-04-30",
    ]);
    expect(stepsBetween(grid, ends[0]!, ends[2]!)).toBe(2);
  });

  it("goes on by quarters", () => {
    const times = ["2023-01-01", "2023-04-01", "2023-07-01"].map(at);
    const grid = gridOf(Float64Array.from(times), 91 * DAY);
    expect(grid).toMatchObject({ kind: "months", months: 3 });
    expect(dateOf(timeAfter(grid, times[2]!, 2))).toBe("2024-01-01");
  });

  it("goes from Friday to Monday where weekends never have a reading", () => {
    const times = Float64Array.from(
      Array.from({ length: 28 }, (_, i) => i).filter((day) => day % 7 < 5),
      (day) => at("2024-01-01") + day * DAY,
    );
    const grid = gridOf(times, DAY);
    expect(dateOf(timeAfter(grid, times.at(-1)!, 1))).toBe("2024-01-29");
    expect(dateOf(timeAfter(grid, times.at(-1)!, 6))).toBe("2024-02-05");
    expect(stepsBetween(grid, at("2024-01-05"), at("2024-01-08"))).toBe(1);
  });

  it("is otherwise of fixed steps", () => {
    const grid = gridOf(
      Float64Array.from({ length: 30 }, (_, i) => i * DAY),
      DAY,
    );
    expect(grid).toEqual({ kind: "fixed", stepMicros: DAY });
    expect(timeAfter(grid, 0, 3)).toBe(3 * DAY);
  });
});
