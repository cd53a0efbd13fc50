import { describe, expect, it } from "vitest";
import { mstl } from "../../src/analytics/forecasting/decompose/mstl";
import { seasonalStrength } from "../../src/analytics/forecasting/decompose/seasonal-strength";
import { stl } from "../../src/analytics/forecasting/decompose/stl";
import { airPassengers, lynx, nile } from "../support/series";

// References: R 4.2.2 `stl`, forecast 8.20 `mstl` and `nsdiffs`, statsmodels 0.13.5 `STL`, all to rounding. R's robust
// fit is compared at an odd length: at an even one its median comes from a partial sort of unordered indices.

const logAir = airPassengers.map(Math.log);
const at = (column: Float64Array, ...steps: number[]) => steps.map((step) => column[step]!);

function expectClose(actual: number[], expected: number[], digits = 12): void {
  expected.forEach((value, i) => {
    expect(actual[i]).toBeCloseTo(value, digits);
  });
}

describe("STL", () => {
  it("decomposes log(AirPassengers) as R does with a periodic season", () => {
    const { seasonal, trend } = stl(logAir, 12, { seasonalWindow: "periodic" })!;
    expectClose(
      at(seasonal, 0, 1, 76, 142, 143),
      [
        -0.0916404241465215, -0.114028283920271, -0.0150247849961733, -0.2135277395929627,
        -0.1006362506540046,
      ],
    );
    expectClose(
      at(trend, 0, 1, 76, 142, 143),
      [4.82938865395291, 4.83036813989621, 5.6173427348584, 6.196307492002, 6.20475235642648],
    );
  });

  it("decomposes it as R does with a season that changes", () => {
    const { seasonal, trend } = stl(logAir, 12, { seasonalWindow: 13 })!;
    expectClose(
      at(seasonal, 0, 1, 76, 142, 143),
      [
        -0.09040607800431472, -0.08366377513343483, -0.00700720439908854, -0.21514590727160338,
        -0.11157303248671857,
      ],
    );
    expectClose(
      at(trend, 0, 1, 76, 142, 143),
      [4.81624483821568, 4.81996042883533, 5.61590602654232, 6.19193564666794, 6.19995759174295],
    );
  });

  it("decomposes robustly as R does at an odd length", () => {
    const { seasonal, trend } = stl(airPassengers.slice(0, 143), 12, { seasonalWindow: 11, robust: true })!;
    expectClose(
      at(seasonal, 0, 1, 76, 141, 142),
      [-20.85961366171788, -21.2283212316955, -3.77059609972266, -24.54064252492957, -64.98684276005271],
      10,
    );
    expectClose(
      at(trend, 0, 1, 76, 141, 142),
      [130.274311418262, 130.939018762979, 278.144775378492, 491.835233243609, 496.770690020938],
      10,
    );
  });

  it("decomposes robustly as statsmodels does at an even length", () => {
    const { seasonal, trend } = stl(logAir, 12, { seasonalWindow: 13, robust: true })!;
    expectClose(
      at(seasonal, 0, 1, 2, 3),
      [-0.08147733851665259, -0.07424755519626, 0.03033112596880756, -0.009291184362439213],
    );
    expectClose(at(trend, 0, 1, 2), [4.8108702963122125, 4.815567014402308, 4.820263732492403]);
  });

  it("has nothing to say about two cycles or fewer", () => {
    expect(stl(logAir.slice(0, 24), 12, { seasonalWindow: 11 })).toBeNull();
    expect(stl(logAir.slice(0, 25), 12, { seasonalWindow: 11 })).not.toBeNull();
    expect(stl(logAir, 1, { seasonalWindow: 11 })).toBeNull();
    expect(stl(new Float64Array(), 12, { seasonalWindow: "periodic" })).toBeNull();
  });
});

describe("MSTL", () => {
  it("separates two seasons as R does", () => {
    const { trend, seasonals } = mstl(airPassengers, [12, 4])!;
    expect(seasonals.map(({ period }) => period)).toEqual([4, 12]);
    expectClose(
      at(trend, 0, 1, 76, 142, 143),
      [123.070005112035, 123.640248499951, 277.940601606347, 492.407677479188, 495.84896242284],
      10,
    );
    expectClose(
      at(seasonals[0]!.values, 0, 1, 76, 142, 143),
      [-3.65332434398572, -3.10015204421159, -4.43946183232831, 3.81940316266257, 21.37282271535998],
      10,
    );
    expectClose(
      at(seasonals[1]!.values, 0, 1, 76, 142, 143),
      [-14.911663610557998, -15.25779036530165, 0.453384877585852, -75.8662914872131, -54.534885779254104],
      10,
    );
  });

  it("leaves out seasons of which there are not more than two cycles", () => {
    expect(mstl(airPassengers, [12, 72])!.seasonals.map(({ period }) => period)).toEqual([12]);
    expect(mstl(airPassengers, [72, 100])).toBeNull();
  });
});

describe("the strength of a season", () => {
  it("is that of R's nsdiffs", () => {
    expect(seasonalStrength(airPassengers, 12)).toBeCloseTo(0.940672490310218, 12);
    expect(seasonalStrength(nile, 4)).toBeCloseTo(0.272871059681853, 12);
    expect(seasonalStrength(lynx, 10)).toBeCloseTo(0.657661557991502, 12);
  });

  it("does not depend on the unit, however large or small", () => {
    for (const unit of [1e290, 1e-290]) {
      expect(
        seasonalStrength(
          airPassengers.map((value) => value * unit),
          12,
        ),
      ).toBeCloseTo(0.940672490310218, 10);
    }
  });

  it("is zero where nothing varies or the series is short", () => {
    expect(seasonalStrength(new Float64Array(100).fill(0.1), 12)).toBe(0);
    expect(
      seasonalStrength(
        Float64Array.from({ length: 100 }, (_, t) => 3.7 + 0.1 * t),
        12,
      ),
    ).toBe(0);
    expect(seasonalStrength(airPassengers.slice(0, 24), 12)).toBe(0);
  });
});
