import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Budget, unlimited } from "../../src/analytics/forecasting/budget";
import { CesFilter, growthOf, isStable } from "../../src/analytics/forecasting/ces/filter";
import { fitCes } from "../../src/analytics/forecasting/ces/fit";
import { nelderMead } from "../../src/analytics/forecasting/ces/nelder-mead";
import { airPassengers, nile, seededNormal } from "../support/series";
import { expectSoundEverywhere, hardSeries, seasons } from "./hard-series";

const cesOf = (values: Float64Array, season = 1) => fitCes({ values, season }, unlimited());

describe("the recursion of complex exponential smoothing", () => {
  it("is that of complex numbers: the forecast and its potential, smoothed by alpha_0 + i alpha_1", () => {
    const [a0, a1] = [1.2, 0.7];
    const filter = new CesFilter("none", 1);
    [filter.level, filter.potential] = [10, 4];
    let [forecast, potential] = [10, 4];
    for (const value of [11, 9, 14, 13]) {
      const error = value - forecast;
      // (a0 + i a1) (value + i error) + (1 - a0 + i (1 - a1)) (forecast + i potential)
      const real = a0 * value - a1 * error + (1 - a0) * forecast - (1 - a1) * potential;
      const imaginary = a1 * value + a0 * error + (1 - a1) * forecast + (1 - a0) * potential;
      [forecast, potential] = [real, imaginary];
      filter.update(0, value - filter.forecast(0), [a0, a1]);
      expect(filter.forecast(0)).toBeCloseTo(forecast, 10);
      expect(filter.potential).toBeCloseTo(potential, 10);
    }
  });

  it("is simple exponential smoothing with alpha_0 - 1 where alpha_1 is one", () => {
    const filter = new CesFilter("none", 1);
    let level = 0;
    for (const value of nile.slice(0, 10)) {
      filter.update(0, value - filter.forecast(0), [1.3, 1]);
      level += 0.3 * (value - level);
    }
    expect(filter.forecast(0)).toBeCloseTo(level, 9);
  });

  it("is stable where it forgets what it began with", () => {
    let stable = 0;
    // Steps that do not hit the border of the region.
    for (let a0 = -0.53; a0 < 3; a0 += 0.19) {
      for (let a1 = -0.51; a1 < 3; a1 += 0.17) {
        const filter = new CesFilter("none", 1);
        [filter.level, filter.potential] = [1, -0.5];
        for (let t = 0; t < 3_000; t++) filter.update(0, -filter.forecast(0), [a0, a1]);
        expect(Math.hypot(filter.level, filter.potential) < 0.1).toBe(isStable(a0, a1));
        stable += isStable(a0, a1) ? 1 : 0;
      }
    }
    expect(stable).toBeGreaterThan(30);
  });
});

describe("a forecast by complex exponential smoothing", () => {
  it("grows by the larger eigenvalue of its transition", () => {
    for (const [a0, a1] of [
      [1.3, 0.8],
      [0.5, 1.1],
      [1.9, 1.2],
      [1, -0.2],
    ] as const) {
      const filter = new CesFilter("none", 1);
      [filter.level, filter.potential] = [1, 0.4];
      // Complex eigenvalues turn, too: the mean over many steps is what grows.
      const size = () => Math.hypot(filter.level, filter.potential);
      for (let t = 0; t < 20; t++) filter.update(0, 0, [a0, a1]);
      const before = size();
      for (let t = 0; t < 60; t++) filter.update(0, 0, [a0, a1]);
      expect((size() / before) ** (1 / 60)).toBeCloseTo(growthOf(a0, a1), 1);
    }
  });

  it("does not explode after a short straight line", () => {
    const { mean } = cesOf(Float64Array.from({ length: 11 }, (_, t) => t))!.predict(12);
    for (const value of mean) expect(Math.abs(value)).toBeLessThan(30);
  });
});

describe("a fitted CES", () => {
  it("takes a season where there is one", () => {
    const model = cesOf(airPassengers, 12)!;
    expect(model.name).toMatch(/^CES\((simple|partial|full)\)\[12\]$/);
    const { mean } = model.predict(12);
    const next = [0.94, 0.9, 1.03, 1, 1.02, 1.16, 1.32, 1.31, 1.08, 0.95, 0.83, 0.93].map(
      (index) => index * 478,
    );
    next.forEach((value, h) => {
      expect(Math.abs(mean[h]! / value - 1)).toBeLessThan(0.12);
    });
  });

  it("follows a trend without being told that there is one", () => {
    const { mean } = cesOf(Float64Array.from({ length: 40 }, (_, t) => 100 + 3 * t))!.predict(5);
    mean.forEach((value, h) => {
      expect(Math.abs(value - (220 + 3 * h))).toBeLessThan(6);
    });
  });

  it("stays at the level of noise", () => {
    const normal = seededNormal(21);
    const { mean } = cesOf(Float64Array.from({ length: 80 }, () => 50 + normal()))!.predict(10);
    for (const value of mean) expect(Math.abs(value - 50)).toBeLessThan(1.5);
  });

  it("says how sure it is: nine in ten of simulated values lie in such intervals", () => {
    let inside = 0;
    for (let seed = 1; seed <= 150; seed++) {
      const normal = seededNormal(seed);
      let level = 50;
      const values = Float64Array.from({ length: 85 }, () => {
        const error = normal();
        const value = level + error;
        level += 0.4 * error;
        return value;
      });
      const { lower, upper } = cesOf(values.slice(0, 80))!.predict(5).interval(0.9);
      for (let h = 0; h < 5; h++)
        inside += values[80 + h]! >= lower[h]! && values[80 + h]! <= upper[h]! ? 1 : 0;
    }
    expect(inside / 750).toBeGreaterThan(0.82);
    expect(inside / 750).toBeLessThan(0.96);
  });

  it("does not depend on the unit", () => {
    const [small, large] = [airPassengers, airPassengers.map((value) => value * 1024)].map(
      (of) => cesOf(of, 12)!,
    );
    expect(large!.predict(20).mean).toEqual(small!.predict(20).mean.map((value) => value * 1024));
  });

  it("has no model when nothing may be spent or the values are too few", () => {
    expect(fitCes({ values: nile, season: 1 }, new Budget(0))).toBeNull();
    expect(cesOf(Float64Array.of(1, 2, 3, 4, 5))).toBeNull();
    const budget = new Budget(100);
    fitCes({ values: nile, season: 1 }, budget);
    expect(budget.spent).toBeLessThan(110);
  });

  it("says something finite about any series", () => {
    fc.assert(
      fc.property(hardSeries, seasons, (values, season) => {
        expectSoundEverywhere(cesOf(values, season), values);
      }),
      { numRuns: 60 },
    );
  });
});

describe("the simplex search", () => {
  it("walks down a curved valley", () => {
    const rosenbrock = ([x = 0, y = 0]: readonly number[]) => 100 * (y - x * x) ** 2 + (1 - x) ** 2;
    const { point } = nelderMead(rosenbrock, [-1.2, 1], { step: 0.5, tolerance: 1e-12, evaluations: 400 });
    expect(point[0]).toBeCloseTo(1, 3);
    expect(point[1]).toBeCloseTo(1, 3);
  });
});
