import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unlimited } from "../../src/analytics/forecasting/budget";
import { decomposed, mstlAdjustment } from "../../src/analytics/forecasting/decompose/decomposed";
import { mstl } from "../../src/analytics/forecasting/decompose/mstl";
import { stl } from "../../src/analytics/forecasting/decompose/stl";
import { naive } from "../../src/analytics/forecasting/naive";
import { fitTheta } from "../../src/analytics/forecasting/theta/state-space";
import { airPassengers, seededNormal } from "../support/series";
import { expectSoundEverywhere, hardSeries } from "./hard-series";

const walkOf = (values: Float64Array) => naive({ values, season: 1 });
const thetaOf = (values: Float64Array) => fitTheta({ values, season: 1 }, "dotm", unlimited());

describe("a decomposition", () => {
  it("adds up to any series", () => {
    fc.assert(
      fc.property(hardSeries, fc.integer({ min: 1, max: 9 }), fc.boolean(), (values, period, robust) => {
        const parts = stl(values, period, { seasonalWindow: 7, robust });
        expect(parts === null).toBe(period < 2 || values.length <= 2 * period);
        if (parts === null) return;
        const size = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        values.forEach((value, t) => {
          const sum = parts.trend[t]! + parts.seasonal[t]! + parts.remainder[t]!;
          expect(Math.abs(sum - value)).toBeLessThanOrEqual(1e-12 * size);
        });
      }),
      { numRuns: 200 },
    );
  });

  it("finds the parts that a series was made of", () => {
    const normal = seededNormal(11);
    const day = (t: number) => 3 * Math.sin((2 * Math.PI * t) / 24);
    const week = (t: number) => (Math.floor(t / 24) % 7 < 5 ? 1 : -2.5);
    const values = Float64Array.from(
      { length: 1680 },
      (_, t) => 0.01 * t + day(t) + week(t) + 0.2 * normal(),
    );
    const { seasonals, trend } = mstl(values, [24, 168])!;
    for (const t of [400, 810, 1300]) {
      expect(seasonals[0]!.values[t]! + seasonals[1]!.values[t]!).toBeCloseTo(day(t) + week(t), 0);
      expect(Math.abs(trend[t]! - 0.01 * t)).toBeLessThan(0.3);
    }
  });

  it("goes on with the last cycle of every season, in phase", () => {
    const { at } = mstlAdjustment(airPassengers, [12])!;
    for (let step = 144; step < 170; step++) expect(at(step)).toBe(at(step - 12));
    const twoSeasons = mstlAdjustment(airPassengers.slice(0, 139), [4, 12])!;
    for (let step = 151; step < 180; step++)
      expect(twoSeasons.at(step)).toBeCloseTo(twoSeasons.at(step - 12), 9);
  });
});

describe("a model of what is left without the seasons", () => {
  it("forecasts passengers as R's stlf does on logarithms with a naive rest", () => {
    const { mean } = decomposed(airPassengers, [12], walkOf)!.predict(3);
    [442.521573551, 418.111932002, 477.850246579].forEach((value, h) => {
      expect(mean[h]).toBeCloseTo(value, 6);
    });
  });

  it("has seasons that grow with the level, unless told otherwise", () => {
    const range = (values: Float64Array) => Math.max(...values) - Math.min(...values);
    const year = decomposed(airPassengers, [12], thetaOf)!.predict(12).mean;
    const linear = decomposed(airPassengers, [12], thetaOf, { scale: "linear" })!.predict(12).mean;
    expect(range(year)).toBeGreaterThan(range(linear));
    const withNegative = airPassengers.map((value) => value - 300);
    expect(decomposed(withNegative, [12], thetaOf)).not.toBeNull();
  });

  it("is less sure than the rest alone: the seasons brought noise along", () => {
    const normal = seededNormal(12);
    let inside = 0;
    for (let run = 0; run < 100; run++) {
      const values = Float64Array.from({ length: 60 }, (_, t) => 20 + [3, -1, 0, -2][t % 4]! + normal());
      const prediction = decomposed(values.slice(0, 52), [4], thetaOf, { scale: "linear" })!.predict(8);
      const { lower, upper } = prediction.interval(0.9);
      for (let h = 0; h < 8; h++)
        inside += values[52 + h]! >= lower[h]! && values[52 + h]! <= upper[h]! ? 1 : 0;
    }
    expect(inside / 800).toBeGreaterThan(0.84);
    expect(inside / 800).toBeLessThan(0.96);
  });

  it("is none without a season that was seen more than twice, or without a model of the rest", () => {
    expect(decomposed(airPassengers.slice(0, 24), [12], walkOf)).toBeNull();
    expect(decomposed(airPassengers, [], walkOf)).toBeNull();
    expect(decomposed(airPassengers, [12], () => null)).toBeNull();
  });

  it("says something finite about any series", () => {
    fc.assert(
      fc.property(
        hardSeries,
        fc.constantFrom([2], [4], [3, 7], [12]),
        fc.boolean(),
        (values, periods, isLast) => {
          const continuation = isLast ? "last" : "mean";
          expectSoundEverywhere(decomposed(values, periods, thetaOf, { continuation }), values);
        },
      ),
      { numRuns: 150 },
    );
  });
});
