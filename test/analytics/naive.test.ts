import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drift, naive, seasonalNaive } from "../../src/analytics/forecasting/naive";
import { airPassengers, nile } from "../support/series";
import { expectSoundEverywhere, hardSeries, seasons } from "./hard-series";

const annual = { values: nile, season: 1 };
const monthly = { values: airPassengers, season: 12 };

function expectClose(actual: Float64Array, expected: number[], digits = 6): void {
  expected.forEach((value, i) => {
    expect(actual[i]).toBeCloseTo(value, digits);
  });
}

// References: `naive`, `snaive` and `rwf` of forecast 8.20 in R 4.2.2.
describe("benchmarks", () => {
  it("takes the last value for all that follow, ever less surely", () => {
    const prediction = naive(annual)!.predict(3);
    expectClose(prediction.mean, [740, 740, 740]);
    expectClose(prediction.interval(0.95).lower, [412.049730688, 276.208281356, 171.973471196]);
  });

  it("takes the values of the last cycle, a cycle at a time less surely", () => {
    const prediction = seasonalNaive(monthly)!.predict(25);
    expectClose(prediction.mean.subarray(23), [432, 417]);
    expectClose(prediction.interval(0.95).lower.subarray(23), [331.339740301, 293.71686318]);
    expect(prediction.standardError[11]).toBe(prediction.standardError[0]);
  });

  it("goes on with the mean change, whose own error grows with the horizon", () => {
    const prediction = drift(annual)!.predict(3);
    expectClose(prediction.mean.subarray(1), [732.323232323, 728.484848485]);
    expectClose(prediction.interval(0.95).lower.subarray(1), [261.610073818, 149.134373399]);
  });

  it("has no model of too few values, nor a season where there is none", () => {
    expect(naive({ values: Float64Array.of(1), season: 1 })).toBeNull();
    expect(drift({ values: Float64Array.of(1, 2), season: 1 })).toBeNull();
    expect(seasonalNaive(annual)).toBeNull();
    expect(seasonalNaive({ values: airPassengers.slice(0, 12), season: 12 })).toBeNull();
  });

  it("predicts what was known at the time within the sample", () => {
    expect([...naive(annual)!.fitted.slice(0, 3)]).toEqual([Number.NaN, nile[0], nile[1]]);
    expect(seasonalNaive(monthly)!.fitted[12]).toBe(airPassengers[0]);
  });

  it("says something finite about any series", () => {
    fc.assert(
      fc.property(hardSeries, seasons, (values, season) => {
        for (const method of [naive, seasonalNaive, drift]) {
          expectSoundEverywhere(method({ values, season }), values);
        }
      }),
      { numRuns: 150 },
    );
  });
});
