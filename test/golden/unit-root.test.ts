import { describe, expect, it } from "vitest";
import { type AdfOptions, adfTest, mackinnonP } from "../../src/analytics/forecasting/adf";
import { type KpssOptions, kpssTest } from "../../src/analytics/forecasting/kpss";
import { chooseDifferences, testStationarity } from "../../src/analytics/forecasting/stationarity";
import { airPassengers, lynx, nile, seededNormal } from "../support/series";

const named = { AirPassengers: airPassengers, Nile: nile, lynx };
type Named = keyof typeof named;

describe("the test of Dickey and Fuller", () => {
  // statsmodels: adfuller(regression="n" | "c" | "ct", autolag="AIC").
  it.each<[Named, AdfOptions["trend"], number, number, number]>([
    ["AirPassengers", "none", 2.390601734351233, 0.9971802685434736, 13],
    ["AirPassengers", "constant", 0.8153688792060498, 0.991880243437641, 13],
    ["AirPassengers", "linear", -2.100781813844672, 0.5456589343124537, 13],
    ["Nile", "none", -1.0320121873534744, 0.275351603175793, 10],
    ["Nile", "constant", -4.048705096914342, 0.0011758879503871243, 1],
    ["Nile", "linear", -4.7907655179831234, 0.0004861430290081328, 1],
    ["lynx", "none", -1.1400397345811597, 0.23132006897915558, 8],
    ["lynx", "constant", -2.9963036751425576, 0.03524103535901378, 7],
    ["lynx", "linear", -3.1378908734191753, 0.09750286299054894, 7],
  ])("is statsmodels' for %s (%s)", (name, trend, statistic, pValue, lags) => {
    const found = adfTest(named[name], { trend })!;
    expect(found.statistic).toBeCloseTo(statistic, 8);
    expect(found.pValue).toBeCloseTo(pValue, 8);
    expect(found.lags).toBe(lags);
  });

  it("is statsmodels' on a handful of values", () => {
    const found = adfTest(nile.subarray(0, 14), { trend: "constant" })!;
    expect(found).toMatchObject({ lags: 5 });
    expect(found.statistic).toBeCloseTo(-1.5745626381001683, 8);
    expect(adfTest(nile.subarray(0, 14), { trend: "linear" })!.statistic).toBeCloseTo(-3.1793007095488974, 8);
  });

  // R's urca::ur.df(type = "drift", lags = 2) and tseries::adf.test, which has a line and trunc((n - 1)^(1/3)) lags.
  it.each<[Named, number, number, number]>([
    ["AirPassengers", -1.81080534646364, -7.31857134691914, 5],
    ["Nile", -3.15882088470484, -3.36571391444371, 4],
    ["lynx", -6.39831179758545, -6.30677538407538, 4],
  ])("is R's at given lags for %s", (name, drift, line, lags) => {
    expect(adfTest(named[name], { trend: "constant", lags: 2 })!.statistic).toBeCloseTo(drift, 8);
    expect(adfTest(named[name], { trend: "linear", lags })!.statistic).toBeCloseTo(line, 8);
  });

  it("has probabilities that grow with the statistic, from 0 to 1", () => {
    for (const trend of ["none", "constant", "linear"] as const) {
      let last = 0;
      for (let statistic = -20; statistic < 3; statistic += 0.1) {
        const p = mackinnonP(statistic, trend);
        // The two polynomials of the paper do not meet exactly.
        expect(p).toBeGreaterThanOrEqual(last - 2e-3);
        expect(p).toBeLessThanOrEqual(1);
        last = p;
      }
      expect(mackinnonP(-30, trend)).toBe(0);
      expect(last).toBeGreaterThan(0.99);
    }
  });
});

describe("KPSS", () => {
  // statsmodels: kpss(regression="c" | "ct", nlags="auto").
  it.each<[Named, KpssOptions["around"], number, number, number]>([
    ["AirPassengers", "level", 1.6513122354165206, 0.01, 8],
    ["AirPassengers", "trend", 0.09614984853532407, 0.1, 4],
    ["Nile", "level", 0.8691205593783892, 0.01, 5],
    ["Nile", "trend", 0.2375869759899708, 0.01, 4],
    ["lynx", "level", 0.0701467067231069, 0.1, 4],
    ["lynx", "trend", 0.03739813994715653, 0.1, 4],
  ])("is statsmodels' for %s around a %s", (name, around, statistic, pValue, lags) => {
    const found = kpssTest(named[name], { around })!;
    expect(found.statistic).toBeCloseTo(statistic, 9);
    expect(found.pValue).toBeCloseTo(pValue, 9);
    expect(found.lags).toBe(lags);
  });

  it.each<[Named, number]>([
    ["AirPassengers", 2.73947362096217],
    ["Nile", 0.965434907752661],
    ["lynx", 0.070146706723107],
  ])("is R's urca::ur.kpss and tseries::kpss.test at four lags for %s", (name, statistic) => {
    expect(kpssTest(named[name], { around: "level", lags: 4 })!.statistic).toBeCloseTo(statistic, 9);
  });

  it("chooses the differences R's ndiffs chooses", () => {
    expect([airPassengers, nile, lynx].map((series) => chooseDifferences(series))).toEqual([1, 1, 0]);
  });
});

describe("unit-root tests", () => {
  it("have nothing to say on a constant or a handful of values", () => {
    expect(testStationarity(new Float64Array(50).fill(2))).toEqual({
      adf: null,
      kpss: null,
      isStationary: true,
    });
    expect(testStationarity(Float64Array.of(1, 5, 2))).toMatchObject({ adf: null, kpss: null });
    expect(chooseDifferences(new Float64Array(50))).toBe(0);
  });

  it("tell a random walk from noise", () => {
    const normal = seededNormal(8);
    const noise = Float64Array.from({ length: 300 }, normal);
    let level = 0;
    const walk = noise.map((step) => {
      level += step;
      return level;
    });
    expect(testStationarity(noise).isStationary).toBe(true);
    expect(testStationarity(walk).isStationary).toBe(false);
  });

  it("do not depend on where the series lies nor on its units", () => {
    const moved = nile.map((value) => 1e-280 * (value - 900));
    expect(kpssTest(moved)!.statistic).toBeCloseTo(kpssTest(nile)!.statistic, 8);
    expect(adfTest(moved)!.statistic).toBeCloseTo(adfTest(nile)!.statistic, 8);
  });

  it.each<[string, Float64Array]>([
    ["a line", Float64Array.from({ length: 40 }, (_, t) => 3 + 2 * t)],
    ["a parabola", Float64Array.from({ length: 40 }, (_, t) => t * t)],
    ["an exponential", Float64Array.from({ length: 200 }, (_, t) => 10 ** t)],
    ["the ends of the range of a double", Float64Array.from({ length: 40 }, (_, t) => (t % 3) * 5e307)],
    ["tiny values", Float64Array.from({ length: 40 }, (_, t) => ((t * 7) % 11) * 1e-300)],
    ["one spike", Float64Array.from({ length: 40 }, (_, t) => (t === 20 ? 1e300 : 0))],
    ["two values in turn", Float64Array.from({ length: 40 }, (_, t) => t % 2)],
    ["a step", Float64Array.from({ length: 40 }, (_, t) => (t < 20 ? 0 : 1))],
  ])("are finite or null on %s", (_, values) => {
    const tests = [
      ...(["none", "constant", "linear"] as const).map((trend) => adfTest(values, { trend })),
      ...(["level", "trend"] as const).map((around) => kpssTest(values, { around })),
    ];
    for (const test of tests) {
      if (test === null) continue;
      expect(Number.isFinite(test.statistic)).toBe(true);
      expect(test.pValue).toBeGreaterThanOrEqual(0);
      expect(test.pValue).toBeLessThanOrEqual(1);
    }
  });
});
