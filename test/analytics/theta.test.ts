import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Budget, unlimited } from "../../src/analytics/forecasting/budget";
import { classicalAdjustment, isSeasonal } from "../../src/analytics/forecasting/seasonal-adjustment";
import { estimateTheta } from "../../src/analytics/forecasting/theta/estimate";
import { predictDynamic, predictStatic } from "../../src/analytics/forecasting/theta/predict";
import {
  leastSquaresLine,
  lineTerm,
  RunningLine,
  runningLines,
  slopeVariance,
} from "../../src/analytics/forecasting/theta/recursion";
import { standardTheta } from "../../src/analytics/forecasting/theta/standard";
import { fitTheta, type ThetaKind } from "../../src/analytics/forecasting/theta/state-space";
import { airPassengers, nile, seededNormal } from "../support/series";
import { expectSoundEverywhere, hardSeries, seasons } from "./hard-series";

const annual = { values: nile, season: 1 };
const monthly = { values: airPassengers, season: 12 };
const KINDS: ThetaKind[] = ["stm", "otm", "dstm", "dotm"];

/** Slope and intercept through values at steps 1, 2, ... by the normal equations. */
function lineByDefinition(values: Float64Array): { intercept: number; slope: number } {
  const n = values.length;
  const meanStep = (n + 1) / 2;
  const mean = values.reduce((sum, value) => sum + value / n, 0);
  let products = 0;
  let squares = 0;
  for (const [t, value] of values.entries()) {
    products += (t + 1 - meanStep) * (value - mean);
    squares += (t + 1 - meanStep) ** 2;
  }
  const slope = n > 1 ? products / squares : 0;
  return { intercept: mean - slope * meanStep, slope };
}

describe("the season of a theta model", () => {
  it("is tested by the autocorrelation a season apart", () => {
    expect(isSeasonal(airPassengers, 12)).toBe(true);
    const normal = seededNormal(2);
    const noise = Array.from({ length: 400 }, () =>
      isSeasonal(
        Float64Array.from({ length: 100 }, () => normal()),
        4,
      ),
    );
    expect(noise.filter(Boolean).length / noise.length).toBeCloseTo(0.1, 1);
    expect(isSeasonal(airPassengers.slice(0, 24), 12)).toBe(false);
    expect(isSeasonal(new Float64Array(50).fill(3), 12)).toBe(false);
  });

  it("has the indices of the classical decomposition: R's decompose", () => {
    const ratios = classicalAdjustment(airPassengers, 12)!;
    expect(ratios.kind).toBe("multiplicative");
    expect(ratios.at(0)).toBeCloseTo(0.910230367372, 10);
    expect(ratios.at(6 + 144)).toBeCloseTo(1.226555542931, 10);
    // Without their growth the seasons are differences; so they are where some values are negative.
    const differences = classicalAdjustment(
      airPassengers.map((value) => value - 300),
      12,
    )!;
    expect(differences.kind).toBe("additive");
    expect(differences.at(0)).toBeCloseTo(-24.74873737374, 8);
  });

  it("is put back to where it was taken from", () => {
    for (const values of [airPassengers, airPassengers.map((value) => value - 300)]) {
      const { kind, adjusted, at } = classicalAdjustment(values, 12)!;
      for (const t of [0, 17, 143]) {
        expect(kind === "additive" ? adjusted[t]! + at(t) : adjusted[t]! * at(t)).toBeCloseTo(values[t]!, 9);
      }
    }
  });
});

describe("the theta method", () => {
  // R's `thetaf` searches alpha by another optimiser, so to its tolerance.
  it("forecasts the Nile as R does, a little less sure for the error of its drift", () => {
    const { mean, standardError } = standardTheta(annual, unlimited())!.predict(5);
    [799.812, 798.4548, 797.0977, 795.7405, 794.3834].forEach((value, h) => {
      expect(mean[h]).toBeCloseTo(value, 1);
    });
    const ofR = [1, 2, 3, 4, 5].map((ahead) =>
      Math.sqrt(20802.8003905 * (1 + (ahead - 1) * 0.245668153653 ** 2)),
    );
    ofR.forEach((error, h) => {
      // Half of the slope of a line through 100 values of a walk with steps of alpha: see `slopeVariance`.
      const drift = 20802.8 * ((h + 1) / 2) ** 2 * ((1.2 * 0.2457 ** 2) / 100 + 12 / 100 ** 3);
      expect(standardError[h]).toBeCloseTo(Math.sqrt(error ** 2 + drift), 1);
    });
  });

  it("knows the error of a line's slope: that of simulated walks", () => {
    const normal = seededNormal(31);
    const alpha = 0.7;
    const slopes = Array.from({ length: 4_000 }, () => {
      let level = 0;
      return leastSquaresLine(
        Float64Array.from({ length: 60 }, () => {
          const error = normal();
          const value = level + error;
          level += alpha * error;
          return value;
        }),
      ).slope;
    });
    const variance = slopes.reduce((sum, slope) => sum + slope * slope, 0) / slopes.length;
    const stated = slopeVariance({ alpha, initialLevel: 0, lineWeight: 1 }, 60, 1);
    expect(Math.abs(variance / stated - 1)).toBeLessThan(0.1);
  });

  it("forecasts passengers as R does, with their season", () => {
    const { mean } = standardTheta(monthly, unlimited())!.predict(14);
    expect(mean[0]).toBeCloseTo(440.078, 1);
    expect(mean[6]).toBeCloseTo(602.752, 1);
    expect(mean[13]).toBeCloseTo(442.413, 1);
  });
});

describe("theta models in state space", () => {
  it("follow the line of least squares through the values so far", () => {
    const { intercepts, slopes } = runningLines(nile);
    for (const count of [1, 2, 3, 50, 100]) {
      const expected = lineByDefinition(nile.slice(0, count));
      expect(slopes[count - 1]).toBeCloseTo(expected.slope, 8);
      expect(intercepts[count - 1]).toBeCloseTo(expected.intercept, 8);
    }
    expect(leastSquaresLine(nile).slope).toBeCloseTo(lineByDefinition(nile).slope, 8);
  });

  it("find the least squares that a grid over all parameters finds, or less", () => {
    const values = nile.slice(0, 40).map((value) => value / 1000);
    for (const line of [leastSquaresLine(values), runningLines(values)]) {
      const problem = { values, line, lineWeight: null, skipped: 2 };
      const best = estimateTheta(problem, unlimited());
      const cost = (alpha: number, initialLevel: number, lineWeight: number): number => {
        let [level, decay, squares] = [initialLevel, 1, 0];
        for (const [t, value] of values.entries()) {
          const before = lineByDefinition("slope" in line ? values : values.slice(0, t));
          const error = value - level - lineWeight * lineTerm(alpha, decay, before);
          if (t >= 2) squares += error * error;
          level += alpha * (value - level);
          decay *= 1 - alpha;
        }
        return squares;
      };
      const { alpha, initialLevel, lineWeight, squaredErrors } = best;
      expect(cost(alpha, initialLevel, lineWeight)).toBeCloseTo(squaredErrors, 8);
      for (let a = 0.02; a < 1; a += 0.07) {
        for (let w = 0; w <= 1; w += 0.1) {
          for (let level = 0.4; level < 1.6; level += 0.1) {
            expect(cost(a, level, w)).toBeGreaterThanOrEqual(squaredErrors - 1e-6);
          }
        }
      }
    }
  });

  it("know how errors to come spread: the variance is the sum of squared responses to each", () => {
    const theta = { alpha: 0.3, initialLevel: 1, lineWeight: 0.6 };
    const values = nile.slice(0, 12);
    const horizon = 6;
    const end = (): { level: number; decay: number; line: RunningLine } => {
      const line = new RunningLine();
      let [level, decay] = [theta.initialLevel, 1];
      for (const value of values) {
        line.add(value);
        level += theta.alpha * (value - level);
        decay *= 1 - theta.alpha;
      }
      return { level, decay, line };
    };
    /** The path when the error of step `hit` is one and all others are zero. */
    const path = (hit: number): number[] => {
      const { line, ...standing } = end();
      let { level, decay } = standing;
      return Array.from({ length: horizon }, (_, h) => {
        const value = level + theta.lineWeight * lineTerm(theta.alpha, decay, line) + (h === hit ? 1 : 0);
        level += theta.alpha * (value - level);
        decay *= 1 - theta.alpha;
        line.add(value);
        return value;
      });
    };
    const calm = path(-1);
    const { mean, variance } = predictDynamic(theta, end(), horizon);
    for (let h = 0; h < horizon; h++) {
      expect(mean[h]).toBeCloseTo(calm[h]!, 9);
      let squares = 0;
      for (let hit = 0; hit <= h; hit++) squares += (path(hit)[h]! - calm[h]!) ** 2;
      expect(variance[h]).toBeCloseTo(squares, 9);
    }
    const { level, decay } = end();
    const standing = { level, decay, line: { intercept: 3, slope: 2 } };
    expect([...predictStatic(theta, standing, 3).variance]).toEqual([1, 1.09, 1.18]);
  });

  it("go on in a straight line after one", () => {
    const values = Float64Array.from({ length: 30 }, (_, t) => 5 + 2 * t);
    for (const kind of ["otm", "dotm"] as const) {
      const prediction = fitTheta({ values, season: 1 }, kind, unlimited())!.predict(3);
      [65, 67, 69].forEach((value, h) => {
        expect(prediction.mean[h]).toBeCloseTo(value, 1);
      });
    }
  });

  it("say how sure they are: nine in ten of simulated values lie in such intervals", () => {
    for (const kind of KINDS) {
      let inside = 0;
      for (let seed = 1; seed <= 200; seed++) {
        const normal = seededNormal(seed);
        let level = 50;
        const values = Float64Array.from({ length: 85 }, () => {
          const error = normal();
          const value = level + error;
          level += 0.4 * error;
          return value;
        });
        const { lower, upper } = fitTheta({ values: values.slice(0, 80), season: 1 }, kind, unlimited())!
          .predict(5)
          .interval(0.9);
        for (let h = 0; h < 5; h++)
          inside += values[80 + h]! >= lower[h]! && values[80 + h]! <= upper[h]! ? 1 : 0;
      }
      expect(inside / 1000).toBeGreaterThan(0.84);
      expect(inside / 1000).toBeLessThan(0.95);
    }
  });

  it("stop searching when the budget is spent, with a model all the same", () => {
    const budget = new Budget(10);
    expect(fitTheta(annual, "dotm", budget)!.predict(1).mean[0]).toBeGreaterThan(500);
    expect(budget.spent).toBeLessThan(20);
  });

  it("have no model of fewer than four values", () => {
    for (const kind of KINDS) {
      expect(fitTheta({ values: Float64Array.of(1, 2, 3), season: 1 }, kind, unlimited())).toBeNull();
      expect(fitTheta({ values: Float64Array.of(1, 2, 3, 5), season: 1 }, kind, unlimited())).not.toBeNull();
    }
    expect(standardTheta({ values: Float64Array.of(1, 2), season: 1 }, unlimited())).toBeNull();
  });

  it("do not depend on the unit", () => {
    const inThousands = { values: airPassengers.map((value) => value * 1024), season: 12 };
    for (const kind of KINDS) {
      const [small, large] = [monthly, inThousands].map((series) => fitTheta(series, kind, unlimited())!);
      expect(large!.predict(20).mean).toEqual(small!.predict(20).mean.map((value) => value * 1024));
    }
  });

  it("say something finite about any series", () => {
    fc.assert(
      fc.property(hardSeries, seasons, (values, season) => {
        expectSoundEverywhere(standardTheta({ values, season }, unlimited()), values);
        for (const kind of KINDS) {
          expectSoundEverywhere(fitTheta({ values, season }, kind, unlimited()), values);
        }
      }),
      { numRuns: 100 },
    );
  });
});
