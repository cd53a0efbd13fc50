import { describe, expect, it } from "vitest";
import { movingAverages } from "../../../src/analytics/strategies/average/averages";
import {
  project,
  projectionsAt,
  smoothed,
  standAt,
} from "../../../src/analytics/strategies/average/projection";
import { list, noise, walk } from "./findings";

const HORIZON = 5;

function learnt(column: number[], period = 10, unit?: number) {
  const values = Float64Array.from(column);
  const series = smoothed(values, movingAverages(values, period, "sma"), period, unit);
  const last = values.length - 1;
  const projection = projectionsAt(series, HORIZON, [last])[0]!;
  return { series, projection, said: project(standAt(series, last), projection) };
}

describe("what follows an average", () => {
  it("is the way back to it where values are noise around a level", () => {
    const { projection } = learnt(noise(2_000).map((value) => 50 + value));
    // Nearly all of it: some is left to the slope, which has the newest value too, and to the prior.
    expect(projection.gap).toBeGreaterThan(0.65);
    expect(projection.gap).toBeLessThan(1.15);
  });

  it("is nothing to speak of where values are a random walk", () => {
    const { projection } = learnt(walk(2_000, 5));
    expect(Math.abs(projection.gap)).toBeLessThan(0.3);
  });

  it("is its slope where values rise steadily", () => {
    const { said } = learnt(
      list(300, (i) => 10 + 2 * i),
      10,
      1,
    );
    expect(said.move).toBeCloseTo(2 * HORIZON, 0);
  });

  it("has errors as large as those of the past", () => {
    const { said } = learnt(
      noise(2_000).map((value) => 50 + value),
      10,
      1,
    );
    // Of a value five steps on, from the mean of ten.
    expect(said.standardError).toBeGreaterThan(0.9);
    expect(said.standardError).toBeLessThan(1.25);
  });

  it("rests at each origin on what had come by then", () => {
    const values = walk(300, 9);
    const origins = [50, 120, 200];
    const period = 10;
    const at = (column: number[]) => {
      const all = Float64Array.from(column);
      return projectionsAt(smoothed(all, movingAverages(all, period, "ema"), period, 100), HORIZON, origins);
    };
    expect(at(values.map((value, i) => (i > 200 ? 1e6 : value)))).toEqual(at(values));
    expect(at(values.slice(0, 201))).toEqual(at(values));
  });

  it("is half of the slope where nothing has followed yet", () => {
    const { projection } = learnt([1, 2, 4, 7, 5], 3);
    expect(projection).toMatchObject({ slope: 0.5, gap: 0, horizons: 0 });
  });

  it("does not change with the unit", () => {
    const values = walk(200, 3);
    const plain = learnt(values).projection;
    for (const unit of [1e-300, 1e300]) {
      const other = learnt(values.map((value) => value * unit)).projection;
      expect(other.gap).toBeCloseTo(plain.gap, 9);
      expect(other.slope).toBeCloseTo(plain.slope, 9);
    }
  });
});
