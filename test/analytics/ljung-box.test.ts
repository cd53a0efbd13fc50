import { describe, expect, it } from "vitest";
import { chiSquareTail } from "../../src/analytics/forecasting/chi-square";
import { ljungBox, usualLags } from "../../src/analytics/forecasting/ljung-box";
import { airPassengers, lynx, nile } from "../support/series";

// References: R 4.2.2, `pchisq(lower.tail = FALSE)` and `Box.test(type = "Ljung")`.

describe("the chi-square distribution", () => {
  it.each([
    [3, 2, 0.22313016014843],
    [100, 50, 3.45493138298486e-5],
    [0.5, 10, 0.999993388289439],
    [1500, 1400, 0.0315037209893924],
    [80, 3, 3.06927748617242e-17],
  ])("exceeds %d with %d degrees of freedom as R says", (x, degrees, expected) => {
    expect(Math.abs(chiSquareTail(x, degrees) / expected - 1)).toBeLessThan(1e-11);
  });

  it("has its whole mass above zero and none above infinity", () => {
    expect(chiSquareTail(0, 3)).toBe(1);
    expect(chiSquareTail(Number.POSITIVE_INFINITY, 3)).toBe(0);
  });
});

describe("the test of Ljung and Box", () => {
  it("is R's", () => {
    const nileTest = ljungBox(nile, 10)!;
    expect(nileTest.statistic).toBeCloseTo(88.1268715513, 8);
    expect(Math.abs(nileTest.pValue / 1.2586327670205e-14 - 1)).toBeLessThan(1e-9);
    const lynxTest = ljungBox(lynx, 20, 4)!;
    expect(lynxTest.statistic).toBeCloseTo(365.5409877313, 8);
    expect(lynxTest.degreesOfFreedom).toBe(16);
    const growth = airPassengers.map(Math.log).map((value, t, all) => value - (all[t - 1] ?? 0));
    expect(ljungBox(growth.subarray(1), 24, 2)!.statistic).toBeCloseTo(321.528179555092, 8);
  });

  it("does not depend on the unit", () => {
    const scaled = ljungBox(
      nile.map((value) => value * 1e280),
      10,
    )!;
    expect(scaled.statistic).toBeCloseTo(88.1268715513, 6);
  });

  it("is null where nothing can be tested", () => {
    expect(ljungBox(nile, 3, 3)).toBeNull();
    expect(ljungBox(nile.subarray(0, 5), 10)).toBeNull();
    expect(ljungBox(new Float64Array(50).fill(2), 5)).toBeNull();
  });

  it("takes two seasons of lags where there is one, and more lags than coefficients", () => {
    expect(usualLags(144, 12, 2)).toBe(24);
    expect(usualLags(30, 12, 2)).toBe(6);
    expect(usualLags(1_000, 1, 3)).toBe(10);
    expect(usualLags(20, 1, 8)).toBe(9);
  });
});
