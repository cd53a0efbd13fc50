import { describe, expect, it } from "vitest";
import { calibrated, levelOf } from "../../../src/analytics/detection/batch/calibrated";
import {
  fitParetoTail,
  tailProbability,
  tailQuantile,
} from "../../../src/analytics/detection/batch/pareto-tail";
import {
  probabilityOf,
  sigmaOf,
  studentQuantile,
  studentTail,
} from "../../../src/analytics/detection/batch/tail-probability";
import { seededNormal, seededRandom } from "../../support/series";

const draws = (count: number, draw: () => number) => Float64Array.from({ length: count }, draw);

describe("Student's tail", () => {
  // R: 2 * pt(-t, df), qt(1 - p / 2, df).
  it.each([
    [3, 1, 0.20483276469913],
    [2, 2, 0.18350341907227],
    [2.5, 5, 0.05449009934238],
    [3.2, 30, 0.00323860171195],
  ])("of %d with %d degrees of freedom is R's", (t, degrees, expected) => {
    expect(studentTail(t, degrees) / expected).toBeCloseTo(1, 10);
    expect(studentQuantile(studentTail(t, degrees), degrees)).toBeCloseTo(t, 6);
  });

  it("becomes that of the normal", () => {
    expect(studentTail(2.5, 900)).toBeCloseTo(probabilityOf(2.5), 3);
    expect(studentTail(2.5, 100_000)).toBe(probabilityOf(2.5));
    expect(sigmaOf(probabilityOf(3))).toBeCloseTo(3, 10);
  });
});

describe("the tail of a generalised Pareto distribution", () => {
  it.each([0, 0.3])("of shape %d is found again, and its quantiles, on average over series", (shape) => {
    const quantile = (p: number) => (shape === 0 ? -Math.log(p) : (p ** -shape - 1) / shape);
    const tails = Array.from({ length: 10 }, (_, seed) => {
      const uniform = seededRandom(seed);
      return fitParetoTail(draws(20_000, () => quantile(uniform())))!;
    });
    const meanOf = (of: (tail: (typeof tails)[number]) => number) =>
      tails.reduce((sum, tail) => sum + of(tail) / tails.length, 0);
    expect(Math.abs(meanOf((tail) => tail.shape) - shape)).toBeLessThan(0.08);
    const p = 1e-3;
    const relative = meanOf((tail) => tailQuantile(tail, p) / quantile(p));
    expect(Math.abs(relative - 1)).toBeLessThan(0.12);
    for (const tail of tails) expect(tailProbability(tail, tailQuantile(tail, p))).toBeCloseTo(p, 10);
  });

  it("gives the level of the stated rate, with anomalies among the values as without them", () => {
    const normal = seededNormal(6);
    const clean = draws(20_000, () => Math.abs(normal()));
    const contaminated = clean.map((value, i) => (i % 100 === 3 ? 15 + value : value));
    expect(Math.abs(levelOf(clean, 1e-3) - 3.29)).toBeLessThan(0.25);
    expect(Math.abs(levelOf(contaminated, 1e-3) - 3.29)).toBeLessThan(0.6);
  });

  it("is none where hardly any value differs", () => {
    expect(fitParetoTail(new Float64Array(500))).toBeNull();
    expect(fitParetoTail(Float64Array.of(1, 2, 3))).toBeNull();
    expect(levelOf(new Float64Array(500), 1e-3)).toBeCloseTo(sigmaOf(1e-3), 10);
  });
});

describe("calibrated scores", () => {
  it("are the distances of normal values, whatever the scores were", () => {
    const normal = seededNormal(7);
    const distances = draws(5_000, () => Math.abs(normal()));
    const { sigma, scoreAt } = calibrated(
      distances.map((distance) => Math.exp(distance)),
      0.01,
    );
    for (let row = 0; row < 200; row++)
      expect(Math.abs(sigma[row]! - distances[row]!)).toBeLessThan(
        0.1 + 0.25 * Math.max(0, distances[row]! - 2),
      );
    expect(Math.log(scoreAt(1))).toBeCloseTo(1, 1);
  });

  it("ascend with the scores, and are equal where those are", () => {
    const uniform = seededRandom(8);
    const scores = draws(800, () => Math.round(uniform() * 40));
    const { sigma } = calibrated(scores, 0.01);
    const order = [...scores.keys()].sort((a, b) => scores[a]! - scores[b]!);
    for (let i = 1; i < order.length; i++) {
      const [before, after] = [order[i - 1]!, order[i]!];
      if (scores[before] === scores[after]) expect(sigma[after]).toBe(sigma[before]);
      else expect(sigma[after]).toBeGreaterThanOrEqual(sigma[before]!);
    }
  });
});
