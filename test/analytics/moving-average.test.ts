import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Budget, unlimited } from "../../src/analytics/forecasting/budget";
import { forecast } from "../../src/analytics/forecasting/forecast";
import { fitMovingAverage } from "../../src/analytics/forecasting/moving-average";
import { airPassengers, seededNormal } from "../support/series";
import { expectSoundEverywhere, hardSeries, seasons } from "./hard-series";

const list = (length: number, of: (i: number) => number) => Float64Array.from({ length }, (_, i) => of(i));
const normal = seededNormal(5);
const averaged = (values: Float64Array, periods: number[] = []) =>
  fitMovingAverage(values, periods, unlimited());

describe("a forecast by moving averages", () => {
  it("is the last value of a random walk, and near the mean of noise", () => {
    let value = 0;
    const walk = list(400, () => (value += normal()));
    expect(averaged(walk)?.name).toMatch(/^EMA\([12]\)/);
    const noise = list(400, () => 50 + normal());
    const model = averaged(noise);
    expect(model?.name).toMatch(/^EMA\((20|40)\)/);
    for (const mean of model!.predict(8).mean) expect(Math.abs(mean - 50)).toBeLessThan(0.6);
  });

  it("goes on with a line", () => {
    const { mean } = averaged(list(60, (i) => 3 + 2 * i))!.predict(3);
    expect(Array.from(mean)).toEqual([123, 125, 127].map((value) => expect.closeTo(value, 9)));
  });

  it("repeats a season, and two of them", () => {
    const one = (i: number) => 50 + 10 * Math.sin((i * Math.PI) / 6) + 0.2 * i;
    const single = averaged(list(120, one), [12])!.predict(12).mean;
    single.forEach((mean, h) => {
      expect(Math.abs(mean - one(120 + h))).toBeLessThan(1);
    });
    const two = (i: number) => 50 + 10 * Math.sin((i * Math.PI) / 12) + 6 * Math.cos((i * Math.PI) / 84);
    const both = averaged(list(840, two), [24, 168])!.predict(48).mean;
    both.forEach((mean, h) => {
      expect(Math.abs(mean - two(840 + h))).toBeLessThan(1.5);
    });
  });

  it("has errors that grow with the horizon and hold what comes", () => {
    let value = 0;
    const walk = list(500, () => (value += normal()));
    const { standardError } = averaged(walk)!.predict(9);
    expect(standardError[0]).toBeCloseTo(1, 0);
    expect(standardError[8]! / standardError[0]!).toBeGreaterThan(2);
  });

  it("is null for fewer than three values", () => {
    expect(averaged(Float64Array.of(1, 2))).toBeNull();
  });

  it("is sound for any series", () => {
    fc.assert(
      fc.property(hardSeries, seasons, (values, season) => {
        expectSoundEverywhere(fitMovingAverage(values, season > 1 ? [season] : [], unlimited()), values);
      }),
      { numRuns: 300 },
    );
  });
});

describe("the hybrid of ARIMA and moving averages", () => {
  it("consists of both, and errs less on passengers than the last value does", () => {
    const known = Float64Array.from(airPassengers.slice(0, 132));
    const made = forecast({ values: known, season: 12 }, { horizon: 12, strategy: "hybrid" }, unlimited());
    expect(made.members).toHaveLength(2);
    const errorOf = (said: (h: number) => number) =>
      made.mean.reduce((sum, _, h) => sum + Math.abs(airPassengers[132 + h]! - said(h)), 0);
    expect(errorOf((h) => made.mean[h]!)).toBeLessThan(0.4 * errorOf(() => known.at(-1)!));
  });

  it("answers within any budget", () => {
    const values = list(300, (i) => 50 + 10 * Math.sin((i * Math.PI) / 12) + normal());
    for (const units of [0, 500, 20_000]) {
      const budget = new Budget(units);
      const made = forecast({ values, season: 24 }, { horizon: 5, strategy: "hybrid" }, budget);
      expect(made.mean.every(Number.isFinite)).toBe(true);
      expect(budget.spent).toBeLessThan(units + 10_000);
    }
  });
});
