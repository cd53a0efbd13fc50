import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findOutliers, withoutOutliers } from "../../src/analytics/forecasting/outliers";
import { airPassengers, seededNormal } from "../support/series";
import { hardSeries, seasons } from "./hard-series";

const noise = (length: number, seed = 3) => {
  const normal = seededNormal(seed);
  return Float64Array.from({ length }, () => 50 + normal());
};

describe("outliers", () => {
  it("are values that stand apart from their neighbours", () => {
    const values = noise(120);
    values[40] = 75;
    values[80] = 20;
    const found = findOutliers(values, []);
    expect(found.map(({ index }) => index)).toEqual([40, 80]);
    const cleaned = withoutOutliers(values, found);
    expect(Math.abs(cleaned[40]! - 50)).toBeLessThan(4);
    expect(cleaned[41]).toBe(values[41]);
  });

  it("are judged beside their season, and read with it", () => {
    const values = Float64Array.from(airPassengers, Math.log);
    expect(findOutliers(values, [12])).toEqual([]);
    const usual = values[67]!;
    values[67] = usual - 1;
    const found = findOutliers(values, [12]);
    expect(found.map(({ index }) => index)).toEqual([67]);
    expect(Math.abs(found[0]!.expected - usual)).toBeLessThan(0.1);
  });

  it("are not the two sides of a level shift, nor a stretch of other values", () => {
    const shifted = noise(100).map((value, t) => (t < 60 ? value : value + 30));
    expect(findOutliers(shifted, [])).toEqual([]);
    const stretch = noise(100).map((value, t) => (t >= 40 && t < 50 ? value + 30 : value));
    expect(findOutliers(stretch, [])).toEqual([]);
  });

  it("are rare in noise", () => {
    let found = 0;
    for (let seed = 1; seed <= 50; seed++) found += findOutliers(noise(200, seed), []).length;
    expect(found).toBeLessThan(5);
  });

  it("are not found in what is too short, constant or mostly alike", () => {
    expect(findOutliers(noise(10), [])).toEqual([]);
    expect(findOutliers(new Float64Array(60).fill(4), [])).toEqual([]);
    expect(
      findOutliers(
        Float64Array.from({ length: 60 }, (_, t) => (t % 4 === 0 ? 100 : 0)),
        [],
      ),
    ).toEqual([]);
  });

  it("leave nothing that is no number, whatever the series", () => {
    fc.assert(
      fc.property(hardSeries, seasons, (values, season) => {
        const cleaned = withoutOutliers(values, findOutliers(values, season > 1 ? [season] : []));
        expect(cleaned.every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
